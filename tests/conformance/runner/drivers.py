# SPDX-License-Identifier: Apache-2.0
"""A driver: a small program in one language that does with its client what the runner says."""

from __future__ import annotations

import collections
import json
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from programs import Failure

if TYPE_CHECKING:
    from pathlib import Path

GUARD_SECONDS = 120
"""After this, what did not come is taken for what will never come."""


class Tale:
    """What a driver told of one subscription or call, in order."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.read = 0
        """How much of it the scenario has looked at."""


class Driver:
    """One driver that runs: commands go in, and what it tells is kept for each name."""

    def __init__(self, language: str, command: list[str], log: Path) -> None:
        self.language = language
        self.tales: dict[str, Tale] = collections.defaultdict(Tale)
        self._news = threading.Condition()
        self._ended = False
        self._log = log
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

    def say(self, command: dict[str, Any]) -> None:
        """Give it a command."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failure(f"the driver ended by itself: {self._log.read_text()}") from None

    def next(self, name: str) -> dict[str, Any]:
        """Wait for what it tells next under this name: kind, value, sequence and token."""
        tale = self.tales[name]
        with self._news:
            if not self._news.wait_for(
                lambda: len(tale.told) > tale.read or self._ended, GUARD_SECONDS
            ):
                raise Failure(f"nothing more comes from {name}; the last were {tale.told[-3:]}")
            if len(tale.told) == tale.read:
                raise Failure(f"the driver ended by itself: {self._log.read_text()[-2000:]}")
            tale.read += 1
            return tale.told[tale.read - 1]

    def close(self) -> None:
        """End it: it closes its client when it has no more commands to expect."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            status = self._process.wait(GUARD_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure("the driver does not end: something in the client still waits") from None
        self._reader.join()
        if status != 0:
            raise Failure(f"the driver ended with {status}: {self._log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                told = json.loads(line)
                with self._news:
                    self.tales[told.pop("name")].told.append(told)
                    self._news.notify_all()
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()
