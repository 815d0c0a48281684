# SPDX-License-Identifier: Apache-2.0
"""What a subscription decides, whichever way it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpc import StatusCode

from cardata import v1
from cardata._error import ErrorDetails
from cardata._update import Reconnecting, Update, update_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cardata._pace import Pace

_FINAL = frozenset(
    {
        StatusCode.INVALID_ARGUMENT,
        StatusCode.NOT_FOUND,
        StatusCode.PERMISSION_DENIED,
        StatusCode.UNAUTHENTICATED,
        StatusCode.FAILED_PRECONDITION,
        StatusCode.OUT_OF_RANGE,
        StatusCode.UNIMPLEMENTED,
    }
)
"""What trying again would not mend."""

_DEFAULT_HEARTBEAT_SECONDS = 15.0

ENDED = ErrorDetails(StatusCode.UNAVAILABLE, "the gateway ended the stream")
"""For a stream that ends without an error, which those of the gateway never do."""


class Course:
    """Where a subscription is in the gateway's log, and how it goes on when its stream ends."""

    def __init__(self, request: v1.SubscribeRequest, pace: Pace) -> None:
        self._pace = pace
        self._attempt = 0
        self.closed = False
        """Whether the caller has had enough."""
        self.request = v1.SubscribeRequest()
        """What to subscribe with the next time."""
        self.request.CopyFrom(request)
        self.silence = pace.silence(
            request.heartbeat_interval.ToTimedelta().total_seconds() or _DEFAULT_HEARTBEAT_SECONDS
        )
        """How many seconds without a response mean that the stream is dead."""

    def updates(self, response: v1.SubscribeResponse) -> Iterator[Update]:
        """Note what a response means for the course, and give what it brings until closed.

        What this version does not know of is handed on or left out.
        """
        self._attempt = 0
        if response.resume_token:
            self.request.resume_token = response.resume_token
        if response.HasField("started") and response.started.HasField("heartbeat_interval"):
            interval = response.started.heartbeat_interval.ToTimedelta()
            self.silence = self._pace.silence(interval.total_seconds())
        return self._parts(response)

    def _parts(self, response: v1.SubscribeResponse) -> Iterator[Update]:
        update = None
        for entry in response.entries:
            if update is not None:
                yield update
                if self.closed:
                    return
            event = entry.event
            # Every event has a source: this is the cheapest way to see that there is one.
            if event.source:
                update = Update()
                update.value = event
                update.resume_token = ""
                update._entry = entry
            else:
                kind = entry.WhichOneof("kind")
                update = update_of(entry if kind is None else getattr(entry, kind), entry)
        notice = response.WhichOneof("notice")
        if notice is not None:
            if update is not None:
                yield update
                if self.closed:
                    return
            update = update_of(getattr(response, notice))
        if update is not None:
            update.resume_token = response.resume_token
            yield update

    def silent(self) -> ErrorDetails:
        """Say why a stream that was silent for so long was given up."""
        return ErrorDetails(
            StatusCode.UNAVAILABLE, f"the gateway sent nothing for {self.silence:g} s"
        )

    def goes_on(self, error: ErrorDetails) -> bool:
        """Decide whether the subscription outlives a stream that ended so."""
        return error.code not in _FINAL

    def reconnecting(self, error: ErrorDetails) -> Reconnecting:
        """Decide when to try again."""
        self._attempt += 1
        delay = max(self._pace.delay(self._attempt), error.retry_delay or 0.0)
        return Reconnecting(error, self._attempt, delay)
