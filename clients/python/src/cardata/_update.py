# SPDX-License-Identifier: Apache-2.0
"""What a subscription brings."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeAlias

from cardata import v1

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cardata._error import ErrorDetails


@dataclasses.dataclass(frozen=True, slots=True)
class Reconnecting:
    """The stream ended, and the subscription goes on by itself where it was.

    Nothing is lost by that: what BMW sent while the gateway was away is told by a `Gap`.
    """

    error: ErrorDetails
    """Why it ended."""
    attempt: int
    """Which attempt the next one is: 1 if it is the first since the gateway's last response."""
    delay: float
    """The seconds until then."""


UpdateValue: TypeAlias = (
    v1.Event
    | v1.Position
    | v1.Gap
    | v1.NotKept
    | v1.AccountRemoved
    | v1.Lag
    | v1.Started
    | v1.CaughtUp
    | v1.Heartbeat
    | v1.Entry
    | Reconnecting
)
"""What an update may be. `Entry` stands for a kind of entry that this version does not know."""


@dataclasses.dataclass(slots=True, init=False)
class Update:
    """One thing that a subscription brings."""

    # Without an __init__: a call of it for each event would cost a tenth of the events a second.

    value: UpdateValue
    """What it is."""
    sequence: int
    """The entry's number; 0 if it is no entry of the log."""
    resume_token: str
    """Where to begin the next time, so that everything after this update arrives.

    Only the last update of what the gateway sent together has one. Keep the last that was not
    empty, once what came before it has been dealt with.
    """


def update_of(value: UpdateValue, sequence: int = 0) -> Update:
    """Make an update without a token."""
    update = Update()
    update.value = value
    update.sequence = sequence
    update.resume_token = ""
    return update


def updates_of(response: v1.SubscribeResponse) -> Iterator[Update]:
    """Take a response apart. What this version does not know of is handed on or left out."""
    update = None
    for entry in response.entries:
        if update is not None:
            yield update
        event = entry.event
        # Every event has a source: this is the cheapest way to see that there is one.
        if event.source:
            update = Update()
            update.value = event
            update.sequence = entry.sequence
            update.resume_token = ""
        else:
            kind = entry.WhichOneof("kind")
            update = update_of(entry if kind is None else getattr(entry, kind), entry.sequence)
    notice = response.WhichOneof("notice")
    if notice is not None:
        if update is not None:
            yield update
        update = update_of(getattr(response, notice))
    if update is not None:
        update.resume_token = response.resume_token
        yield update
