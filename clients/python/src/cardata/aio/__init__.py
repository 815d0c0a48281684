# SPDX-License-Identifier: Apache-2.0
"""The client for asyncio: the same as `cardata` has for threads.

async with cardata.aio.connect("localhost:9610") as client:
    async with client.subscribe() as subscription:
        async for update in subscription:
            print(update.value)
"""

from cardata.aio._client import Client, connect
from cardata.aio._subscription import Subscription

__all__ = ["Client", "Subscription", "connect"]
