# SPDX-License-Identifier: Apache-2.0
"""One call of Subscribe."""

from __future__ import annotations

import asyncio
import collections
from typing import TYPE_CHECKING, cast

import grpc

from cardata._silence import Silence

if TYPE_CHECKING:
    from collections.abc import Callable

    from cardata import v1


class Stream:
    """A call that is given up when its reader waits for too long.

    A task of its own receives a response while the reader deals with the one before. It also keeps
    apart what grpc.aio mixes up: CancelledError is raised for a call that was cancelled by anybody,
    the gateway included, and must not be taken for the cancellation of the reader.
    """

    def __init__(
        self,
        call: grpc.aio.UnaryStreamCall[v1.SubscribeRequest, v1.SubscribeResponse],
        longest: Callable[[], float],
    ) -> None:
        """Take over the call; `longest` says how many seconds a response may take."""
        self._call = call
        self._longest = longest
        self._loop = asyncio.get_running_loop()
        self._arrived: collections.deque[v1.SubscribeResponse] = collections.deque()
        self._ended = False
        self._reader: asyncio.Future[None] | None = None  # done when there is something to read
        self._room: asyncio.Future[None] | None = None  # done when what has arrived is being read
        self._silence = Silence(longest())
        self._timer = self._loop.call_later(self._silence.look_after, self._look)
        self._receiving = self._loop.create_task(self._receive())
        self._receiving.add_done_callback(self._received)
        self.silent = False
        """Whether it was given up."""

    async def read(self) -> v1.SubscribeResponse | None:
        """Wait for the next response; None at the end. Raises `grpc.aio.AioRpcError`."""
        if not (self._arrived or self._ended or self._receiving.done()):
            await self._wait()
        if self._arrived:
            _wake(self._room)
            return self._arrived.popleft()
        if not self._ended and (error := self._receiving.result()) is not None:
            raise error
        return None

    def end(self) -> None:
        """End the call, and with it whoever reads. May be called again."""
        self._ended = True
        self._arrived.clear()
        self._timer.cancel()
        self._call.cancel()
        _wake(self._reader)
        _wake(self._room)

    async def _wait(self) -> None:
        if self._silence.begin(self._loop.time(), self._longest()):
            self._timer.cancel()
            self._look()
        self._reader = self._loop.create_future()
        try:
            await self._reader
        finally:
            self._silence.end()

    async def _receive(self) -> grpc.aio.AioRpcError | None:
        """Receive until the end, and say with which error it came."""
        try:
            while (response := await self._call.read()) is not grpc.aio.EOF:
                if self._arrived:
                    self._room = self._loop.create_future()
                    await self._room
                if self._ended:
                    break
                self._arrived.append(cast("v1.SubscribeResponse", response))
                _wake(self._reader)
        except asyncio.CancelledError:
            return grpc.aio.AioRpcError(
                await self._call.code(),
                await self._call.initial_metadata(),
                await self._call.trailing_metadata(),
                await self._call.details(),
            )
        except grpc.aio.AioRpcError as error:
            return error
        return None

    def _received(self, _: object) -> None:
        self._timer.cancel()
        _wake(self._reader)

    def _look(self) -> None:
        left = self._silence.next_look(self._loop.time())
        if left:
            self._timer = self._loop.call_later(left, self._look)
        else:
            self.silent = True
            self._call.cancel()


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
