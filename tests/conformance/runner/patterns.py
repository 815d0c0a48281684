# SPDX-License-Identifier: Apache-2.0
"""Whether what a driver tells is what a scenario expects."""

from __future__ import annotations

from typing import Any


def fits(pattern: Any, told: dict[str, Any]) -> bool:
    """Hold an update against `kind` or `{kind: parts of its value}`."""
    if isinstance(pattern, str):
        return bool(told["kind"] == pattern)
    ((kind, value),) = pattern.items()
    return told["kind"] == kind and _fits(value, told["value"])


def _fits(pattern: Any, value: Any) -> bool:
    """Let maps have more than the pattern; all else is equal."""
    if isinstance(pattern, dict):
        if pattern.keys() == {"above", "below"}:
            return isinstance(value, int | float) and pattern["above"] < value < pattern["below"]
        return isinstance(value, dict) and all(
            name in value and _fits(part, value[name]) for name, part in pattern.items()
        )
    if isinstance(pattern, list):
        return (
            isinstance(value, list)
            and len(pattern) == len(value)
            and all(map(_fits, pattern, value))
        )
    return (type(pattern) is type(value) and bool(pattern == value)) or _same_number(pattern, value)


def _same_number(pattern: Any, value: Any) -> bool:
    """JSON does not tell 1 from 1.0."""
    numbers = (int, float)
    if isinstance(pattern, bool) or isinstance(value, bool):
        return False
    return isinstance(pattern, numbers) and isinstance(value, numbers) and pattern == value
