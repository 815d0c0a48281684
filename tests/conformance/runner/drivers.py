# SPDX-License-Identifier: Apache-2.0
"""A driver: a small program in one language that does with its client what the runner says."""

from __future__ import annotations

import collections
import json
import subprocess
from typing import TYPE_CHECKING, Any

from programs import GUARD_SECONDS, Failure, LineProgram

if TYPE_CHECKING:
    from pathlib import Path


class Tale:
    """What a driver told of one subscription or call, in order."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.read = 0
        """How much of it the scenario has looked at."""


class Driver(LineProgram):
    """One driver that runs: commands go in, and what it tells is kept for each name."""

    def __init__(self, language: str, command: list[str], log: Path) -> None:
        self.language = language
        self.tales: dict[str, Tale] = collections.defaultdict(Tale)
        super().__init__("the driver", command, log)

    def say(self, command: dict[str, Any]) -> None:
        """Give it a command."""
        self._say(json.dumps(command))

    def next(self, name: str) -> dict[str, Any]:
        """Wait for what it tells next under this name: kind, value, sequence and token."""
        tale = self.tales[name]
        with self._news:
            self._wait_for(
                lambda: len(tale.told) > tale.read,
                lambda: f"nothing more comes from {name}; the last were {tale.told[-3:]}",
            )
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

    def _heard(self, line: str) -> None:
        told = json.loads(line)
        self.tales[told.pop("name")].told.append(told)
