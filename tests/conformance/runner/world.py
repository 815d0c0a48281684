# SPDX-License-Identifier: Apache-2.0
"""What a scenario happens in: simulator and gateway, or a scripted server, in a folder."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import certificates
from gateway import Gateway
from scenario import Scenario, fill
from scripted import ScriptedServer
from simulator import Simulator

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Self


class World:
    """Both programs are started, and the scenario's accounts logged in, when it is entered."""

    simulator: Simulator
    gateway: Gateway

    def __init__(
        self, scenario: Scenario, languages: list[str], binaries: Path, folder: Path
    ) -> None:
        self.variables = {"folder": str(folder)}
        self._scenario, self._languages = scenario, languages
        self._binaries, self._folder = binaries, folder
        self._open = contextlib.ExitStack()

    @property
    def has_record(self) -> bool:
        """Whether there is a simulator that records."""
        return self._scenario.server is None

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self._open.close)
            self._start()
            on_failure.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _start(self) -> None:
        scenario = self._scenario
        if scenario.server is not None:
            server = ScriptedServer(scenario.server)
            self._open.callback(server.end)
            self.variables["gateway"] = server.address
            return
        if scenario.certificates:
            certificates.make(self._folder)
        self.simulator = Simulator(self._binaries, self._folder, scenario.simulator)
        self._open.callback(self.simulator.end)
        settings = fill(scenario.gateway, self.variables)
        self.gateway = Gateway(self._binaries, self._folder, self.simulator, settings)
        self.gateway.start()
        self._open.callback(self.gateway.end)
        self.variables["gateway"] = self.gateway.address
        self.variables["car"] = self.simulator.vin("home")
        for account in self._each(scenario.customers):
            self._introduce(account)
        for account in self._each(scenario.accounts):
            self._introduce(account)
            self.gateway.log_in(self.simulator, account)

    def _introduce(self, account: str) -> None:
        """Let the simulator know a customer."""
        if account != "home":
            self.simulator.ask("POST", "/accounts", {"name": account})
        self.variables[f"car_of:{account}"] = self.simulator.vin(account)
        self.variables[f"client_of:{account}"] = self.simulator.client_id(account)

    def _each(self, patterns: list[str]) -> list[str]:
        return [
            pattern.replace("$language", language)
            for pattern in patterns
            for language in (self._languages if "$language" in pattern else [""])
        ]
