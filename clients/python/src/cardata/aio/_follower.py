# SPDX-License-Identifier: Apache-2.0
"""Follows the gateway from stream to stream."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import grpc

from cardata._course import ENDED, Course
from cardata._error import error_of
from cardata._update import Update, update_of, update_of_entry, update_of_notice
from cardata.aio._stream import Stream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cardata import v1


class Follower:
    """Subscribes again whenever a stream ends, until it is closed."""

    def __init__(
        self,
        subscribe: grpc.aio.UnaryStreamMultiCallable[v1.SubscribeRequest, v1.SubscribeResponse],
        course: Course,
    ) -> None:
        self._subscribe = subscribe
        self._course = course
        self._wake = asyncio.get_running_loop().create_future()
        self._stream: Stream | None = None

    async def updates(self) -> AsyncGenerator[Update, None]:
        """Give the updates, in one task at a time."""
        course = self._course
        try:
            while not course.closed:
                call = self._subscribe(course.request)
                self._stream = stream = Stream(call, lambda: course.silence)
                error = ENDED
                try:
                    while (response := await stream.read()) is not None:
                        if course.closed:
                            return
                        # As in the blocking follower, word for word. Shared, as a generator inside
                        # this one, it would cost a twelfth of the events a second.
                        course.note(response)
                        update = None
                        for entry in response.entries:
                            if update is not None:
                                yield update
                                if course.closed:
                                    return
                            event = entry.event
                            # Every event has a source: the cheapest way to see that there is one.
                            if event.source:
                                update = Update()
                                update.value = event
                                update.resume_token = ""
                                update._entry = entry
                            else:
                                update = update_of_entry(entry)
                        notice = update_of_notice(response)
                        if notice is not None:
                            if update is not None:
                                yield update
                            update = notice
                        if update is not None and not course.closed:
                            update.resume_token = response.resume_token
                            yield update
                except grpc.aio.AioRpcError as exception:
                    error = course.silent() if stream.silent else error_of(exception)
                    if not course.closed and not course.goes_on(error):
                        raise
                if course.closed:
                    return
                reconnecting = course.reconnecting(error)
                yield update_of(reconnecting)
                await asyncio.wait((self._wake,), timeout=reconnecting.delay)
        finally:
            self.close()

    def close(self) -> None:
        """End it. Whoever waits in `updates` is told so at once."""
        self._course.closed = True
        if not self._wake.done():
            self._wake.set_result(None)
        if self._stream is not None:
            self._stream.end()
