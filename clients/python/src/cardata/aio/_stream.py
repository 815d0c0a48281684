# SPDX-License-Identifier: Apache-2.0
"""One call of Subscribe."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import grpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from cardata import v1


class Stream:
    """A call that is given up when its reader waits for too long."""

    def __init__(
        self,
        call: grpc.aio.UnaryStreamCall[v1.SubscribeRequest, v1.SubscribeResponse],
        silence: Callable[[], float],
    ) -> None:
        """Take over the call; `silence` says how many seconds a response may take."""
        self._call = call
        self._silence = silence
        self._next = self._begin_to_read()
        self.silent = False
        """Whether it was given up."""

    async def read(self) -> v1.SubscribeResponse | None:
        """Wait for the next response; None at the end. Raises `grpc.aio.AioRpcError`."""
        read = self._next
        try:
            await asyncio.wait((read,), timeout=self._silence())
        except asyncio.CancelledError:
            await self._abandon()
            raise
        if not read.done():
            self.silent = True
            await self._abandon()
        if read.cancelled():
            raise grpc.aio.AioRpcError(
                await self._call.code(),
                await self._call.initial_metadata(),
                await self._call.trailing_metadata(),
                await self._call.details(),
            )
        response = read.result()
        if response is grpc.aio.EOF:
            return None
        # One response is received while the one before it is dealt with.
        self._next = self._begin_to_read()
        await asyncio.sleep(0)
        return cast("v1.SubscribeResponse", response)

    def end(self) -> None:
        """End the call, and with it whoever reads. May be called again."""
        self._call.cancel()

    def _begin_to_read(self) -> asyncio.Future[object]:
        # grpc.aio raises CancelledError for a call that was cancelled by anybody, the gateway
        # included. In a task of its own that cannot be taken for the cancellation of the reader.
        read = asyncio.ensure_future(self._call.read())
        # asyncio would complain of an error that nobody looked at.
        read.add_done_callback(lambda done: done.cancelled() or done.exception())
        return read

    async def _abandon(self) -> None:
        self._call.cancel()
        await asyncio.wait((self._next,))
