# SPDX-License-Identifier: Apache-2.0
"""The memory of a client over an hour of traffic, played faster.

The hour is one by volume: what 500 events a second bring in 3,600 seconds, which is about what
5,000 cars send while all of them are on the road. Each five minutes of it the gateway is killed and
started. Heartbeats come each second of the machine's time: about as many as in an hour.
"""

from __future__ import annotations

import bisect
import dataclasses
import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from client import Client
    from gateway import Gateway
    from simulator import Simulator

EVENTS_A_MINUTE = 30_000
MINUTES_TO_A_RESTART = 5


@dataclasses.dataclass(frozen=True)
class Memory:
    """What one client held."""

    client: str
    events: int
    """That it was handed."""
    minutes: list[float]
    kib: list[int]
    """Resident at each of these."""

    @property
    def settled_kib(self) -> float:
        """Say how much it was, by the median, once it had settled."""
        return statistics.median(self._settled()[1])

    @property
    def kib_an_hour(self) -> float:
        """Say how it grew from then on, by the straight line that fits best."""
        slope, _ = statistics.linear_regression(*self._settled())
        return slope * 60

    def _settled(self) -> tuple[list[float], list[int]]:
        # In the first quarter heaps are filled and code is compiled.
        first = bisect.bisect_left(self.minutes, self.minutes[-1] / 4)
        return self.minutes[first:], self.kib[first:]


def measure(
    simulator: Simulator,
    gateway: Gateway,
    clients: list[Client],
    minutes: int,
    events_per_second: int,
) -> list[Memory]:
    """Play so many minutes of it, at so many events a second, with the restarts."""
    played = 0
    while played < minutes:
        if played:
            gateway.kill()
            gateway.start()
            for client in clients:
                client.back()
        begin, played = played, min(minutes, played + MINUTES_TO_A_RESTART)
        last = played * EVENTS_A_MINUTE
        _load(simulator, begin * EVENTS_A_MINUTE + 1, last, events_per_second)
        while simulator.ask("GET", "/load")["running"]:
            time.sleep(0.1)
        # A few more, for whoever has lost the last; they also tell when the gateway is back.
        _load(simulator, last + 1, 0, 100)
        for client in clients:
            while not client.memory or client.memory[-1][0] < last:
                client.wait_for("number")
            client.forget()
    return [
        Memory(
            client=client.name,
            events=client.seen,
            minutes=[number / EVENTS_A_MINUTE for number, _ in client.memory],
            kib=[kib for _, kib in client.memory],
        )
        for client in clients
    ]


def _load(simulator: Simulator, first: int, last: int, events_per_second: int) -> None:
    """Let the car send numbered events; without end where there is no last."""
    load = {"first_number": first, "total": max(0, last - first + 1)}
    simulator.ask(
        "POST", "/load", {"account": "home", "events_per_second": events_per_second} | load
    )
