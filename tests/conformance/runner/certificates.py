# SPDX-License-Identifier: Apache-2.0
"""Certificates for scenarios, made by the openssl command."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make(folder: Path) -> None:
    """Make an authority, a gateway and a caller of it, and a stranger of another."""
    _make(folder, "ca", "-subj", "/CN=authority")
    _make(folder, "other-ca", "-subj", "/CN=another authority")
    _sign(folder, "gateway", "ca")
    _sign(folder, "caller", "ca")
    _sign(folder, "stranger", "other-ca")


def _sign(folder: Path, name: str, authority: str) -> None:
    signed = ("-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-subj", f"/CN={name}")
    _make(folder, name, *signed, "-addext", f"subjectAltName=DNS:{name}.example,IP:127.0.0.1")


def _make(folder: Path, name: str, *arguments: str) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    out = ("-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2")
    command = ["openssl", "req", "-x509", *key, *out, *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / f"{name}.key").chmod(0o600)
