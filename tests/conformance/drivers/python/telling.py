# SPDX-License-Identifier: Apache-2.0
"""What the drivers tell the runner; ../../README.md has the lines."""

from __future__ import annotations

import json
import threading
from typing import Any

import cardata
from cardata import v1
from google.protobuf.json_format import MessageToDict

_output = threading.Lock()


def tell(name: str, kind: str, value: Any = None, sequence: int = 0, token: str = "") -> None:
    """Write one line for the runner."""
    line = {"name": name, "kind": kind, "value": value, "sequence": sequence, "token": token}
    with _output:
        print(json.dumps(line), flush=True)


def error_as_value(error: cardata.ErrorDetails) -> dict[str, Any]:
    """Spell an error as all drivers do."""
    return {
        "code": error.code.name,
        "reason": error.reason,
        "message": error.message,
        "metadata": dict(error.metadata),
        "retryDelay": error.retry_delay or 0,
        "fields": [violation.field for violation in error.field_violations],
        "quotas": [violation.subject for violation in error.quota_violations],
    }


def tell_update(name: str, update: cardata.Update) -> None:
    """Tell an update under the name of its kind."""
    value = update.value
    kind = type(value).__name__
    told: Any
    if isinstance(value, cardata.Reconnecting):
        told = {"error": error_as_value(value.error), "attempt": value.attempt}
    elif isinstance(value, v1.Entry):
        told = {"bytes": value.SerializeToString().hex()}
    else:
        told = MessageToDict(value)
    tell(name, kind[0].lower() + kind[1:], told, update.sequence, update.resume_token)
