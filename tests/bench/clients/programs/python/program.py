# SPDX-License-Identifier: Apache-2.0
"""Does with the Python client what the runner measures: program.py blocking|asyncio.

../../README.md has the commands.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time

import cardata
from cardata import v1

EARLIEST = v1.SubscribeRequest(position=v1.START_POSITION_EARLIEST)
LIVE = v1.SubscribeRequest(position=v1.START_POSITION_LIVE)
LIVE.heartbeat_interval.FromSeconds(1)

EVERY = 30_000
"""How many events of the numbered ones lie between two of which the runner hears."""


class Consumer:
    """Does with an event what the README's first example does, but for printing it."""

    def __init__(self, events: int) -> None:
        self.last = ("", "", "", "")
        self.left = events
        self.begin = time.perf_counter()
        self.seconds = 0.0
        """How long it took until the last."""

    def take(self, event: v1.Event) -> bool:
        """Take an event, and say whether it was the last."""
        self.last = (event.vin, event.descriptor_id, event.raw, event.unit)
        self.left -= 1
        if self.left:
            return False
        self.seconds = time.perf_counter() - self.begin
        return True


class Teller:
    """Tells when the first word and the first event came after each start of a stream."""

    def __init__(self) -> None:
        self._awaits_word = self._awaits_event = True
        self._next = EVERY
        self._count = 0

    def tell(self, value: cardata.UpdateValue) -> None:
        """Look at an update."""
        if isinstance(value, cardata.Reconnecting):
            self._awaits_word = self._awaits_event = True
            print("away", value.attempt, flush=True)
            return
        if isinstance(value, v1.Event):
            if self._awaits_event:
                self._awaits_event = False
                print("event", time.time_ns(), flush=True)
            self._count += 1
            number = int(value.value.number)
            if number >= self._next:
                self._next = (number // EVERY + 1) * EVERY
                print("number", number, self._count, flush=True)
        if self._awaits_word:
            self._awaits_word = False
            print("word", time.time_ns(), flush=True)


class Blocking:
    """With threads."""

    def stub(self, target: str, consumer: Consumer) -> None:
        """Take events from the generated stub, on the client's own channel."""
        token = ""
        with cardata.connect(target) as client:
            for response in client.telematics.Subscribe(EARLIEST):
                for entry in response.entries:
                    if entry.HasField("event") and consumer.take(entry.event):
                        return
                token = response.resume_token or token

    def layer(self, target: str, consumer: Consumer) -> None:
        """Take events from a subscription."""
        token = ""
        with cardata.connect(target) as client, client.subscribe(EARLIEST) as subscription:
            for update in subscription:
                if isinstance(update.value, v1.Event) and consumer.take(update.value):
                    return
                token = update.resume_token or token

    def follow(self, target: str) -> None:
        """Follow, and tell."""
        teller = Teller()
        with cardata.connect(target) as client, client.subscribe(LIVE) as subscription:
            for update in subscription:
                teller.tell(update.value)


class Asyncio:
    """The same with asyncio."""

    def stub(self, target: str, consumer: Consumer) -> None:
        """Take events from the generated stub, on the client's own channel."""

        async def take() -> None:
            token = ""
            async with cardata.aio.connect(target) as client:
                async for response in client.telematics.Subscribe(EARLIEST):
                    for entry in response.entries:
                        if entry.HasField("event") and consumer.take(entry.event):
                            return
                    token = response.resume_token or token

        asyncio.run(take())

    def layer(self, target: str, consumer: Consumer) -> None:
        """Take events from a subscription."""

        async def take() -> None:
            token = ""
            async with (
                cardata.aio.connect(target) as client,
                client.subscribe(EARLIEST) as subscription,
            ):
                async for update in subscription:
                    if isinstance(update.value, v1.Event) and consumer.take(update.value):
                        return
                    token = update.resume_token or token

        asyncio.run(take())

    def follow(self, target: str) -> None:
        """Follow, and tell."""

        async def follow() -> None:
            teller = Teller()
            async with (
                cardata.aio.connect(target) as client,
                client.subscribe(LIVE) as subscription,
            ):
                async for update in subscription:
                    teller.tell(update.value)

        asyncio.run(follow())


def main() -> None:
    """Do as the input says, until it ends."""
    kind: Blocking | Asyncio = Blocking() if sys.argv[1] == "blocking" else Asyncio()
    for line in sys.stdin:
        do, target, *rest = line.split()
        if do == "follow":
            threading.Thread(target=kind.follow, args=(target,), daemon=True).start()
            continue
        way, events = rest
        consumer = Consumer(int(events))
        getattr(kind, way)(target, consumer)
        print(f"took {consumer.seconds:.6f}", flush=True)


main()
