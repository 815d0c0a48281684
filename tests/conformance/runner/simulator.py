# SPDX-License-Identifier: Apache-2.0
"""The simulator of BMW, and its record of what it was asked and what it published."""

from __future__ import annotations

import dataclasses
import datetime
import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from programs import Failure, Program, flags

if TYPE_CHECKING:
    from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Published:
    """One value that the simulator's broker sent."""

    number: int
    """Of its message in the record."""
    time: datetime.datetime
    vin: str
    descriptor_id: str
    raw: str
    measured: str
    """When, as the message says."""


class Simulator:
    """A running cardata-sim whose cars send nothing by themselves."""

    def __init__(self, binaries: Path, folder: Path, settings: dict[str, object]) -> None:
        data = folder / "simulator"
        data.mkdir()
        usual = {"data_dir": data, "time_factor": 0, "poll_interval": "1s"}
        self._program = Program(
            folder / "simulator.log", [binaries / "cardata-sim", *flags(usual | settings)]
        )
        self._published: list[Published] = []
        endpoints = data / "endpoints.json"
        self._program.wait_for(endpoints.exists)
        self.endpoints: dict[str, Any] = json.loads(endpoints.read_text())

    def end(self) -> None:
        """End it."""
        self._program.end()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Use its control interface."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.endpoints["control_url"] + path,
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise Failure(f"{method} {path}: {refused.code} {refused.read().decode()}") from None

    def vin(self, account: str) -> str:
        """Name the account's first car."""
        return str(self.ask("GET", f"/accounts/{account}")["vehicles"][0]["vin"])

    def client_id(self, account: str) -> str:
        """Name the OAuth client that the account's owner has in BMW's portal."""
        return str(self.ask("GET", f"/accounts/{account}")["clients"][0]["client_id"])

    def publish(self, account: str, vin: str, values: dict[str, Any]) -> None:
        """Send one message of BMW's shape."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        data = {name: {"timestamp": now, "value": value} for name, value in values.items()}
        payload = {"vin": vin, "entityId": account, "topic": vin, "timestamp": now, "data": data}
        body = {"account": account, "vin": vin, "payload": json.dumps(payload)}
        self.ask("POST", "/publish", body)

    def published(self) -> list[Published]:
        """Read its record of all values."""
        for entry in self._record(
            "published", self._published[-1].number if self._published else 0
        ):
            time = datetime.datetime.fromisoformat(entry["time"])
            for name, sample in json.loads(entry["payload"])["data"].items():
                value = sample["value"]
                raw = value if isinstance(value, str) else json.dumps(value)
                number = entry["sequence_number"]
                self._published.append(
                    Published(number, time, entry["vin"], name, raw, sample["timestamp"])
                )
        return self._published

    def requests(self, operation: str, account: str) -> list[dict[str, Any]]:
        """Read its record of what it was asked."""
        return [
            entry
            for entry in self._record("requests")
            if (entry["operation"], entry["account"]) == (operation, account)
        ]

    def _record(self, name: str, after: int = 0) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        while page := self.ask("GET", f"/{name}?after={after}")[name]:
            entries += page
            after = page[-1]["sequence_number"]
        return entries
