# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cardata
from cardata._roots import system_roots
from cardata._target import target_of

if TYPE_CHECKING:
    from certificates import Certificates

NOTHING: dict[str, Any] = {
    "ca": None,
    "certificate": None,
    "key": None,
    "server_name": None,
    "plaintext": False,
}


@pytest.mark.parametrize(
    "address",
    [
        "localhost:9610",
        "LOCALHOST:9610",
        "localhost",
        "127.0.0.1:9610",
        "127.8.9.10:9610",
        "[::1]:9610",
        "dns:localhost:9610",
        "dns:///localhost:9610",
        "dns://8.8.8.8/localhost:9610",
        "ipv4:127.0.0.1:9610",
        "ipv4:127.0.0.1:9610,127.0.0.2:9610",
        "ipv6:[::1]:9610",
        "unix:/run/cardata.sock",
        "unix:///run/cardata.sock",
        "unix:cardata.sock",
        "unix-abstract:cardata",
    ],
)
def test_what_stays_on_this_machine_is_not_encrypted(address: str) -> None:
    assert target_of(address, **NOTHING).credentials is None


@pytest.mark.parametrize(
    "address",
    [
        "cardata:9610",
        "localhost.example.com:9610",
        "127.0.0.1.example.com:9610",
        "10.0.0.1:9610",
        "128.0.0.1:9610",
        "[2001:db8::1]:9610",
        "dns:///cardata:9610",
        "dns://localhost/cardata:9610",
        "ipv4:127.0.0.1:9610,10.0.0.1:9610",
        "ipv6:[fe80::1]:9610",
        "xds:///localhost",
    ],
)
def test_everything_else_is(address: str) -> None:
    assert target_of(address, **NOTHING).credentials is not None
    assert target_of(address, **NOTHING | {"plaintext": True}).credentials is None


def test_what_is_about_tls_switches_it_on(certificates: Certificates) -> None:
    ca, pair = certificates.read("ca.pem"), certificates.read("client.pem")
    key = certificates.read("client.key")
    for wish in ({"ca": ca}, {"certificate": pair, "key": key}, {"server_name": "car.example"}):
        assert target_of("localhost:9610", **NOTHING | wish).credentials is not None
        with pytest.raises(ValueError, match="plaintext goes without"):
            target_of("localhost:9610", **NOTHING | wish | {"plaintext": True})


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"ca": "ca.pem"}, "ca must be PEM as bytes"),
        ({"ca": b"\x30\x82"}, "ca must be PEM as bytes"),
        ({"certificate": b"-----BEGIN PRIVATE KEY-----"}, "certificate must be PEM as bytes"),
        ({"key": b"-----BEGIN CERTIFICATE-----"}, "key must be PEM as bytes"),
        ({"certificate": b"-----BEGIN CERTIFICATE-----"}, "belong together"),
        ({"key": b"-----BEGIN PRIVATE KEY-----"}, "belong together"),
    ],
)
def test_what_does_not_fit_is_said_at_once(wish: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        cardata.connect("cardata:9610", **wish)


def test_the_address_is_needed() -> None:
    with pytest.raises(ValueError, match="address is missing"):
        cardata.connect("")


def test_the_systems_roots_are_those_of_openssl(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.path("ca.pem")))
    assert system_roots() == certificates.read("ca.pem")
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(certificates.path("ca.pem")))
    assert system_roots() is None
