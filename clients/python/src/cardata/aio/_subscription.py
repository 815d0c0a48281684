# SPDX-License-Identifier: Apache-2.0
"""A subscription, for asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from cardata._update import Update

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from cardata.aio._follower import Follower


class Subscription(AsyncIterator[Update]):
    """The updates of a subscription, without end; over restarts and broken connections.

    Use it in an `async with` statement, and iterate over it in one task:

        async with client.subscribe() as subscription:
            async for update in subscription:
                print(update.value)

    The iteration ends when the subscription or its client is closed, or its task is cancelled; with
    `grpc.RpcError` if the gateway refuses what trying again would not mend. Leaving the loop with
    `break` ends nothing: another loop goes on from there.
    """

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._updates = follower.updates()

    def __aiter__(self) -> AsyncIterator[Update]:
        # Not `self`: a generator gives its items without a coroutine of Python code for each.
        return self._updates

    async def __anext__(self) -> Update:
        return await anext(self._updates)

    async def close(self) -> None:
        """End the subscription at once, from any task; a loop over it ends."""
        await self._follower.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
