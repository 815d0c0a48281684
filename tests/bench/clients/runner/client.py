# SPDX-License-Identifier: Apache-2.0
"""A program on one of the clients: it takes events, or follows, as it is told."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

import usage
from programs import LineProgram

if TYPE_CHECKING:
    from pathlib import Path

MORE_WAYS = {"java": ["publisher"]}
"""Besides `layer`, in which the programs can take events."""


class Client(LineProgram):
    """One that runs. What it says is kept until somebody asks for it."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name = name
        self.ways = ["layer", *MORE_WAYS.get(name, [])]
        self._said: collections.deque[list[str]] = collections.deque()
        self.memory: list[tuple[int, int]] = []
        """At which number of an event how many KiB were resident."""
        self.seen = 0
        """How many events it had seen then."""
        super().__init__(name, command, log)

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def take(self, target: str, way: str, events: int) -> float:
        """Let it take so many events from a server, and say in how many seconds it did."""
        self._say(f"take {target} {way} {events}")
        return float(self.wait_for("took"))

    def follow(self, target: str) -> None:
        """Let it follow a gateway until it ends."""
        self._say(f"follow {target}")
        self.wait_for("word")

    def wait_for(self, word: str) -> str:
        """Wait until it says this, and give what belongs to it; what it said before is dropped."""
        while (said := self._next(word))[0] != word:
            pass
        return said[1]

    def back(self) -> tuple[float, float]:
        """Wait until it has lost the gateway and found it: when the first word and event came."""
        self.wait_for("away")
        heard: dict[str, float] = {}
        while len(heard) < 2:
            said = self._next("word or event")
            if said[0] == "away":
                heard = {}
            elif said[0] in ("word", "event"):
                heard[said[0]] = int(said[1]) / 1e9
        return heard["word"], heard["event"]

    def forget(self) -> None:
        """Drop what it has said."""
        with self._news:
            self._said.clear()

    def _next(self, wanted: str) -> list[str]:
        with self._news:
            self._wait_for(lambda: bool(self._said), lambda: f"{self.name} does not say {wanted}")
            return self._said.popleft()

    def end(self) -> None:
        """End it."""
        self.kill()
        self._reader.join()

    def _heard(self, line: str) -> None:
        said = line.split()
        if said[0] == "number":
            self.memory.append((int(said[1]), usage.resident_kib(self.pid)))
            self.seen = int(said[2])
        self._said.append(said)
