# SPDX-License-Identifier: Apache-2.0
"""The part that one language plays in a scenario: steps that a driver carries out or is held to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ledger import Ledger
from patterns import fits
from programs import GUARD_SECONDS, Failure
from scenario import fill

if TYPE_CHECKING:
    from drivers import Driver
    from world import World

_ANY_TIME = ("heartbeat",)


class Part:
    """A driver, and what it was told and has told."""

    def __init__(self, driver: Driver, world: World) -> None:
        self.driver = driver
        self._world = world
        self._connected = False
        self._ledgers: dict[str, Ledger] = {}
        self._earlier: dict[str, list[dict[str, Any]]] = {}
        """What the subscriptions told, up to their last tokens, that another one continues."""
        self._requests: dict[str, dict[str, Any]] = {}

    def filled(self, value: Any) -> Any:
        """Put in the variables, among them this language."""
        own = {f"user_code:{name}": code for name, code in self._user_codes()}
        return fill(value, self._world.variables | {"language": self.driver.language} | own)

    def last_token(self, name: str) -> str:
        """Find where a subscription is."""
        told = reversed(self.driver.tales[name].told)
        return next(str(update["token"]) for update in told if update["token"])

    def connect(self, options: dict[str, Any]) -> None:
        """Connect as the scenario says."""
        self.driver.say({"do": "connect", "target": self._world.variables["gateway"]} | options)
        self._connected = True

    def subscribe(
        self, name: str, request: dict[str, Any] | None = None, continues: str | None = None
    ) -> None:
        """Subscribe; what continues another subscription begins with its last token."""
        self._connect_once()
        request = dict(request or {})
        if continues is not None:
            request = self._requests[continues] | request
            request.pop("position", None)
            told = self._earlier.get(continues, []) + self.driver.tales[continues].told
            tokens = [number for number, update in enumerate(told) if update["token"]]
            request["resumeToken"] = told[tokens[-1]]["token"]
            self._earlier[name] = told[: tokens[-1] + 1]
            self._ledgers[name] = self._ledgers[continues]
        elif self._world.has_record:
            published = self._world.simulator.published()
            self._ledgers[name] = Ledger(request, published[-1].number if published else 0)
        self._requests[name] = request
        self.driver.say({"do": "subscribe", "name": name, "request": request})

    def call(self, name: str, method: str, request: Any = None, deadline: Any = None) -> None:
        """Call a method."""
        self._connect_once()
        command = {"do": "call", "name": name, "method": method, "request": request or {}}
        self.driver.say(command if deadline is None else command | {"deadline": deadline})

    def stop_reading(self, name: str) -> None:
        """Let the caller of a subscription be busy with something else."""
        self.driver.say({"do": "stop_reading", "name": name})

    def read_on(self, name: str) -> None:
        """Let it come back."""
        self.driver.say({"do": "read_on", "name": name})

    def close(self, name: str) -> None:
        """Let the caller end a subscription."""
        self.driver.say({"do": "close", "name": name})

    def expect(self, name: str, patterns: list[Any]) -> None:
        """Hold it to these updates, in this order; `reconnecting` stands for several."""
        before = None
        for pattern in patterns:
            told = self._next(name, pattern)
            while told["kind"] == before == "reconnecting" and not fits(pattern, told):
                told = self._next(name, pattern)
            if not fits(pattern, told):
                raise Failure(f"expected {pattern}, and {name} tells {told}")
            before = told["kind"]

    def expect_among(self, name: str, patterns: list[Any], besides: list[str]) -> None:
        """Read on until all of these have come, in any order, among some of the kinds `besides`."""
        wanted = list(patterns)
        while wanted:
            told = self._next(name, wanted[0])
            found = next((pattern for pattern in wanted if fits(pattern, told)), None)
            if found is not None:
                wanted.remove(found)
            elif told["kind"] not in besides:
                raise Failure(f"expected {wanted} or {besides}, and {name} tells {told}")

    def account_for(self, name: str, besides: list[str]) -> None:
        """Hold it to the simulator's record: every value that is due, once and in its place."""
        guard = time.monotonic() + GUARD_SECONDS
        while missing := self._missing(name):
            if time.monotonic() > guard:
                raise Failure(f"the simulator published what {name} does not tell: {missing}")
            told = self.driver.next(name)
            if told["kind"] not in ("event", *_ANY_TIME, *besides):
                raise Failure(f"expected events, and {name} tells {told}; missing: {missing}")

    def expect_requests(self, operation: str, count: int) -> None:
        """Hold it to the simulator's record of what BMW was asked for this language's account."""
        asked = self._world.simulator.requests(operation, self.driver.language)
        if len(asked) != count:
            raise Failure(f"BMW was asked {len(asked)} times for {operation}: {asked}")

    def _missing(self, name: str) -> str:
        tale = self.driver.tales[name]
        told = self._earlier.get(name, []) + tale.told[: tale.read]
        return self._ledgers[name].check(self._world.simulator.published(), told)

    def _next(self, name: str, pattern: Any) -> dict[str, Any]:
        while (told := self.driver.next(name))["kind"] in _ANY_TIME and not fits(pattern, told):
            pass
        return told

    def _user_codes(self) -> list[tuple[str, str]]:
        return [
            (name, update["value"]["userCode"])
            for name, tale in list(self.driver.tales.items())
            for update in tale.told
            if update["kind"] == "response" and "userCode" in update["value"]
        ]

    def _connect_once(self) -> None:
        if not self._connected:
            self.connect({})
