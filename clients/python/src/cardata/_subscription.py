# SPDX-License-Identifier: Apache-2.0
"""A subscription, for threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cardata._update import Update

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from cardata._follower import Follower


class Subscription(Iterator[Update]):
    """The updates of a subscription, without end; over restarts and broken connections.

    Use it in a `with` statement, and iterate over it in one thread:

        with client.subscribe() as subscription:
            for update in subscription:
                print(update.value)

    The iteration ends when the subscription or its client is closed; with `grpc.RpcError` if the
    gateway refuses what trying again would not mend. Leaving the loop with `break` ends nothing:
    another loop goes on from there.
    """

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._updates = follower.updates()

    def __iter__(self) -> Iterator[Update]:
        # Not `self`: a generator gives its items without a call of Python code for each.
        return self._updates

    def __next__(self) -> Update:
        return next(self._updates)

    def close(self) -> None:
        """End the subscription at once, from any thread; a loop over it ends."""
        self._follower.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
