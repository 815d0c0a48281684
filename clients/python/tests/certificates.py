# SPDX-License-Identifier: Apache-2.0
"""Certificates for tests, made by the openssl command."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathlib


class Certificates:
    """An authority, and what it signed: certificates of a gateway, car.example, and a client."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._make("ca", "-x509", "-subj", "/CN=authority")
        for name, host in (("server", "car.example"), ("client", "client.example")):
            signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-subj", f"/CN={host}")
            self._make(name, "-x509", *signed, "-addext", f"subjectAltName=DNS:{host}")

    def path(self, name: str) -> pathlib.Path:
        """Name a file: ca.pem, server.pem, server.key, client.pem, client.key."""
        return self._folder / name

    def read(self, name: str) -> bytes:
        """Read a file."""
        return self.path(name).read_bytes()

    def _make(self, name: str, *arguments: str) -> None:
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        out = ("-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2")
        subprocess.run(
            ["openssl", "req", *key, *out, *arguments],
            cwd=self._folder,
            check=True,
            capture_output=True,
        )
