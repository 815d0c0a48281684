# SPDX-License-Identifier: Apache-2.0
"""The authorities that the system trusts."""

from __future__ import annotations

import os
import pathlib
import ssl

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)


def system_roots() -> bytes | None:
    """Read their certificates as PEM; None where gRPC shall look by itself.

    gRPC would take the authorities that are packed with it, and not those of a company that its
    machines trust. `SSL_CERT_FILE` is heeded, as by Python's own TLS.
    """
    if "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH" in os.environ:
        return None
    for path in (ssl.get_default_verify_paths().cafile, *_BUNDLES):
        if path is not None and pathlib.Path(path).is_file():
            return pathlib.Path(path).read_bytes()
    # Windows has them in no file; elsewhere this finds none.
    certificates = ssl.create_default_context().get_ca_certs(binary_form=True)
    return "".join(map(ssl.DER_cert_to_PEM_cert, certificates)).encode() or None
