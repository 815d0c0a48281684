# SPDX-License-Identifier: Apache-2.0
"""How the gateway is connected to."""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import TYPE_CHECKING, Final

import grpc

from cardata._roots import system_roots

if TYPE_CHECKING:
    from collections.abc import Sequence

DEADLINE_SECONDS: Final = 60.0
"""For unary calls that have none. The gateway gives each request to BMW 30 s."""

_OPTIONS: Final = (
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # Subscriptions send nothing: without these, older gRPC stops pinging after two pings, or pings
    # only every five minutes.
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.min_time_between_pings_ms", 30_000),
    # The gateway sends up to 1 MiB at once: fewer frames cost less.
    ("grpc.http2.max_frame_size", 1 << 20),
    # Subscriptions have a back-off of their own, and an attempt that finds the channel waiting for
    # the end of its own fails without having tried: the channel must be back first.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 1_000),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """What a channel is made of."""

    address: str
    credentials: grpc.ChannelCredentials | None
    """None: without TLS."""
    options: Sequence[tuple[str, str | int]]


def target_of(
    address: str,
    *,
    ca: bytes | None,
    certificate: bytes | None,
    key: bytes | None,
    server_name: str | None,
    plaintext: bool,
) -> Target:
    """Check what the caller gave to `connect`, and decide on TLS."""
    if not address:
        raise ValueError("the gateway's address is missing, for example localhost:9610")
    _check_pem("ca", ca, b"-----BEGIN CERTIFICATE-----")
    _check_pem("certificate", certificate, b"-----BEGIN CERTIFICATE-----")
    _check_pem("key", key, b"PRIVATE KEY-----")
    if (certificate is None) != (key is None):
        raise ValueError("certificate and key belong together: give both or neither")
    about_tls = any(value is not None for value in (ca, certificate, server_name))
    if plaintext and about_tls:
        raise ValueError("plaintext goes without ca, certificate, key and server_name")

    if plaintext or (_is_local(address) and not about_tls):
        return Target(address, None, _OPTIONS)
    credentials = grpc.ssl_channel_credentials(
        root_certificates=system_roots() if ca is None else ca,
        private_key=key,
        certificate_chain=certificate,
    )
    if server_name is None:
        return Target(address, credentials, _OPTIONS)
    return Target(address, credentials, (*_OPTIONS, ("grpc.ssl_target_name_override", server_name)))


def _check_pem(name: str, value: bytes | None, mark: bytes) -> None:
    if value is not None and (not isinstance(value, bytes) or mark not in value):
        raise ValueError(
            f"{name} must be PEM as bytes, for example pathlib.Path('{name}.pem').read_bytes()"
        )


def _is_local(address: str) -> bool:
    """Tell whether what is sent there never leaves this machine."""
    scheme, colon, rest = address.partition(":")
    if colon and scheme in ("unix", "unix-abstract"):
        return True
    if colon and scheme in ("dns", "ipv4", "ipv6"):
        address = rest
    if address.startswith("//"):
        address = address[2:].partition("/")[2]
    return all(map(_is_local_host, address.split(",")))


def _is_local_host(host_and_port: str) -> bool:
    if host_and_port.startswith("["):
        host = host_and_port[1:].partition("]")[0]
    elif host_and_port.count(":") > 1:
        host = host_and_port
    else:
        host = host_and_port.partition(":")[0]
    if host.lower() == "localhost":
        return True
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return False
    return parsed.is_loopback
