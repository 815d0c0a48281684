# SPDX-License-Identifier: Apache-2.0
"""A program that is started and ended by the runner."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


GUARD_SECONDS = 120
"""After this, what did not come is taken for what will never come."""


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


class LineProgram:
    """One that is told by lines what to do, and says by lines what came of it; see `_heard`."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self._name, self._log = name, log
        self._news = threading.Condition()
        """Held while a line is heard."""
        self._ended = False
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _heard(self, line: str) -> None:
        """Keep what it has just said."""
        raise NotImplementedError

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended_by_itself() from None

    def _wait_for(self, there: Callable[[], bool], otherwise: Callable[[], str]) -> None:
        """Wait, with `_news`, until it has said something; `otherwise` tells what did not come."""
        if not self._news.wait_for(lambda: there() or self._ended, GUARD_SECONDS):
            raise Failure(otherwise())
        if not there():
            raise self._ended_by_itself()

    def _ended_by_itself(self) -> Failure:
        return Failure(f"{self._name} ended by itself: {self._log.read_text()[-2000:]}")

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                with self._news:
                    self._heard(line)
                    self._news.notify_all()
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()


def flags(settings: dict[str, object]) -> list[str]:
    """Spell settings as flags of a program."""
    return [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
