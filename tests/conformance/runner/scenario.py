# SPDX-License-Identifier: Apache-2.0
"""Scenarios as they are written."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path


@dataclasses.dataclass
class Scenario:
    """One file."""

    name: str
    about: str
    steps: list[tuple[str, Any]]
    simulator: dict[str, object]
    """Flags of cardata-sim."""
    gateway: dict[str, object]
    """Flags of cardata-gateway."""
    accounts: list[str]
    """Who is logged in at the start; $language stands for one account a language."""
    customers: list[str]
    """Whom the simulator knows besides."""
    server: list[dict[str, Any]] | None
    """Scripts of a server that stands in for the gateway."""
    certificates: bool


_PARTS = {
    "about",
    "simulator",
    "gateway",
    "accounts",
    "customers",
    "server",
    "certificates",
    "steps",
}


def read(file: Path) -> Scenario:
    """Read a scenario; ValueError says what is wrong with it."""
    text = yaml.safe_load(file.read_text())
    unknown = text.keys() - _PARTS
    if unknown:
        raise ValueError(f"{file}: there is no {', '.join(sorted(unknown))}")
    steps: list[tuple[str, Any]] = []
    for step in text["steps"]:
        if not isinstance(step, dict) or len(step) != 1:
            raise ValueError(f"{file}: a step is one verb with what it needs, not {step}")
        steps += step.items()
    return Scenario(
        file.stem,
        text["about"],
        steps,
        text.get("simulator", {}),
        text.get("gateway", {}),
        text.get("accounts", ["home"]),
        text.get("customers", []),
        text.get("server"),
        text.get("certificates", False),
    )


def fill(value: Any, variables: dict[str, str]) -> Any:
    """Put in what $names stand for."""
    if isinstance(value, dict):
        return {name: fill(part, variables) for name, part in value.items()}
    if isinstance(value, list):
        return [fill(part, variables) for part in value]
    if isinstance(value, str):
        for name in ["language", *sorted(variables, key=len, reverse=True)]:
            value = value.replace(f"${name}", variables.get(name, f"${name}"))
    return value
