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
    total = minutes * EVENTS_A_MINUTE
    load = {"account": "home", "first_number": 1, "total": total}
    simulator.ask("POST", "/load", load | {"events_per_second": events_per_second})
    for minute in [*range(MINUTES_TO_A_RESTART, minutes, MINUTES_TO_A_RESTART), minutes]:
        for client in clients:
            while not client.memory or client.memory[-1][0] < minute * EVENTS_A_MINUTE:
                client.wait_for("number")
        if minute < minutes:
            for client in clients:
                client.forget()
            gateway.kill()
            gateway.start()
            for client in clients:
                client.back()
    return [
        Memory(
            client=client.name,
            events=client.seen,
            minutes=[number / EVENTS_A_MINUTE for number, _ in client.memory],
            kib=[kib for _, kib in client.memory],
        )
        for client in clients
    ]
