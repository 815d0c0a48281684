# SPDX-License-Identifier: Apache-2.0
"""Runs the examples of the README. None of them ends by itself: the gateway refuses at the end."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.rpc import error_details_pb2

import cardata
from cardata import v1
from fake_gateway import Fail, FakeGateway, event, response, started
from readme import EXAMPLES, README

if TYPE_CHECKING:
    import pathlib

    from certificates import Certificates

REFUSED = Fail(grpc.StatusCode.PERMISSION_DENIED)


def run(name: str, gateway: FakeGateway) -> dict[str, Any]:
    """Run an example with the fake gateway in place of the one that it connects to."""
    code, count = re.subn(r'"[a-z:/.]*:9610"', repr(gateway.address), EXAMPLES[name])
    assert count == 1
    imports = re.findall(r"^(?:import|from) .*$", "".join(EXAMPLES.values()), re.MULTILINE)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec("\n".join(imports), names)
    exec(compile(code, f"README.md, {name}", "exec"), names)
    return names


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The folder that examples find and leave their files in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_follow(gateway: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
    gap = v1.Entry(sequence=2, gap=v1.Gap(end_time={"seconds": 60}))  # type: ignore[arg-type]
    gateway.script(response("a", event(1), gap), REFUSED)
    with pytest.raises(grpc.RpcError):
        run("Follow", gateway)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["vehicle.x"]
    assert lines[1] == "nothing from 1970-01-01 00:00:00 to 1970-01-01 00:01:00"


def test_resume(
    gateway: FakeGateway, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.script(started("a"), response("b", event(1)), REFUSED)
    with pytest.raises(grpc.RpcError):
        run("Resume", gateway)
    assert gateway.requests.get().resume_token == ""
    assert (folder / "resume_token").read_text() == "b"
    gateway.script(REFUSED)
    with pytest.raises(grpc.RpcError):
        run("Resume", gateway)
    assert gateway.requests.get().resume_token == "b"
    assert capsys.readouterr().out.count("vehicle.x") == 1


def test_asyncio(gateway: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
    gateway.script(response("a", event(1)), REFUSED)
    with pytest.raises(grpc.RpcError):
        asyncio.run(run("Asyncio", gateway)["follow"]())
    assert "vehicle.x" in capsys.readouterr().out


def test_errors(gateway: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
    details = (
        error_details_pb2.ErrorInfo(reason="QUOTA_EXHAUSTED", domain="cardata-gateway"),
        error_details_pb2.RetryInfo(retry_delay={"seconds": 9}),
    )
    gateway.fail_unary = Fail(grpc.StatusCode.RESOURCE_EXHAUSTED, "all are spent;", details)
    run("Errors", gateway)
    assert capsys.readouterr().out == "all are spent; again in 9.0 s\n"


def test_tls(folder: pathlib.Path, certificates: Certificates) -> None:
    for name in ("ca.pem", "client.pem", "client.key"):
        (folder / name).write_bytes(certificates.read(name))
    pair = (certificates.read("server.key"), certificates.read("server.pem"))
    credentials = grpc.ssl_server_credentials([pair], certificates.read("ca.pem"), True)
    gateway = FakeGateway(credentials)
    client: cardata.Client = run("TLS", gateway)["client"]
    client.vehicles.ListVehicles(v1.ListVehiclesRequest())
    client.close()
    gateway.stop()


def test_these_are_all() -> None:
    assert list(EXAMPLES) == ["Follow", "Resume", "Asyncio", "Errors", "TLS"]
    assert README.count("```python") == len(EXAMPLES)
