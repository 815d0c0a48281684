# SPDX-License-Identifier: Apache-2.0
"""Does with the Python client of asyncio what the runner says; ../../README.md has the commands."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cardata
import grpc
from cardata import v1
from google.protobuf.json_format import MessageToDict, ParseDict

from telling import error_as_value, tell, tell_update

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from google.protobuf.message import Message


@dataclasses.dataclass
class Reading:
    """A subscription that a task reads."""

    subscription: cardata.aio.Subscription
    may_read: asyncio.Event


class Driver:
    """Carries out commands."""

    def __init__(self) -> None:
        self._client: cardata.aio.Client | None = None
        self._readings: dict[str, Reading] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(
        self, target: str, server_name: str | None = None, plaintext: bool = False, **pem: str
    ) -> None:
        """Connect; ca, certificate and key are files."""
        if self._client is not None:
            await self._client.close()
        read = {name: Path(file).read_bytes() for name, file in pem.items()}
        self._client = cardata.aio.connect(
            target, **read, server_name=server_name, plaintext=plaintext
        )

    async def subscribe(self, name: str, request: dict[str, Any]) -> None:
        """Subscribe, and tell each update until the subscription ends."""
        assert self._client is not None
        subscription = self._client.subscribe(ParseDict(request, v1.SubscribeRequest()))
        reading = Reading(subscription, asyncio.Event())
        reading.may_read.set()
        self._readings[name] = reading
        self._start(self._follow(name, reading))

    async def stop_reading(self, name: str) -> None:
        """Take no more than the update that it waits for."""
        self._readings[name].may_read.clear()

    async def read_on(self, name: str) -> None:
        """Take updates again."""
        self._readings[name].may_read.set()

    async def close(self, name: str) -> None:
        """End a subscription as a caller does."""
        await self._readings[name].subscription.close()

    async def call(
        self, name: str, method: str, request: dict[str, Any], deadline: float | None = None
    ) -> None:
        """Call a method, as vehicles.GetVehicle, and tell its responses and its end."""
        assert self._client is not None
        service, _, rpc = method.partition(".")
        stub = getattr(getattr(self._client, service), rpc)
        parsed = ParseDict(request, getattr(v1, f"{rpc}Request")())
        self._start(self._call(name, stub, parsed, deadline))

    async def end(self) -> None:
        """Close the client; all that reads must end."""
        for reading in self._readings.values():
            reading.may_read.set()
        if self._client is not None:
            await self._client.close()
        await asyncio.gather(*self._tasks)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _follow(self, name: str, reading: Reading) -> None:
        try:
            async for update in reading.subscription:
                tell_update(name, update)
                await reading.may_read.wait()
            tell(name, "ended")
        except grpc.RpcError as error:
            tell(name, "ended", error_as_value(cardata.error_of(error)))

    async def _call(self, name: str, rpc: Any, request: Message, deadline: float | None) -> None:
        try:
            answer = rpc(request, timeout=deadline)
            if isinstance(answer, grpc.aio.UnaryStreamCall):
                async for response in answer:
                    tell(name, "response", MessageToDict(response))
            else:
                tell(name, "response", MessageToDict(await answer))
            tell(name, "ended")
        except grpc.RpcError as error:
            tell(name, "ended", error_as_value(cardata.error_of(error)))


async def main() -> None:
    driver = Driver()
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        await getattr(driver, command.pop("do"))(**command)
    await driver.end()


asyncio.run(main())
