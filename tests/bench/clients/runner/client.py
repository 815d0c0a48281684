# SPDX-License-Identifier: Apache-2.0
"""A program on one of the clients: it takes events, or follows, as it is told."""

from __future__ import annotations

import collections
import subprocess
import threading
from typing import TYPE_CHECKING

import usage
from programs import Failure

if TYPE_CHECKING:
    from pathlib import Path

GUARD_SECONDS = 120
"""After this, what did not come is taken for what will never come."""

MORE_WAYS = {"java": ["publisher"]}
"""Besides `layer`, in which the programs can take events."""


class Client:
    """One that runs. What it says is kept until somebody asks for it."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name = name
        self.ways = ["layer", *MORE_WAYS.get(name, [])]
        self._log = log
        self._said: collections.deque[list[str]] = collections.deque()
        self._news = threading.Condition()
        self._ended = False
        self.memory: list[tuple[int, int]] = []
        """At which number of an event how many KiB were resident."""
        self.seen = 0
        """How many events it had seen then."""
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
            if not self._news.wait_for(lambda: self._said or self._ended, GUARD_SECONDS):
                raise Failure(f"{self.name} does not say {wanted}")
            if not self._said:
                raise Failure(f"{self.name} ended by itself: {self._log.read_text()[-2000:]}")
            return self._said.popleft()

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def _say(self, command: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(command + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failure(f"{self.name} ended by itself: {self._log.read_text()}") from None

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = line.split()
            if said[0] == "number":
                self.memory.append((int(said[1]), usage.resident_kib(self.pid)))
                self.seen = int(said[2])
            with self._news:
                self._said.append(said)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()
