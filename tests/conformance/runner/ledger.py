# SPDX-License-Identifier: Apache-2.0
"""Accounts for every value that the simulator published."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from programs import Failure

if TYPE_CHECKING:
    from simulator import Published

_MARGIN = datetime.timedelta(milliseconds=500)


class Ledger:
    """What is due to a subscription, and what it got, over all streams that continue it."""

    def __init__(self, request: dict[str, Any], after: int) -> None:
        self._patterns = request.get("descriptorPatterns", [])
        self._vins = request.get("vins", [])
        self._after = after
        self._begins_with_values = request.keys().isdisjoint({"position", "resumeToken"})
        self._latest_only = request.get("deliveryMode") == "DELIVERY_MODE_LATEST_VALUES"

    def check(self, published: list[Published], told: list[dict[str, Any]]) -> str:
        """Say what is still missing; empty if nothing is. Raise what cannot become right."""
        if self._begins_with_values:
            opening = _length_of_opening(told)
            if opening is None:
                return "CaughtUp"
            self._check_opening(published, told[:opening])
            told = told[opening:]
        due = [p for p in published if p.number > self._after and self._passes(p)]
        got = _once(told)
        gaps = [_times(t["value"]) for t in told if t["kind"] == "gap"]
        if self._latest_only:
            return _check_latest(due, got, told)
        return "".join(
            _check_car([p for p in due if p.vin == vin], [g for g in got if g["vin"] == vin], gaps)
            for vin in {p.vin for p in due} | {g["vin"] for g in got}
        )

    def _check_opening(self, published: list[Published], told: list[dict[str, Any]]) -> None:
        """Hold the current values against the last ones that were published before."""
        last = {
            (p.vin, p.descriptor_id): p.raw
            for p in published
            if p.number <= self._after and self._passes(p)
        }
        events = [t["value"] for t in told if t["kind"] == "event"]
        got = {(event["vin"], event["descriptorId"]): event["raw"] for event in events}
        if got != last or len(events) != len(last):
            raise Failure(f"the current values are {last}, and {events} came")

    def _passes(self, value: Published) -> bool:
        fits = [
            value.descriptor_id.startswith(p[:-1]) if p.endswith("*") else value.descriptor_id == p
            for p in self._patterns
        ]
        return (not fits or any(fits)) and (not self._vins or value.vin in self._vins)


def _length_of_opening(told: list[dict[str, Any]]) -> int | None:
    """Count what comes before CaughtUp; None if it has not come yet."""
    return next((n for n, update in enumerate(told) if update["kind"] == "caughtUp"), None)


def _once(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the second of what came twice: over a resume entries come at least once."""
    events = {t["sequence"]: t["value"] for t in told if t["kind"] == "event"}
    return list(events.values())


def _check_car(
    due: list[Published],
    got: list[dict[str, Any]],
    gaps: list[tuple[datetime.datetime, datetime.datetime]],
) -> str:
    rest = iter(got)
    next_got = next(rest, None)
    missing: list[str] = []
    for value in due:
        if next_got is not None and _is(value, next_got):
            if missing:  # A Gap, too, would have come before what follows it.
                raise Failure(f"{''.join(missing)}is missing before {value.raw}")
            next_got = next(rest, None)
        elif not any(start - _MARGIN <= value.time <= end + _MARGIN for start, end in gaps):
            missing.append(f"{value.descriptor_id}={value.raw} ")
    if next_got is not None:
        raise Failure(
            f"{next_got['descriptorId']}={next_got['raw']} was not due then; missing: {missing}"
        )
    return "".join(missing)


def _check_latest(
    due: list[Published], got: list[dict[str, Any]], told: list[dict[str, Any]]
) -> str:
    """Each value was delivered, or is among those that a Lag counts; the last one was delivered."""
    for event in got:
        if not any(_is(value, event) for value in due):
            raise Failure(f"{event['descriptorId']}={event['raw']} was never published")
    superseded = sum(
        int(t["value"].get("supersededEntries", 0)) for t in told if t["kind"] == "lag"
    )
    last = {(value.vin, value.descriptor_id): value for value in due}
    last_got = {(event["vin"], event["descriptorId"]): event for event in got}
    for place, value in last.items():
        if place not in last_got or not _is(value, last_got[place]):
            return f"{value.descriptor_id}={value.raw}"
    if len(got) + superseded > len(due):
        raise Failure(f"{len(got)} came and {superseded} were left out, of {len(due)}")
    unaccounted = len(due) - len(got) - superseded
    return f"{unaccounted} values that no Lag counts" if unaccounted else ""


def _is(value: Published, event: dict[str, Any]) -> bool:
    return (value.vin, value.descriptor_id, value.raw) == (
        event["vin"],
        event["descriptorId"],
        event["raw"],
    )


def _times(gap: dict[str, Any]) -> tuple[datetime.datetime, datetime.datetime]:
    start, end = (_time(gap[name]) for name in ("startTime", "endTime"))
    return start, end


def _time(text: str) -> datetime.datetime:
    """Read a timestamp; Python knows no nanoseconds."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.datetime.fromisoformat(f"{whole}.{(fraction + '000000')[:6]}+00:00")
