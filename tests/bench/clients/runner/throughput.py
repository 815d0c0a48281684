# SPDX-License-Identifier: Apache-2.0
"""Events a second that one subscriber takes: the layer beside the bare stub."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from client import Client


@dataclasses.dataclass(frozen=True)
class Source:
    """What events are taken from."""

    name: str
    address: str
    most: int
    """So many events it has."""


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of the stub and one of the layer, right after each other."""

    source: str
    client: str
    way: str
    events: int
    stub_per_second: float
    layer_per_second: float
    stub_cores: float
    """That the client's process took while it read with the stub."""
    layer_cores: float
    foreign_cores: float
    """That programs took that are none of ours, in both."""

    @property
    def ratio(self) -> float:
        """Say what the layer leaves of the stub's speed."""
        return self.layer_per_second / self.stub_per_second


def measure(
    sources: list[Source], clients: list[Client], runs: int, seconds: float
) -> Iterator[Run]:
    """Measure all with all; in turns, so that what else happens hits all of them."""
    for source in sources:
        events = {client.name: _warm_up(client, source, seconds) for client in clients}
        for turn in range(runs):
            for client in clients:
                yield from _run(client, source, events[client.name], layer_first=turn % 2 == 1)


def _warm_up(client: Client, source: Source, seconds: float) -> int:
    """Read until the speed is known, and say how many events take so many seconds."""
    events, took = 1_000, 0.0
    while took < seconds / 2:
        events = min(source.most, events * (2 if took > seconds / 8 else 4))
        took = max(client.take(source.address, way, events) for way in ("stub", *client.ways))
        if events == source.most:
            return events
    return min(source.most, int(events * seconds / took))


def _run(client: Client, source: Source, events: int, *, layer_first: bool) -> Iterator[Run]:
    for way in client.ways:
        others = usage.Others()
        order = [way, "stub"] if layer_first else ["stub", way]
        took, cores = {}, {}
        for each in order:
            before = usage.cpu_seconds(client.pid)
            took[each] = client.take(source.address, each, events)
            cores[each] = (usage.cpu_seconds(client.pid) - before) / took[each]
        yield Run(
            source=source.name,
            client=client.name,
            way=way,
            events=events,
            stub_per_second=events / took["stub"],
            layer_per_second=events / took[way],
            stub_cores=cores["stub"],
            layer_cores=cores[way],
            foreign_cores=others.cores(sum(took.values())),
        )
