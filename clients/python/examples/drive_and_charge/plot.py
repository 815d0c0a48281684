# SPDX-License-Identifier: Apache-2.0
"""Draws a car's last drive on a map grid, and its last charging as a curve, into one PNG."""

from __future__ import annotations

import argparse
import datetime
import math
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import grpc
import matplotlib as mpl
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

import cardata
from history import Charge, Drive, read_charge, read_drive

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, GRID = "#2b2d42", "#d9dce3"
POWER, SOC = "#1b7f79", "#c8553d"
KM_PER_DEGREE = 111.32

STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlepad": 24,
    "axes.titlecolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
}


def draw(drive: Drive | None, charge: Charge | None) -> Figure:
    """Draw both, side by side."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12, 5), dpi=100, layout=ConstrainedLayoutEngine(wspace=0.06))
        left, right = figure.subplots(1, 2, width_ratios=[1.1, 1])
        _draw_drive(figure, left, drive)
        _draw_charge(right, charge)
    return figure


def _draw_drive(figure: Figure, axes: Axes, drive: Drive | None) -> None:
    axes.set_title("The last drive")
    if drive is None:
        _say(axes, "no drive in that time")
        return
    begin = _clock(drive.fixes[0].time)
    _subtitle(axes, f"{begin}: {drive.km:.0f} km in {drive.minutes:.0f} min")
    places = [(fix.longitude, fix.latitude) for fix in drive.fixes]
    lines = list(pairwise(places))
    outline = LineCollection(lines, colors=INK, linewidths=6, capstyle="round")
    axes.add_collection(outline)
    colours = LineCollection(lines, cmap="viridis", linewidths=4, capstyle="round")
    colours.set_array(drive.speeds)
    colours.set_clim(0, math.ceil(max(drive.speeds) / 20) * 20)
    axes.add_collection(colours)
    bar = figure.colorbar(colours, ax=axes, shrink=0.85, pad=0.02)
    bar.set_label("mean speed between two positions, km/h")
    bar.outline.set_visible(False)

    for place, marker, name in ((places[0], "o", "start"), (places[-1], "s", "end")):
        axes.plot(
            *place, marker, color="white", markeredgecolor=INK, markersize=9, markeredgewidth=2
        )
        axes.annotate(name, place, (9, 7), textcoords="offset points", fontweight="bold")
    _mark_time(axes, drive)
    _set_extent(axes, drive)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(lambda value, _: _degrees(value, "E", "W"))
    axes.yaxis.set_major_formatter(lambda value, _: _degrees(value, "N", "S"))
    axes.set_xlabel("longitude")
    axes.set_ylabel("latitude")


def _mark_time(axes: Axes, drive: Drive) -> None:
    """Mark where the car was after each ten minutes."""
    wanted = 10.0
    for fix in drive.fixes[:-1]:
        minutes = (fix.time - drive.fixes[0].time).total_seconds() / 60
        if minutes >= wanted:
            place = (fix.longitude, fix.latitude)
            axes.plot(*place, "o", color="white", markeredgecolor=INK, markersize=5)
            axes.annotate(f"{minutes:.0f} min", place, (10, -4), textcoords="offset points")
            wanted += 10.0


def _set_extent(axes: Axes, drive: Drive) -> None:
    """Show all of the drive in a square of as many kilometres each way, with a scale."""
    latitudes = [fix.latitude for fix in drive.fixes]
    longitudes = [fix.longitude for fix in drive.fixes]
    north, east = (
        min(values) + (max(values) - min(values)) / 2 for values in (latitudes, longitudes)
    )
    narrowing = math.cos(math.radians(north))
    side = 1.35 * max(
        max(latitudes) - min(latitudes), (max(longitudes) - min(longitudes)) * narrowing, 0.01
    )
    axes.set_xlim(east - side / narrowing / 2, east + side / narrowing / 2)
    axes.set_ylim(north - side / 2, north + side / 2)
    axes.set_aspect(1 / narrowing)

    km = next(k for k in (50, 20, 10, 5, 2, 1, 0.5, 0.2) if k < side * KM_PER_DEGREE / 3 or k < 0.3)
    width = km / KM_PER_DEGREE / side  # of the axes
    axes.plot([0.04, 0.04 + width], [0.04, 0.04], color=INK, linewidth=3, transform=axes.transAxes)
    axes.text(
        0.04 + width / 2, 0.055, f"{km:g} km", ha="center", va="bottom", transform=axes.transAxes
    )


def _draw_charge(axes: Axes, charge: Charge | None) -> None:
    axes.set_title("The last charging")
    if charge is None:
        _say(axes, "no charging in that time")
        return
    _subtitle(
        axes,
        f"{_clock(charge.start)}: {charge.soc[0]:.0f} % to {charge.soc[-1]:.0f} %,"
        f" {charge.kwh:.1f} kWh in {charge.minutes[-1]:.0f} min",
    )
    power = [*charge.kw, charge.kw[-1]]
    axes.fill_between(charge.minutes, power, step="post", color=POWER, alpha=0.18, linewidth=0)
    axes.step(charge.minutes, power, where="post", color=POWER, linewidth=2.5)
    axes.set_xlim(0, charge.minutes[-1])
    axes.set_ylim(0, max(charge.kw) * 1.12)
    axes.set_xlabel("minutes since it began")
    axes.set_ylabel("power from the grid, kW", color=POWER)
    axes.tick_params(axis="y", colors=POWER)

    soc = axes.twinx()
    soc.plot(charge.minutes, charge.soc, color=SOC, linewidth=2.5)
    soc.plot(
        charge.minutes[:: len(charge.minutes) - 1],
        charge.soc[:: len(charge.soc) - 1],
        "o",
        color=SOC,
        clip_on=False,
    )
    soc.set_ylim(0, 100)
    soc.set_ylabel("state of charge, % (between its ends by energy)", color=SOC)
    soc.tick_params(axis="y", colors=SOC)
    soc.grid(visible=False)


def _subtitle(axes: Axes, text: str) -> None:
    axes.annotate(text, (0, 1), (0, 8), xycoords="axes fraction", textcoords="offset points")


def _say(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes)
    axes.set(xticks=[], yticks=[])


def _clock(time: datetime.datetime) -> str:
    return f"{time.astimezone():%-d %b %Y, %H:%M}"


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.2f}° {positive if value >= 0 else negative}"


def main(arguments: list[str] | None = None) -> int:
    """Read and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default="localhost:9610", help="the gateway's address")
    parser.add_argument("--vin", required=True, help="the car; it is not shown")
    parser.add_argument("--days", type=int, default=30, help="how far to look back")
    parser.add_argument("file", nargs="?", default="drive_and_charge.png")
    options = parser.parse_args(arguments)
    since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=options.days)
    with cardata.connect(options.target) as client:
        try:
            drive = read_drive(client, options.vin, since)
            charge = read_charge(client, options.vin, since)
        except grpc.RpcError as exception:
            error = cardata.error_of(exception)
            sys.exit(f"{error.message} ({error.reason or error.code.name})")
    draw(drive, charge).savefig(options.file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
