# SPDX-License-Identifier: Apache-2.0
"""Plays a scenario with all languages at once, before the same gateway."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from part import Part
from programs import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers import Driver
    from scenario import Scenario
    from world import World


class Play:
    """The steps of a scenario. A language that fails a step takes no more part."""

    def __init__(self, scenario: Scenario, world: World, drivers: list[Driver]) -> None:
        self._scenario, self._world = scenario, world
        self._parts = [Part(driver, world) for driver in drivers]
        self.failures: dict[str, str] = {}
        """Why which language failed."""

    def run(self) -> None:
        """Go through all steps."""
        for number, (verb, argument) in enumerate(self._scenario.steps, 1):
            step = getattr(self, f"_{verb}", None)
            if step is None:
                raise ValueError(f"step {number}: there is no verb {verb}")
            self._step = f"step {number}, {verb}"
            step(argument)

    def _each(self, do: Callable[[Part], None]) -> None:
        for part in self._parts:
            if part.driver.language not in self.failures:
                try:
                    do(part)
                except Failure as failure:
                    self.failures[part.driver.language] = f"{self._step}: {failure}"

    # What happens to the world.

    def _gateway(self, what: str) -> None:
        {
            "start": self._world.gateway.start,
            "kill": self._world.gateway.kill,
            "stop": self._world.gateway.end,
        }[what]()

    def _live(self, account: str) -> None:
        self._world.gateway.wait_until_live(account)

    def _publish(self, values: dict[str, Any]) -> None:
        for name, series in values.items():
            for value in series if isinstance(series, list) else [series]:
                self._world.simulator.publish("home", self._world.variables["car"], {name: value})

    def _publish_series(self, series: dict[str, Any]) -> None:
        for number in range(series["from"], series["to"] + 1):
            self._publish({series["descriptor"]: number})

    def _publish_large(self, large: dict[str, Any]) -> None:
        for number in range(large["count"]):
            text = f"{number} ".ljust(large["kibibytes"] * 1024, "x")
            self._publish({large["descriptor"]: text})

    def _until_too_old(self, name: str) -> None:
        self._each(lambda part: self._world.gateway.wait_until_too_old(part.last_token(name)))

    def _simulator(self, request: dict[str, Any]) -> None:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if method in request:
                self._world.simulator.ask(method, request[method], request.get("body"))

    def _simulator_each(self, request: dict[str, Any]) -> None:
        self._each(lambda part: self._simulator(part.filled(request)))

    def _away(self, seconds: float) -> None:
        time.sleep(seconds)

    # What a caller does, and what it must be told.

    def _connect(self, options: dict[str, Any]) -> None:
        self._each(lambda part: part.connect(part.filled(options)))

    def _subscribe(self, how: dict[str, Any]) -> None:
        self._each(lambda part: part.subscribe(**part.filled(how)))

    def _call(self, how: dict[str, Any]) -> None:
        self._each(lambda part: part.call(**part.filled(how)))

    def _stop_reading(self, name: str) -> None:
        self._each(lambda part: part.stop_reading(name))

    def _read_on(self, name: str) -> None:
        self._each(lambda part: part.read_on(name))

    def _close(self, name: str) -> None:
        self._each(lambda part: part.close(name))

    def _expect(self, expected: dict[str, list[Any]]) -> None:
        def expect(part: Part) -> None:
            for name, patterns in expected.items():
                part.expect(name, part.filled(patterns))

        self._each(expect)

    def _expect_among(self, expected: dict[str, Any]) -> None:
        self._each(lambda part: part.expect_among(**part.filled(expected)))

    def _account_for(self, how: dict[str, Any]) -> None:
        self._each(lambda part: part.account_for(how["name"], how.get("besides", [])))

    def _expect_requests(self, counts: dict[str, int]) -> None:
        def expect(part: Part) -> None:
            for operation, count in counts.items():
                part.expect_requests(operation, count)

        self._each(expect)
