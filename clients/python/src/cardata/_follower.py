# SPDX-License-Identifier: Apache-2.0
"""Follows the gateway from stream to stream."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import grpc

from cardata._course import ENDED, Course
from cardata._error import error_of
from cardata._stream import Stream
from cardata._update import Update, last_update_of, update_of, update_of_entry

if TYPE_CHECKING:
    from collections.abc import Generator

    from cardata import v1


class Follower:
    """Subscribes again whenever a stream ends, until it is closed."""

    def __init__(
        self,
        subscribe: grpc.UnaryStreamMultiCallable[v1.SubscribeRequest, v1.SubscribeResponse],
        course: Course,
    ) -> None:
        self._subscribe = subscribe
        self._course = course
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stream: Stream | None = None

    def updates(self) -> Generator[Update, None, None]:
        """Give the updates, in one thread at a time."""
        course = self._course
        try:
            while (stream := self._begin()) is not None:
                error = ENDED
                try:
                    while (response := stream.read()) is not None:
                        if course.closed:
                            return
                        course.note(response)
                        events_only = response.events_only
                        last = last_update_of(response)
                        for entry in response.entries:
                            # To ask each entry would cost a tenth of the events a second.
                            if events_only or entry.HasField("event"):
                                update = Update()
                                update.value = entry.event
                                update.resume_token = ""
                                update._entry = entry
                            else:
                                update = update_of_entry(entry)
                            yield update
                            if course.closed:
                                return
                        if last is not None:
                            yield last
                except grpc.RpcError as exception:
                    error = course.silent() if stream.silent else error_of(exception)
                    if not course.closed and not course.goes_on(error):
                        raise
                if course.closed:
                    return
                stream.end()
                reconnecting = course.reconnecting(error)
                yield update_of(reconnecting)
                self._wake.wait(reconnecting.delay)
        finally:
            self.close()

    def close(self) -> None:
        """End it, from any thread. Whoever waits in `updates` is told so at once."""
        with self._lock:
            self._course.closed = True
            stream = self._stream
        self._wake.set()
        if stream is not None:
            stream.end()

    def _begin(self) -> Stream | None:
        """Subscribe; None if there is no more need to."""
        with self._lock:
            if self._course.closed:
                return None
            call = self._subscribe(self._course.request)
            self._stream = Stream(call, lambda: self._course.silence)
            return self._stream
