# SPDX-License-Identifier: Apache-2.0
"""The time between two attempts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from grpc import ChannelConnectivity

if TYPE_CHECKING:
    import grpc

_LOST: Final = (ChannelConnectivity.IDLE, ChannelConnectivity.TRANSIENT_FAILURE)
_LOOK_AGAIN: Final = 0.1
"""Seconds. Waiting for a change of the channel's state cannot be cancelled."""


class Pause:
    """Waits until a subscription is to try again.

    A connection that was lost is made anew with delays of its own. Once it is there again, there
    is nothing to wait for. (The blocking client waits all the same: it could watch the channel only
    in a thread that fails when the channel is closed.)
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()

    async def wait(self, seconds: float, *, may_end_early: bool) -> None:
        """Wait so long, or until the connection is back if it may end early, or until `end`."""
        until = self._loop.time() + seconds
        lost = False
        while not self._ended.done() and (left := until - self._loop.time()) > 0:
            if may_end_early:
                state = self._channel.get_state(try_to_connect=True)
                if lost and state is ChannelConnectivity.READY:
                    return
                lost = lost or state in _LOST
                left = min(left, _LOOK_AGAIN)
            await asyncio.wait((self._ended,), timeout=left)

    def end(self) -> None:
        """End the waiting, now and ever after."""
        if not self._ended.done():
            self._ended.set_result(None)
