# SPDX-License-Identifier: Apache-2.0
"""A car's last drive and last charging, as the gateway knows them."""

from __future__ import annotations

import dataclasses
import datetime
import math
from itertools import pairwise
from typing import TYPE_CHECKING

from cardata import descriptors, v1

if TYPE_CHECKING:
    from collections.abc import Iterable

    import cardata

EARTH_KM = 6371.0
LONGEST_PAUSE = datetime.timedelta(minutes=10)
"""A drive without a position for longer than this has ended, even if the car has not said so."""


@dataclasses.dataclass(frozen=True)
class Fix:
    """Where the car was."""

    time: datetime.datetime
    latitude: float
    longitude: float

    def km_to(self, other: Fix) -> float:
        """Measure the way as the crow flies."""
        north = math.radians(other.latitude - self.latitude)
        east = math.radians(other.longitude - self.longitude)
        width = math.cos(math.radians(self.latitude)) * math.cos(math.radians(other.latitude))
        return (
            2
            * EARTH_KM
            * math.asin(math.sqrt(math.sin(north / 2) ** 2 + width * math.sin(east / 2) ** 2))
        )


@dataclasses.dataclass(frozen=True)
class Drive:
    """A drive: at least two fixes, in order of time, no two of one moment."""

    fixes: list[Fix]

    @property
    def km(self) -> float:
        """How far it was, from fix to fix."""
        return sum(a.km_to(b) for a, b in pairwise(self.fixes))

    @property
    def minutes(self) -> float:
        """How long it took."""
        return (self.fixes[-1].time - self.fixes[0].time).total_seconds() / 60

    @property
    def speeds(self) -> list[float]:
        """The mean speed from each fix to the next, in km/h."""
        return [
            a.km_to(b) / ((b.time - a.time).total_seconds() / 3600) for a, b in pairwise(self.fixes)
        ]


def last_drive(values: Iterable[object]) -> Drive | None:
    """Find the last drive in what a subscription brought."""
    drives: list[list[Fix]] = [[]]
    for value in values:
        match value:
            case v1.Position() as position:
                time = position.measure_time.ToDatetime(datetime.timezone.utc)
                fix = Fix(time, position.latitude, position.longitude)
                before = drives[-1][-1].time if drives[-1] else None
                if before is not None and time - before > LONGEST_PAUSE:
                    drives.append([])
                if before is None or time > before:
                    drives[-1].append(fix)
            case v1.Event(descriptor_id=descriptors.VEHICLE_IS_MOVING, late=False) as event:
                if event.raw in ("false", "ASN_isFalse") and drives[-1]:
                    drives.append([])
    found = [Drive(fixes) for fixes in drives if len(fixes) > 1]
    return next((drive for drive in reversed(found) if drive.km > 0.5), None)


def read_drive(client: cardata.Client, vin: str, since: datetime.datetime) -> Drive | None:
    """Read the gateway's log from a time on: it has what the car sent, as far as it is kept."""
    request = v1.SubscribeRequest(
        vins=[vin], positions=True, descriptor_patterns=[descriptors.VEHICLE_IS_MOVING]
    )
    request.since_time.FromDatetime(since)
    values: list[object] = []
    with client.subscribe(request) as subscription:
        for update in subscription:
            if isinstance(update.value, v1.CaughtUp):
                break
            values.append(update.value)
    return last_drive(values)


@dataclasses.dataclass(frozen=True)
class Charge:
    """A charging: its power, and the state of charge that follows from it."""

    minutes: list[float]
    """When each step of the power begins, and at the end when the last one ends."""
    kw: list[float]
    """The power of each step."""
    soc: list[float]
    """In per cent, at each of `minutes`."""
    start: datetime.datetime

    @property
    def kwh(self) -> float:
        """The energy from the grid."""
        return sum(_energies(self.minutes, self.kw))


def charge_of(session: v1.ChargingSession) -> Charge | None:
    """Make the curve of a session; None where BMW tells no power."""
    blocks = [b for b in session.charging_blocks if b.HasField("average_power_grid_kw")]
    blocks.sort(key=lambda block: block.start_time.ToNanoseconds())
    if not blocks:
        return None
    begin = blocks[0].start_time.ToNanoseconds()
    minutes, kw = [0.0], []
    for block in blocks:
        start, end = (
            (t.ToNanoseconds() - begin) / 60e9 for t in (block.start_time, block.end_time)
        )
        if start > minutes[-1]:  # nothing flowed between the two blocks
            minutes.append(start)
            kw.append(0.0)
        minutes.append(end)
        kw.append(block.average_power_grid_kw)
    # BMW tells the state of charge at both ends. Between them it is taken to grow with the energy.
    energies = _energies(minutes, kw)
    total = sum(energies)
    if total <= 0:
        return None
    percent = session.displayed_soc - session.displayed_start_soc
    soc = [float(session.displayed_start_soc)]
    for energy in energies:
        soc.append(soc[-1] + percent * energy / total)
    return Charge(minutes, kw, soc, blocks[0].start_time.ToDatetime(datetime.timezone.utc))


def _energies(minutes: list[float], kw: list[float]) -> list[float]:
    return [(b - a) / 60 * power for (a, b), power in zip(pairwise(minutes), kw, strict=True)]


def read_charge(client: cardata.Client, vin: str, since: datetime.datetime) -> Charge | None:
    """Ask BMW for the last charging. It costs one of the day's 50 requests, or two."""
    request = v1.ListChargingSessionsRequest(vin=vin, page_size=10)
    request.start_time.FromDatetime(since)
    # Tomorrow: what began just now must not be missed because clocks differ.
    request.end_time.FromDatetime(
        datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    )
    sessions = client.charging.ListChargingSessions(request).sessions
    return next(filter(None, map(charge_of, sessions)), None)
