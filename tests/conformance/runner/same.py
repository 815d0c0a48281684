# SPDX-License-Identifier: Apache-2.0
"""Whether all languages told the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drivers import Driver

_NOT_COMPARED = {"message", "retryDelay", "attempt"}
"""Words of a language's own gRPC, and times."""


def differences(drivers: list[Driver]) -> dict[str, str]:
    """Hold all against the first: entries with the same number, and how everything ended."""
    first, *others = drivers
    return {
        other.language: difference
        for other in others
        if (difference := _difference(first, other)) is not None
    }


def _difference(first: Driver, other: Driver) -> str | None:
    for name in sorted(first.tales.keys() | other.tales.keys()):
        told, other_told = (driver.tales[name].told for driver in (first, other))
        entries, other_entries = _entries(told), _entries(other_told)
        for number in entries.keys() & other_entries.keys():
            if entries[number] != other_entries[number]:
                return f"{name}: {entries[number]} in {first.language}, {other_entries[number]}"
        endings, other_endings = _endings(told, first), _endings(other_told, other)
        if endings != other_endings:
            return f"{name}: {endings} in {first.language}, {other_endings}"
    return None


def _entries(told: list[dict[str, Any]]) -> dict[int, Any]:
    return {t["sequence"]: (t["kind"], t["value"]) for t in told if t["sequence"]}


def _endings(told: list[dict[str, Any]], driver: Driver) -> list[Any]:
    """Leave out what may differ: accounts have the names of their languages."""
    return [
        None
        if value is None
        else {
            name: json.dumps(part, sort_keys=True).replace(driver.language, "$language")
            for name, part in value.items()
            if name not in _NOT_COMPARED
        }
        for value in (t["value"] for t in told if t["kind"] == "ended")
    ]
