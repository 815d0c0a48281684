# SPDX-License-Identifier: Apache-2.0
"""Measures how many events a second a subscription takes, beside the bare stub.

    PYTHONPATH=src CARDATA_BIN=... python tests/throughput.py [EVENTS] [ROUNDS]

The real gateway's log is filled with that many events, and then read from its beginning; each way
in turn, so that what else the machine does hits all of them.
"""

from __future__ import annotations

import asyncio
import pathlib
import statistics
import sys
import tempfile
import time
from typing import TYPE_CHECKING, cast

import grpc

import cardata
from cardata import v1
from cardata.v1.telematics_service_pb2_grpc import TelematicsServiceStub
from real_gateway import BIN, RealGateway

if TYPE_CHECKING:
    from collections.abc import Callable

    from cardata.v1.telematics_service_pb2_grpc import TelematicsServiceAsyncStub

REQUEST = v1.SubscribeRequest(position=v1.START_POSITION_EARLIEST)


class Consumer:
    """Looks at each event as a program would that wants its value."""

    def __init__(self, events: int) -> None:
        self.left = events
        self.sum = 0.0

    def take(self, event: v1.Event) -> bool:
        """Take an event in, and say whether it was the last."""
        if event.descriptor_id:
            self.sum += event.value.number
        self.left -= 1
        return self.left == 0


def bare(address: str, consumer: Consumer) -> None:
    with grpc.insecure_channel(address) as channel:
        token = ""
        for response in TelematicsServiceStub(channel).Subscribe(REQUEST):
            for entry in response.entries:
                if entry.HasField("event") and consumer.take(entry.event):
                    return
            token = response.resume_token
        assert token


def blocking(address: str, consumer: Consumer) -> None:
    with cardata.connect(address) as client, client.subscribe(REQUEST) as subscription:
        token = ""
        for update in subscription:
            if isinstance(update.value, v1.Event) and consumer.take(update.value):
                return
            token = update.resume_token or token


async def bare_aio(address: str, consumer: Consumer) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        token = ""
        stub = cast("TelematicsServiceAsyncStub", TelematicsServiceStub(channel))
        async for response in stub.Subscribe(REQUEST):
            for entry in response.entries:
                if entry.HasField("event") and consumer.take(entry.event):
                    return
            token = response.resume_token
        assert token


async def asynchronous(address: str, consumer: Consumer) -> None:
    async with cardata.aio.connect(address) as client, client.subscribe(REQUEST) as subscription:
        token = ""
        async for update in subscription:
            if isinstance(update.value, v1.Event) and consumer.take(update.value):
                return
            token = update.resume_token or token


WAYS: dict[str, Callable[[str, Consumer], None]] = {
    "bare stub, blocking": bare,
    "subscription, blocking": blocking,
    "bare stub, asyncio": lambda *arguments: asyncio.run(bare_aio(*arguments)),
    "subscription, asyncio": lambda *arguments: asyncio.run(asynchronous(*arguments)),
}


def main(events: int = 200_000, rounds: int = 7) -> None:
    assert BIN is not None, "CARDATA_BIN must name the folder of cardata-gateway and cardata-sim"
    rates: dict[str, list[float]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as folder, RealGateway(BIN, pathlib.Path(folder)) as gateway:
        gateway.publish(1, events)
        bare(gateway.address, Consumer(events))
        for _ in range(rounds):
            for name, way in WAYS.items():
                start = time.perf_counter()
                way(gateway.address, Consumer(events))
                rates[name].append(events / (time.perf_counter() - start))
    for name, measured in rates.items():
        spread = f"{min(measured):,.0f} to {max(measured):,.0f}"
        print(f"{name:24} {statistics.median(measured):11,.0f} events/s  ({spread})")
    for kind in ("blocking", "asyncio"):
        pairs = zip(rates[f"subscription, {kind}"], rates[f"bare stub, {kind}"], strict=True)
        print(
            f"{kind}: {statistics.median(ours / bare for ours, bare in pairs):.2f} of the bare stub"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
