# SPDX-License-Identifier: Apache-2.0
"""Plays scenarios side by side: main.py [--only NAME] LANGUAGE=COMMAND..."""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import os
import shlex
import shutil
import sys
import tempfile
import time
from pathlib import Path

import scenario
from drivers import Driver
from play import Play
from programs import Failure
from same import differences
from world import World

_SCENARIOS = Path(__file__).parent.parent / "scenarios"
_SIDE_BY_SIDE = 4
_ONLY_SUBSCRIBES = ("java-flow",)
"""Modes of a driver whose calls are those of another one."""


def main() -> int:
    """Play all, and say how each went."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default="", help="the names of scenarios, separated by commas")
    arguments.add_argument("languages", nargs="+", metavar="LANGUAGE=COMMAND")
    options = arguments.parse_args()
    commands = {
        language: shlex.split(command)
        for language, _, command in (item.partition("=") for item in options.languages)
    }
    only = options.only.split(",") if options.only else []
    files = [file for file in _SCENARIOS.glob("*.yaml") if not only or file.stem in only]
    scenarios = sorted(map(scenario.read, files), key=lambda s: (-_seconds_away(s), s.name))
    if not scenarios:
        sys.exit(f"no scenario is called {options.only}")
    with concurrent.futures.ThreadPoolExecutor(_SIDE_BY_SIDE) as side_by_side:
        good = list(side_by_side.map(lambda s: _report(s, commands), scenarios))
    print(f"{sum(good)} of {len(good)} scenarios are the same in {', '.join(commands)}")
    return 0 if all(good) else 1


def _seconds_away(played: scenario.Scenario) -> float:
    """Say how long it does nothing but wait: such ones begin first."""
    return sum(argument for verb, argument in played.steps if verb == "away")


def _report(played: scenario.Scenario, commands: dict[str, list[str]]) -> bool:
    begin = time.monotonic()
    if all(verb != "subscribe" for verb, _ in played.steps):
        commands = {name: commands[name] for name in commands if name not in _ONLY_SUBSCRIBES}
    folder = Path(tempfile.mkdtemp(prefix=f"conformance-{played.name}-"))
    try:
        failures = _play(played, commands, folder)
    except (Failure, ValueError, OSError) as failure:
        failures = {"all": str(failure)}
    seconds = time.monotonic() - begin
    lines = [f"{'FAILED' if failures else 'ok    '} {played.name} ({seconds:.1f} s)"]
    lines += [f"    {language}: {failure}" for language, failure in failures.items()]
    if failures:
        lines.append(f"    everything is in {folder}")
    else:
        shutil.rmtree(folder)
    print("\n".join(lines), flush=True)
    return not failures


def _play(
    played: scenario.Scenario, commands: dict[str, list[str]], folder: Path
) -> dict[str, str]:
    binaries = Path(os.environ["CARDATA_BIN"])
    with World(played, list(commands), binaries, folder) as world, contextlib.ExitStack() as ends:
        drivers = []
        for language, command in commands.items():
            drivers.append(Driver(language, command, folder / f"{language}.log"))
            ends.callback(drivers[-1].kill)
        play = Play(played, world, drivers)
        play.run()
        for driver in drivers:
            try:
                driver.close()
            except Failure as failure:
                play.failures.setdefault(driver.language, f"at the end: {failure}")
        well = [driver for driver in drivers if driver.language not in play.failures]
        return play.failures | (differences(well) if well else {})


if __name__ == "__main__":
    sys.exit(main())
