# SPDX-License-Identifier: Apache-2.0
"""The example examples/drive_and_charge; skipped where matplotlib is not installed."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

import pytest

from cardata import descriptors, v1
from real_gateway import BIN

pytest.importorskip("matplotlib", reason="the example needs matplotlib")

import journey
import plot
from history import Charge, Drive, charge_of, last_drive

if TYPE_CHECKING:
    import pathlib

    from matplotlib.figure import Figure


def at(minute: float, east: float) -> v1.Position:
    """Go so many kilometres along the equator."""
    degrees = math.degrees(east / 6371)
    return v1.Position(longitude=degrees, measure_time={"seconds": round(minute * 60)})  # type: ignore[arg-type]


def moves(raw: str, late: bool = False) -> v1.Event:
    return v1.Event(descriptor_id=descriptors.VEHICLE_IS_MOVING, raw=raw, late=late)


STANDS, LATE = moves("false"), moves("false", late=True)


@pytest.mark.parametrize(
    ("values", "minutes"),
    [
        pytest.param([], None, id="nothing came"),
        pytest.param([at(0, 0)], None, id="one fix is no drive"),
        pytest.param([at(0, 0), at(1, 0.2)], None, id="a few metres are none"),
        pytest.param([at(0, 0), at(1, 1), at(2, 2)], 2, id="it still goes on"),
        pytest.param([at(0, 0), at(2, 2), STANDS, at(5, 2), at(8, 3), STANDS], 3, id="the last"),
        pytest.param([at(0, 0), at(2, 2), STANDS, at(5, 2), STANDS], 2, id="standing is none"),
        pytest.param([at(0, 0), moves("ASN_isFalse"), at(5, 2), at(8, 3)], 3, id="BMW's word"),
        pytest.param([at(0, 0), at(2, 2), at(20, 3), at(21, 4)], 1, id="a pause ends it"),
        pytest.param([at(0, 0), LATE, at(2, 2)], 2, id="a late end is an older one's"),
        pytest.param([at(0, 0), at(2, 2), at(2, 2), at(1, 1)], 2, id="what comes again is once"),
        pytest.param([v1.Started(), at(0, 0), v1.Gap(), at(2, 2)], 2, id="all else is skipped"),
    ],
)
def test_finds_the_last_drive(values: list[object], minutes: float | None) -> None:
    drive = last_drive(values)
    assert (drive and drive.minutes) == minutes


def test_measures_a_drive() -> None:
    drive = last_drive([at(0, 0), at(1, 1), at(3, 3.5)])
    assert drive is not None
    assert drive.km == pytest.approx(3.5)
    assert drive.speeds == pytest.approx([60, 75])


def block(start: int, end: int, kw: float) -> v1.ChargingBlock:
    return v1.ChargingBlock(
        start_time={"seconds": 60 * start},  # type: ignore[arg-type]
        end_time={"seconds": 60 * end},  # type: ignore[arg-type]
        average_power_grid_kw=kw,
    )


def session(*blocks: v1.ChargingBlock) -> v1.ChargingSession:
    return v1.ChargingSession(displayed_start_soc=20, displayed_soc=80, charging_blocks=blocks)


def test_makes_a_curve_of_blocks() -> None:
    charge = charge_of(session(block(40, 50, 60), block(0, 10, 120), block(10, 20, 90)))
    assert charge is not None
    assert charge.minutes == [0, 10, 20, 40, 50]
    assert charge.kw == [120, 90, 0, 60]
    assert charge.kwh == pytest.approx(45)
    assert charge.soc == pytest.approx(
        [20, 20 + 60 * 20 / 45, 20 + 60 * 35 / 45, 20 + 60 * 35 / 45, 80]
    )


@pytest.mark.parametrize("blocks", [[], [v1.ChargingBlock()], [block(0, 10, 0)]])
def test_without_power_there_is_no_curve(blocks: list[v1.ChargingBlock]) -> None:
    assert charge_of(session(*blocks)) is None


def size_of(file: pathlib.Path) -> tuple[int, int]:
    """Read width and height from the begin of a PNG."""
    start = file.read_bytes()[:24]
    assert start[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", start[16:])


def test_draws_what_there_is_not(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "nothing.png"
    plot.draw(None, None).savefig(file)
    assert size_of(file) == (1200, 500)


@pytest.mark.skipif(BIN is None, reason="CARDATA_BIN does not name a folder with both programs")
def test_draws_a_journey_of_the_simulator(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[Drive | None, Charge | None]] = []
    draw = plot.draw

    def note(drive: Drive | None, charge: Charge | None) -> Figure:
        drawn.append((drive, charge))
        return draw(drive, charge)

    monkeypatch.setattr(plot, "draw", note)
    file = tmp_path / "journey.png"
    journey.draw(file, below=journey.HIGH)
    assert size_of(file) == (1200, 500)
    [(drive, charge)] = drawn
    assert drive is not None
    assert 20 < drive.minutes < 50
    assert all(5 < speed < 130 for speed in drive.speeds)
    assert isinstance(charge, Charge)
    assert charge.soc[-1] == pytest.approx(80)
    assert charge.kw == sorted(charge.kw, reverse=True)
    assert len(charge.kw) > 3
