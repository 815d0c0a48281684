# SPDX-License-Identifier: Apache-2.0
"""What a subscription decides, whichever way it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpc import StatusCode

from cardata import v1
from cardata._error import ErrorDetails
from cardata._update import Reconnecting

if TYPE_CHECKING:
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
        self._request = v1.SubscribeRequest()
        self._request.CopyFrom(request)
        # Not in the request: a message keeps every text that it was ever given.
        self._token = ""
        self.silence = pace.silence(
            request.heartbeat_interval.ToTimedelta().total_seconds() or _DEFAULT_HEARTBEAT_SECONDS
        )
        """How many seconds without a response mean that the stream is dead."""

    @property
    def request(self) -> v1.SubscribeRequest:
        """What to subscribe with the next time."""
        request = v1.SubscribeRequest()
        request.CopyFrom(self._request)
        if self._token:
            request.resume_token = self._token
        return request

    def note(self, response: v1.SubscribeResponse) -> None:
        """Note what a response means for the course."""
        self._attempt = 0
        if response.resume_token:
            self._token = response.resume_token
        if response.HasField("started") and response.started.HasField("heartbeat_interval"):
            interval = response.started.heartbeat_interval.ToTimedelta()
            self.silence = self._pace.silence(interval.total_seconds())

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
