# SPDX-License-Identifier: Apache-2.0
"""The real gateway with the simulator, found by the environment variable CARDATA_BIN.

    python real_gateway.py COMMAND...

starts both, logs an account in, publishes an event and runs the command, which finds the gateway's
address in CARDATA_TARGET.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import cardata
from cardata import v1

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

BIN = pathlib.Path(os.environ["CARDATA_BIN"]) if os.environ.get("CARDATA_BIN") else None


class RealGateway:
    """Both programs, with the account `home` logged in. The car sends nothing by itself."""

    def __init__(self, binaries: pathlib.Path, folder: pathlib.Path) -> None:
        self._binaries, self._folder = binaries, folder
        self._processes = contextlib.ExitStack()
        self._gateway: subprocess.Popen[bytes] | None = None
        self._listen = "127.0.0.1:0"
        self._endpoints: Mapping[str, Any] = {}

    @property
    def address(self) -> str:
        """Where the gateway listens; the same after a restart."""
        return self._listen

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self.stop)
            self._start_simulator()
            self.start()
            self._log_in()
            on_failure.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop both."""
        if self._gateway is not None:
            self._end(self._gateway)
        self._processes.close()

    def start(self) -> None:
        """Start the gateway, where it listened before."""
        key = self._folder / "token.key"
        if not key.exists():
            key.write_bytes(base64.b64encode(os.urandom(32)))
            key.chmod(0o600)
        log = self._folder / "gateway.log"
        self._gateway = self._run(
            log,
            "cardata-gateway",
            listen=self._listen,
            admin_listen="",
            data_dir=self._folder / "gateway",
            token_key_file=key,
            liveness_interval="100ms",
            client_id=self._endpoints["client_id"],
            oauth_url=self._endpoints["oauth_url"],
            rest_url=self._endpoints["rest_url"],
            stream_host=self._endpoints["stream_host"],
            stream_port=self._endpoints["stream_port"],
            ca_file=self._endpoints["ca_file"],
        )
        ready = re.compile(r"\bready\b.*(127\.0\.0\.1:[0-9]+)")
        self._until(log, self._gateway, lambda: ready.search(log.read_text()) is not None)
        found = ready.search(log.read_text())
        assert found is not None
        self._listen = found.group(1)

    def kill(self) -> None:
        """End the gateway as a power cut would."""
        assert self._gateway is not None
        self._gateway.kill()
        self._gateway.wait()

    def publish(self, first_number: int, total: int) -> None:
        """Let the car send numbered events."""
        load = {"account": "home", "first_number": first_number, "total": total}
        self._post("/load", load | {"events_per_second": 20_000})

    def _start_simulator(self) -> None:
        folder, log = self._folder / "simulator", self._folder / "simulator.log"
        folder.mkdir()
        simulator = self._run(
            log,
            "cardata-sim",
            data_dir=folder,
            time_factor=0,
            auto_approve="1ms",
            poll_interval="1s",
        )
        self._processes.callback(self._end, simulator)
        endpoints = folder / "endpoints.json"
        self._until(log, simulator, endpoints.exists)
        self._endpoints = json.loads(endpoints.read_text())

    def _log_in(self) -> None:
        with cardata.connect(self.address) as client:
            client.auth.StartDeviceAuthorization(v1.StartDeviceAuthorizationRequest(account="home"))
            for watched in client.auth.WatchDeviceAuthorization(
                v1.WatchDeviceAuthorizationRequest()
            ):
                state = watched.state
            assert state == v1.DEVICE_AUTHORIZATION_STATE_APPROVED
            request = v1.GetAccountRequest()
            while client.auth.GetAccount(request).account.stream.state != v1.STREAM_STATE_LIVE:
                time.sleep(0.05)

    def _run(self, log: pathlib.Path, program: str, **flags: object) -> subprocess.Popen[bytes]:
        arguments = [f"--{name.replace('_', '-')}={value}" for name, value in flags.items()]
        with log.open("wb") as output:
            # Whatever ends this process ends the program.
            return subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", self._binaries / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _until(
        self, log: pathlib.Path, process: subprocess.Popen[bytes], there: Callable[[], bool]
    ) -> None:
        while not there():
            if process.poll() is not None:
                raise RuntimeError(f"ended by itself: {log.read_text()}")
            time.sleep(0.02)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        process.wait()

    def _post(self, path: str, body: object) -> None:
        request = urllib.request.Request(
            self._endpoints["control_url"] + path, json.dumps(body).encode(), method="POST"
        )
        with urllib.request.urlopen(request):
            pass


def main() -> int:
    assert BIN is not None, "CARDATA_BIN must name the folder of cardata-gateway and cardata-sim"
    with tempfile.TemporaryDirectory() as folder, RealGateway(BIN, pathlib.Path(folder)) as gateway:
        gateway.publish(first_number=1, total=1)
        environment = os.environ | {"CARDATA_TARGET": gateway.address}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
