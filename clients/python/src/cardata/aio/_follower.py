# SPDX-License-Identifier: Apache-2.0
"""Follows the gateway from stream to stream."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import grpc

from cardata._course import ENDED, Course
from cardata._error import error_of
from cardata._update import Update, update_of
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
        try:
            while not self._course.closed:
                call = self._subscribe(self._course.request)
                self._stream = stream = Stream(call, lambda: self._course.silence)
                error = ENDED
                try:
                    while (response := await stream.read()) is not None:
                        if self._course.closed:
                            return
                        for update in self._course.updates(response):
                            yield update
                except grpc.aio.AioRpcError as exception:
                    error = self._course.silent() if stream.silent else error_of(exception)
                    if not self._course.closed and not self._course.goes_on(error):
                        raise
                if self._course.closed:
                    return
                reconnecting = self._course.reconnecting(error)
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
