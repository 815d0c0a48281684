# SPDX-License-Identifier: Apache-2.0
"""The gateway under test."""

from __future__ import annotations

import base64
import re
import time
from typing import TYPE_CHECKING, Any

import grpc
from cardata import v1
from cardata.v1.auth_service_pb2_grpc import AuthServiceStub
from cardata.v1.telematics_service_pb2_grpc import TelematicsServiceStub

from programs import Program, flags

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

_READY = re.compile(r"\bready\b.*?(127\.0\.0\.1:[0-9]+)")


class Gateway:
    """The real cardata-gateway. After a restart it listens where it did before."""

    def __init__(
        self, binaries: Path, folder: Path, simulator: Simulator, settings: dict[str, object]
    ) -> None:
        self._binaries, self._folder = binaries, folder
        key = folder / "token.key"
        key.write_bytes(base64.b64encode(b"k" * 32))
        key.chmod(0o600)
        upstream = simulator.endpoints
        self._settings = {
            "listen": "127.0.0.1:0",
            "admin_listen": "",
            "data_dir": folder / "gateway",
            "token_key_file": key,
            "liveness_interval": "100ms",
            "stream_retry_min": "100ms",
            "denial_grace": "0s",
            "client_id": upstream["client_id"],
            "oauth_url": upstream["oauth_url"],
            "rest_url": upstream["rest_url"],
            "stream_host": upstream["stream_host"],
            "stream_port": upstream["stream_port"],
            "ca_file": upstream["ca_file"],
        } | settings
        self._secure = "tls_cert_file" in self._settings
        self._program: Program | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return str(self._settings["listen"])

    def start(self) -> None:
        """Start it, and wait until it takes calls."""
        log = self._folder / "gateway.log"
        before = len(log.read_text()) if log.exists() else 0
        program = self._binaries / "cardata-gateway"
        self._program = Program(log, [program, *flags(self._settings)])
        self._program.wait_for(lambda: _READY.search(log.read_text(), before) is not None)
        found = _READY.search(log.read_text(), before)
        assert found is not None
        self._settings["listen"] = found.group(1)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._program is not None:
            self._program.kill()

    def end(self) -> None:
        """Ask it to end."""
        if self._program is not None:
            self._program.end()

    def channel(self) -> grpc.Channel:
        """Call it as the runner itself."""
        if not self._secure:
            return grpc.insecure_channel(self.address)
        pems = {name: (self._folder / name).read_bytes() for name in ("ca.pem", "caller.pem")}
        credentials = grpc.ssl_channel_credentials(
            pems["ca.pem"], (self._folder / "caller.key").read_bytes(), pems["caller.pem"]
        )
        return grpc.secure_channel(self.address, credentials)

    def log_in(self, simulator: Simulator, account: str) -> None:
        """Log an account in, and wait until its stream is live."""
        with self.channel() as channel:
            auth = AuthServiceStub(channel)
            request = v1.StartDeviceAuthorizationRequest(
                account=account, client_id=simulator.client_id(account)
            )
            started = auth.StartDeviceAuthorization(request)
            simulator.ask("POST", f"/device-codes/{started.user_code}/approve")
            self.wait_until_live(account, auth)

    def wait_until_too_old(self, token: str) -> None:
        """Wait until its log no longer holds all that came after a token."""
        request = v1.SubscribeRequest(resume_token=token)
        with self.channel() as channel:
            telematics = TelematicsServiceStub(channel)
            while not _lags(telematics.Subscribe(request)):
                time.sleep(0.1)

    def wait_until_live(self, account: str, auth: Any = None) -> None:
        """Wait until the account's stream is live."""
        if auth is None:
            with self.channel() as channel:
                self.wait_until_live(account, AuthServiceStub(channel))
                return
        request = v1.GetAccountRequest(account=account)
        while auth.GetAccount(request).account.stream.state != v1.STREAM_STATE_LIVE:
            time.sleep(0.02)


def _lags(stream: Any) -> bool:
    """Read a stream until it says that entries are missed, or that it has caught up."""
    try:
        notices = (response.WhichOneof("notice") for response in stream)
        told: str = next(notice for notice in notices if notice in ("lag", "caught_up"))
        return told == "lag"
    finally:
        stream.cancel()
