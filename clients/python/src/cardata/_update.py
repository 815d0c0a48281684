# SPDX-License-Identifier: Apache-2.0
"""What a subscription brings."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeAlias

from cardata import v1

if TYPE_CHECKING:
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
    """The seconds until then. With asyncio less, if a lost connection is back before."""


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


class Update:
    """One thing that a subscription brings."""

    # There may be a million of them a second: an __init__, and reading a number that nobody asks
    # for, would each cost some percent of that.
    __slots__ = ("_entry", "resume_token", "value")

    value: UpdateValue
    """What it is."""
    resume_token: str
    """Where to begin the next time, so that everything after this update arrives.

    Only the last update of what the gateway sent together has one. Keep the last that was not
    empty, once what came before it has been dealt with.
    """
    _entry: v1.Entry

    @property
    def sequence(self) -> int:
        """The entry's number; 0 if it is no entry of the log."""
        return self._entry.sequence

    def __repr__(self) -> str:
        return (
            f"Update(value={self.value!r}, sequence={self.sequence}, "
            f"resume_token={self.resume_token!r})"
        )


_NO_ENTRY = v1.Entry()


def update_of(value: UpdateValue, entry: v1.Entry = _NO_ENTRY) -> Update:
    """Make an update without a token."""
    update = Update()
    update.value = value
    update.resume_token = ""
    update._entry = entry
    return update


def update_of_entry(entry: v1.Entry) -> Update:
    """Make the update of an entry; one of an unknown kind is handed on."""
    kind = entry.WhichOneof("kind")
    return update_of(entry if kind is None else getattr(entry, kind), entry)


def last_update_of(response: v1.SubscribeResponse) -> Update | None:
    """Make the update that a response ends with, and that has its token; its entries lose it.

    None if there is nothing, or a notice alone that this version does not know.
    """
    notice = response.WhichOneof("notice")
    if notice is not None:
        update = update_of(getattr(response, notice))
    elif response.entries:
        update = update_of_entry(response.entries.pop())
    else:
        return None
    update.resume_token = response.resume_token
    return update
