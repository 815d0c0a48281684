# SPDX-License-Identifier: Apache-2.0
"""One call of Subscribe."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from cardata._silence import Silence

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cardata import v1


class Stream:
    """A call that is given up, by a thread of its own, when its reader waits for too long."""

    def __init__(self, call: Any, longest: Callable[[], float]) -> None:
        """Take over the call; `longest` says how many seconds a response may take."""
        self._call = call
        self._longest = longest
        self._silence = Silence(longest())
        self._look = threading.Event()
        self._ended = False
        self.silent = False
        """Whether it was given up."""
        threading.Thread(target=self._watch, name="cardata-silence", daemon=True).start()

    def read(self) -> v1.SubscribeResponse | None:
        """Wait for the next response; None at the end. Raises `grpc.RpcError`."""
        if self._silence.begin(time.monotonic(), self._longest()):
            self._look.set()
        try:
            response: v1.SubscribeResponse | None = next(self._call, None)
        finally:
            self._silence.end()
        return response

    def end(self) -> None:
        """End the call, and with it whoever reads. May be called from any thread, and again."""
        self._ended = True
        self._look.set()
        self._call.cancel()

    def _watch(self) -> None:
        while left := self._silence.next_look(time.monotonic()):
            self._look.wait(left)
            self._look.clear()
            if self._ended:
                return
        self.silent = True
        self._call.cancel()
