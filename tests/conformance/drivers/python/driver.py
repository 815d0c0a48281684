# SPDX-License-Identifier: Apache-2.0
"""Does with the Python client what the runner says; ../../README.md has the commands."""

from __future__ import annotations

import dataclasses
import json
import sys
import threading
from pathlib import Path
from typing import Any

import cardata
import grpc
from cardata import v1
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message

from telling import error_as_value, tell, tell_update


@dataclasses.dataclass
class Reading:
    """A subscription that a thread reads."""

    subscription: cardata.Subscription
    may_read: threading.Event
    thread: threading.Thread


class Driver:
    """Carries out commands."""

    def __init__(self) -> None:
        self._client: cardata.Client | None = None
        self._readings: dict[str, Reading] = {}

    def connect(
        self, target: str, server_name: str | None = None, plaintext: bool = False, **pem: str
    ) -> None:
        """Connect; ca, certificate and key are files."""
        if self._client is not None:
            self._client.close()
        read = {name: Path(file).read_bytes() for name, file in pem.items()}
        self._client = cardata.connect(target, **read, server_name=server_name, plaintext=plaintext)

    def subscribe(self, name: str, request: dict[str, Any]) -> None:
        """Subscribe, and tell each update until the subscription ends."""
        assert self._client is not None
        subscription = self._client.subscribe(ParseDict(request, v1.SubscribeRequest()))
        may_read = threading.Event()
        may_read.set()
        thread = threading.Thread(target=self._follow, args=(name, subscription, may_read))
        self._readings[name] = Reading(subscription, may_read, thread)
        thread.start()

    def stop_reading(self, name: str) -> None:
        """Take no more than the update that it waits for."""
        self._readings[name].may_read.clear()

    def read_on(self, name: str) -> None:
        """Take updates again."""
        self._readings[name].may_read.set()

    def close(self, name: str) -> None:
        """End a subscription as a caller does."""
        self._readings[name].subscription.close()

    def call(
        self, name: str, method: str, request: dict[str, Any], deadline: float | None = None
    ) -> None:
        """Call a method, as vehicles.GetVehicle, and tell its responses and its end."""
        assert self._client is not None
        service, _, rpc = method.partition(".")
        arguments = (name, getattr(getattr(self._client, service), rpc))
        parsed = ParseDict(request, getattr(v1, f"{rpc}Request")())
        threading.Thread(target=self._call, args=(*arguments, parsed, deadline)).start()

    def end(self) -> None:
        """Close the client; all that reads must end."""
        for reading in self._readings.values():
            reading.may_read.set()
        if self._client is not None:
            self._client.close()

    def _follow(
        self, name: str, subscription: cardata.Subscription, may_read: threading.Event
    ) -> None:
        try:
            for update in subscription:
                tell_update(name, update)
                may_read.wait()
            tell(name, "ended")
        except grpc.RpcError as error:
            tell(name, "ended", error_as_value(cardata.error_of(error)))

    def _call(self, name: str, rpc: Any, request: Message, deadline: float | None) -> None:
        try:
            answer = rpc(request, timeout=deadline)
            for response in [answer] if isinstance(answer, Message) else answer:
                tell(name, "response", MessageToDict(response))
            tell(name, "ended")
        except grpc.RpcError as error:
            tell(name, "ended", error_as_value(cardata.error_of(error)))


def main() -> None:
    driver = Driver()
    for line in sys.stdin:
        command = json.loads(line)
        getattr(driver, command.pop("do"))(**command)
    driver.end()


main()
