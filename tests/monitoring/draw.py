# SPDX-License-Identifier: Apache-2.0
"""Draws the dashboard as a real Prometheus answers it, while simulated accounts, subscribers and callers are at work."""

import argparse
import datetime
import io
import math
import pathlib
import tempfile
import textwrap
import time

import dashboard
import matplotlib

matplotlib.use("Agg")
import matplotlib.dates
import matplotlib.patches
import matplotlib.pyplot
import matplotlib.ticker
from load import Load
from PIL import Image
from stack import Stack

# Grafana's dark theme.
PAGE, PANEL, EDGE, TEXT, FAINT, GRID = "#111217", "#181b1f", "#2b2e36", "#d0d1d6", "#8e8f99", "#25282f"
COLOURS = [
    "#73bf69",
    "#f2cc0c",
    "#8ab8ff",
    "#ff780a",
    "#f2495c",
    "#5794f2",
    "#b877d9",
    "#96d98d",
    "#ffee52",
    "#fa6400",
    "#c4162a",
    "#1f60c4",
    "#8f3bb8",
    "#37872d",
]
NAMED = {"green": "#73bf69", "orange": "#ff9830", "red": "#f2495c", "text": TEXT}
COLUMN, UNIT, DPI = 0.56, 0.205, 100  # inches a column and a unit of height
MARGIN = 0.08


def scaled(value, steps, format_="{:.3g}"):
    """`value` with the largest unit of `steps` (size, name) that it reaches."""
    for size, name in steps:
        if abs(value) >= size:
            return format_.format(value / size) + name
    return format_.format(value / steps[-1][0]) + steps[-1][1]


BYTES = [(2**30, " GiB"), (2**20, " MiB"), (2**10, " KiB"), (1, " B")]
SECONDS = [(86400, " d"), (3600, " h"), (60, " min"), (1, " s"), (1e-3, " ms"), (1e-6, " µs")]
COUNT = [(1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")]
A_SECOND = {"eps": " /s", "mps": " /s", "reqps": " /s", "ops": " /s", "cps": " /s"}


def worded(value, unit):
    if value == 0:
        return "0"
    if unit in {"bytes", "Bps"}:
        return scaled(value, BYTES) + ("/s" if unit == "Bps" else "")
    if unit == "s":
        return scaled(value, SECONDS)
    if abs(value) < 1:
        return f"{value:.2g}" + A_SECOND.get(unit, "")
    return scaled(value, COUNT) + A_SECOND.get(unit, "")


def ticks(largest, unit):
    """Round ones in the unit that they are worded in."""
    steps = BYTES if unit in {"bytes", "Bps"} else SECONDS if unit == "s" else [(1, "")]
    size = next((size for size, _ in steps if largest >= size), steps[-1][0])
    values = matplotlib.ticker.MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(0, largest / size)
    return [value * size for value in values if value * size <= largest]


def with_holes(points, step):
    """No line over where there is no value."""
    held = []
    for point in points:
        if held and point[0] - held[-1][0] > 1.5 * step:
            held.append((held[-1][0] + step, math.nan))
        held.append(point)
    return held


def legend(target, labels):
    text = target["legendFormat"]
    for label, value in labels.items():
        text = text.replace("{{" + label + "}}", value)
    return text


class Picture:
    def __init__(self, panels, prometheus, start, end, step):
        self.prometheus, self.start, self.end, self.step = prometheus, start, end, step
        height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
        self.width, self.height = 24 * COLUMN, height * UNIT + 0.45
        self.figure = matplotlib.pyplot.figure(figsize=(self.width, self.height), dpi=DPI, facecolor=PAGE)
        self.figure.text(
            MARGIN / self.width, 1 - 0.23 / self.height, "CarData Gateway", color=TEXT, size=12, weight="bold", va="center"
        )
        for panel in panels:
            self.draw(panel)

    def box(self, place, left=0.0, right=0.0, top=0.0, bottom=0.0):
        """A part of the panel at `place` as fractions of the figure; the insets are inches."""
        x = place["x"] * COLUMN + MARGIN / 2 + left
        width = place["w"] * COLUMN - MARGIN - left - right
        height = place["h"] * UNIT - MARGIN - top - bottom
        y = self.height - 0.45 - (place["y"] + place["h"]) * UNIT + MARGIN / 2 + bottom
        return [x / self.width, y / self.height, width / self.width, height / self.height]

    def draw(self, panel):
        place = panel["gridPos"]
        if panel["type"] == "row":
            left, bottom, _, height = self.box(place)
            self.figure.text(left, bottom + height / 2, "⌄ " + panel["title"], color=TEXT, size=9.5, weight="bold", va="center")
            return
        left, bottom, width, height = self.box(place)
        self.figure.add_artist(
            matplotlib.patches.Rectangle((left, bottom), width, height, facecolor=PANEL, edgecolor=EDGE, linewidth=0.6, zorder=-1)
        )
        title = textwrap.fill(panel["title"], max(12, place["w"] * 8))
        self.figure.text(
            left + 0.08 / self.width, bottom + height - 0.06 / self.height, title, color=TEXT, size=7.5, weight="bold", va="top"
        )
        {"timeseries": self.lines, "stat": self.number, "bargauge": self.bars}[panel["type"]](panel)

    def lines(self, panel):
        unit = panel["fieldConfig"]["defaults"]["unit"]
        stack = panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"
        axes = self.figure.add_axes(self.box(panel["gridPos"], left=0.52, right=0.12, top=0.27, bottom=0.38), facecolor=PANEL)
        series = []
        for target in panel["targets"]:
            expression = dashboard.expression(target, f"{5 * self.step}s")
            for one in self.prometheus.query_range(expression, self.start, self.end, self.step):
                points = [(float(at), float(value)) for at, value in one["values"]]
                points = with_holes([point for point in points if not math.isnan(point[1])], self.step)
                if points:
                    series.append((legend(target, one["metric"]), points))
        if len(panel["targets"]) == 1 and not stack:  # the legend has room for the first few
            series.sort(key=lambda one: -max(value for _, value in one[1] if not math.isnan(value)))
        largest, base = 0.0, {}
        for index, (name, points) in enumerate(series):
            colour = COLOURS[index % len(COLOURS)]
            times = [datetime.datetime.fromtimestamp(at) for at, _ in points]
            lower = [base.get(at, 0.0) if stack else 0.0 for at, _ in points]
            upper = [low + value for low, (_, value) in zip(lower, points, strict=True)]
            if stack:
                base.update({at: top for (at, _), top in zip(points, upper, strict=True)})
            axes.plot(times, upper, color=colour, linewidth=0.9, label=name, solid_joinstyle="round")
            axes.fill_between(times, lower, upper, color=colour, alpha=0.45 if stack else 0.08, linewidth=0)
            largest = max(largest, *(value for value in upper if not math.isnan(value)))
        axes.set_ylim(0, largest * 1.12 or 1)
        axes.set_xlim(datetime.datetime.fromtimestamp(self.start), datetime.datetime.fromtimestamp(self.end))
        axes.set_yticks(ticks(largest * 1.12 or 1, unit))
        axes.yaxis.set_major_formatter(lambda value, _: worded(value, unit))
        axes.xaxis.set_major_locator(matplotlib.dates.AutoDateLocator(minticks=2, maxticks=5))
        axes.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%H:%M"))
        axes.tick_params(colors=FAINT, labelsize=5.8, length=0, pad=2)
        axes.grid(color=GRID, linewidth=0.5)
        for spine in axes.spines.values():
            spine.set_visible(False)
        handles, names = axes.get_legend_handles_labels()
        if handles:
            shown = max(2, panel["gridPos"]["w"] // 2)
            axes.legend(
                handles[:shown],
                names[:shown],
                loc="upper left",
                bbox_to_anchor=(-0.02, -0.13),
                ncol=shown,
                frameon=False,
                fontsize=5.8,
                labelcolor=FAINT,
                handlelength=1.0,
                handletextpad=0.4,
                columnspacing=1.0,
                borderpad=0,
            )
        else:
            axes.text(0.5, 0.5, "No data", color=FAINT, size=8, ha="center", va="center", transform=axes.transAxes)

    def last(self, target):
        found = self.prometheus.query(dashboard.expression(target, f"{5 * self.step}s"))
        return float(found[0]["value"][1]) if found else math.nan

    def number(self, panel):
        defaults = panel["fieldConfig"]["defaults"]
        value = self.last(panel["targets"][0])
        colour = TEXT
        for step in defaults["thresholds"]["steps"]:
            if step["value"] is None or value >= step["value"]:
                colour = NAMED[step["color"]]
        text = "No data" if math.isnan(value) else worded(value, defaults["unit"])
        for mapping in defaults.get("mappings", []):
            text = mapping["options"].get(f"{value:.0f}", {"text": text})["text"]
        left, bottom, width, height = self.box(panel["gridPos"], top=0.2)
        self.figure.text(
            left + width / 2, bottom + height / 2, text, color=colour, size=17, weight="bold", ha="center", va="center"
        )

    def bars(self, panel):
        axes = self.figure.add_axes(self.box(panel["gridPos"], left=0.5, right=0.4, top=0.3, bottom=0.1), facecolor=PANEL)
        values = [self.last(target) for target in panel["targets"]]
        places = range(len(values), 0, -1)
        largest = max(1.0, *values)
        axes.barh(places, [largest] * len(values), color=GRID, height=0.62)
        axes.barh(places, values, color="#5794f2", height=0.62)
        for place, value in zip(places, values, strict=True):
            axes.text(largest * 1.03, place, f"{value:.0f}", color=TEXT, size=7, va="center")
        axes.set_yticks(list(places), [target["legendFormat"] for target in panel["targets"]])
        axes.set_xlim(0, largest)
        axes.tick_params(axis="y", colors=FAINT, labelsize=6.5, length=0)
        axes.xaxis.set_visible(False)
        for spine in axes.spines.values():
            spine.set_visible(False)

    def save(self, path):
        """In 128 colours, which are enough for it and make it small."""
        bytes_ = io.BytesIO()
        self.figure.savefig(bytes_, facecolor=PAGE)
        Image.open(bytes_).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--prometheus", required=True)
    arguments.add_argument("--minutes", type=float, default=6)
    arguments.add_argument("--output", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    step = 2
    with tempfile.TemporaryDirectory() as folder, Stack(folder) as stack:
        load = Load(stack)
        prometheus = stack.start_prometheus(options.prometheus, f"{step}s")
        start = time.time()
        load.play(options.minutes * 60)
        Picture(dashboard.panels(), prometheus, start + 5 * step, time.time(), step).save(options.output)
    print(f"{options.output}: {options.output.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
