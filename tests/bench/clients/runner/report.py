# SPDX-License-Identifier: Apache-2.0
"""Tables in Markdown, and every figure as JSON."""

from __future__ import annotations

import dataclasses
import statistics
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hour import Memory
    from restarts import Return
    from throughput import Run

LEAST_RATIO = 0.8
BACK_OFF_STEP = 1.0
"""Seconds: what the first attempt comes within."""
MOST_GROWTH = 0.02
"""Of its memory, in an hour."""


@dataclasses.dataclass
class Figures:
    """All that was measured."""

    about: dict[str, str]
    throughput: list[Run] = dataclasses.field(default_factory=list)
    restarts: list[Return] = dataclasses.field(default_factory=list)
    hour: list[Memory] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Target:
    """One of the promises, and what came of it."""

    what: str
    figure: str
    target: str
    reached: bool


def targets(figures: Figures) -> list[Target]:
    """Hold the figures against what they are to be."""
    found = []
    for (source, client, way), runs in _groups(figures.throughput, _way):
        ratio = statistics.median(run.ratio for run in runs)
        what = f"{_label(client, way)}, {source}: events a second, of the bare stub's"
        found.append(Target(what, f"{ratio:.2f}", f"at least {LEAST_RATIO}", ratio >= LEAST_RATIO))
    at_once = [each for each in figures.restarts if each.wait == 0]
    for client, returns in _groups(at_once, lambda each: each.client):
        seconds = statistics.median(each.first_event for each in returns)
        what = f"{client}: from the gateway's return to the first event, median"
        found.append(
            Target(
                what, f"{seconds:.2f} s", f"under {BACK_OFF_STEP:.0f} s", seconds < BACK_OFF_STEP
            )
        )
    for memory in figures.hour:
        growth = memory.kib_an_hour / memory.settled_kib
        what = f"{memory.client}: growth of its memory in an hour"
        figure = f"{100 * growth:+.1f} %"
        found.append(
            Target(what, figure, f"at most {100 * MOST_GROWTH:.0f} %", growth <= MOST_GROWTH)
        )
    return found


def tables(figures: Figures) -> str:
    """Write all as Markdown."""
    about = figures.about
    parts = [f"Measured {about['time']} on {about['machine']}: {about['gateway']}"]
    parts.append(
        _table(
            ["target", "is", "wanted", "reached"],
            ([t.what, t.figure, t.target, "yes" if t.reached else "NO"] for t in targets(figures)),
        )
    )
    if figures.throughput:
        parts.append(_table(_THROUGHPUT_HEAD, _throughput_rows(figures.throughput)))
    if figures.restarts:
        parts.append(_table(_RESTARTS_HEAD, _restart_rows(figures.restarts)))
    if figures.hour:
        parts.append(_table(_HOUR_HEAD, map(_hour_row, figures.hour)))
    return "\n\n".join(parts) + "\n"


def as_json(figures: Figures) -> dict[str, Any]:
    """Give every run."""
    return {
        **figures.about,
        "targets": [dataclasses.asdict(target) for target in targets(figures)],
        "throughput": [
            dataclasses.asdict(run) | {"ratio": run.ratio} for run in figures.throughput
        ],
        "restarts": [dataclasses.asdict(each) for each in figures.restarts],
        "hour": [
            dataclasses.asdict(memory)
            | {"settled_kib": memory.settled_kib, "kib_an_hour": memory.kib_an_hour}
            for memory in figures.hour
        ],
    }


_THROUGHPUT_HEAD = [
    "events/s from",
    "client",
    "bare stub",
    "layer",
    "ratio",
    "least..most",
    "cores: stub",
    "layer",
    "foreign",
    "runs",
]


def _throughput_rows(runs: list[Run]) -> Iterable[list[str]]:
    for (source, client, way), group in _groups(runs, _way):
        ratios = [run.ratio for run in group]
        yield [
            source,
            _label(client, way),
            _median("{:,.0f}", [run.stub_per_second for run in group]),
            _median("{:,.0f}", [run.layer_per_second for run in group]),
            _median("{:.2f}", ratios),
            f"{min(ratios):.2f}..{max(ratios):.2f}",
            _median("{:.2f}", [run.stub_cores for run in group]),
            _median("{:.2f}", [run.layer_cores for run in group]),
            _median("{:.2f}", [run.foreign_cores for run in group]),
            str(len(group)),
        ]


_RESTARTS_HEAD = [
    "gateway away",
    "client",
    "first word: median",
    "most",
    "first event: median",
    "least",
    "most",
    "restarts",
]


def _restart_rows(returns: list[Return]) -> Iterable[list[str]]:
    for (wait, client), group in _groups(returns, lambda each: (each.wait, each.client)):
        words = [each.first_word for each in group]
        events = [each.first_event for each in group]
        away = statistics.median(each.away for each in group)
        yield [
            f"{away:.1f} s" + (" (started at once)" if wait == 0 else ""),
            client,
            _median("{:.2f} s", words),
            f"{max(words):.2f} s",
            _median("{:.2f} s", events),
            f"{min(events):.2f} s",
            f"{max(events):.2f} s",
            str(len(group)),
        ]


_MINUTES = (1, 5, 10, 15, 20, 30, 40, 50, 60)
_HOUR_HEAD = [
    "MiB resident",
    *(f"minute {minute}" for minute in _MINUTES),
    "slope, KiB an hour",
    "growth",
    "events",
]


def _hour_row(memory: Memory) -> list[str]:
    at = dict(zip(map(round, memory.minutes), memory.kib, strict=True))
    return [
        memory.client,
        *(f"{at[minute] / 1024:.1f}" if minute in at else "" for minute in _MINUTES),
        f"{memory.kib_an_hour:+.0f}",
        f"{100 * memory.kib_an_hour / memory.settled_kib:+.1f} %",
        f"{memory.events:,}",
    ]


def _way(run: Run) -> tuple[str, str, str]:
    return run.source, run.client, run.way


def _label(client: str, way: str) -> str:
    return client if way == "layer" else f"{client} {way}"


def _median(spelling: str, values: Sequence[float]) -> str:
    return spelling.format(statistics.median(values))


def _groups(items: Sequence[Any], key: Callable[[Any], Any]) -> Iterable[tuple[Any, list[Any]]]:
    """Group items by a key, in the order in which the keys first come."""
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups.items()


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    written = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    written.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(written)
