# SPDX-License-Identifier: Apache-2.0
"""A program that is started and ended by the runner."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Failure(Exception):
    """A scenario did not go as it says."""


class Program:
    """Runs until it is ended; its output is in a file."""

    def __init__(self, log: Path, command: list[str | Path]) -> None:
        self.log = log
        self._name = Path(command[0]).name
        with log.open("ab") as output:
            # Whatever ends this process ends the program.
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_for(self, there: Callable[[], bool]) -> None:
        """Wait until it has done something."""
        while not there():
            if self._process.poll() is not None:
                raise Failure(f"{self._name} ended by itself:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        self._process.terminate()
        self._process.wait()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()


def flags(settings: dict[str, object]) -> list[str]:
    """Spell settings as flags of a program."""
    return [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
