# SPDX-License-Identifier: Apache-2.0
"""How soon a subscription goes on when a gateway that was away is back."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import socket
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from client import Client
    from gateway import Gateway


@dataclasses.dataclass(frozen=True)
class Return:
    """What one client saw of one restart. Seconds since the gateway's port took a connection."""

    client: str
    wait: float
    """How many seconds passed before the gateway was started again."""
    how: str
    """`stopped`, as by SIGTERM, or `killed`, as by kill -9."""
    away: float
    """How many seconds no port was there."""
    first_word: float
    """Until the gateway had accepted the subscription."""
    first_event: float
    """Until the first event that arrived anew."""


class PortWatch:
    """Notes when a port takes connections again."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))
        self.begin = time.time()
        self._back = 0.0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def back(self) -> float:
        """Wait for it, and say when it was."""
        self._thread.join()
        return self._back

    def _watch(self) -> None:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(self._address):
                self._back = time.time()
                return
            time.sleep(0.001)


def measure(gateway: Gateway, clients: list[Client], count: int, wait: float) -> Iterator[Return]:
    """Restart it so often while all follow and events keep coming; every other time, kill it."""
    for turn in range(count):
        time.sleep(random.uniform(1.0, 2.0))
        for client in clients:
            client.forget()
        how = ("stopped", "killed")[turn % 2]
        {"stopped": gateway.end, "killed": gateway.kill}[how]()
        watch = PortWatch(gateway.address)
        time.sleep(wait)
        gateway.start()
        back = watch.back()
        for client in clients:
            word, event = client.back()
            yield Return(
                client=client.name,
                wait=wait,
                how=how,
                away=back - watch.begin,
                first_word=word - back,
                first_event=event - back,
            )
