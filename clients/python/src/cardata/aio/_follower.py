# SPDX-License-Identifier: Apache-2.0
"""Follows the gateway from stream to stream."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, cast

import grpc

from cardata._course import ENDED, Course
from cardata._error import error_of
from cardata._update import Update, last_update_of, update_of, update_of_entry
from cardata.aio._stream import Stream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from types import AsyncGeneratorType

    from cardata import v1
    from cardata.aio._pause import Pause


class Follower:
    """Subscribes again whenever a stream ends, until it is closed."""

    def __init__(
        self,
        subscribe: grpc.aio.UnaryStreamMultiCallable[v1.SubscribeRequest, v1.SubscribeResponse],
        course: Course,
        pause: Pause,
    ) -> None:
        self._subscribe = subscribe
        self._course = course
        self._pause = pause
        self._stream: Stream | None = None
        self._updates: Callable[[], AsyncGeneratorType[Update, None] | None] = lambda: None

    def updates(self) -> AsyncGenerator[Update, None]:
        """Give the updates, once, and in one task at a time."""
        updates = cast("AsyncGeneratorType[Update, None]", self._follow())
        # What nobody holds any more is to end, so it is not held here.
        self._updates = weakref.ref(updates)
        return updates

    async def close(self) -> None:
        """End it. Whoever waits in `updates` is told so at once."""
        self._end()
        updates = self._updates()
        # Where somebody waits in it, it ends by itself; else it stands between two updates.
        if updates is not None and not updates.ag_running:
            await updates.aclose()

    async def _follow(self) -> AsyncGenerator[Update, None]:
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
                        if last is not None:
                            yield last
                except grpc.aio.AioRpcError as exception:
                    error = course.silent() if stream.silent else error_of(exception)
                    if not course.closed and not course.goes_on(error):
                        raise
                if course.closed:
                    return
                stream.end()
                reconnecting = course.reconnecting(error)
                yield update_of(reconnecting)
                # How long to wait at least is the gateway's to say.
                await self._pause.wait(reconnecting.delay, may_end_early=not error.retry_delay)
        finally:
            self._end()

    def _end(self) -> None:
        self._course.closed = True
        self._pause.end()
        if self._stream is not None:
            self._stream.end()
