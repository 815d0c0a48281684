# SPDX-License-Identifier: Apache-2.0
"""One call of Subscribe."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cardata import v1


class Stream:
    """A call that is given up, by a thread of its own, when its reader waits for too long."""

    def __init__(self, call: Any, silence: Callable[[], float]) -> None:
        """Take over the call; `silence` says how many seconds a response may take."""
        self._call = call
        self._silence = silence
        self._deadline = math.inf
        self._check_after = silence()
        self._look = threading.Event()
        self._ended = False
        self.silent = False
        """Whether it was given up."""
        threading.Thread(target=self._watch, name="cardata-silence", daemon=True).start()

    def read(self) -> v1.SubscribeResponse | None:
        """Wait for the next response; None at the end. Raises `grpc.RpcError`."""
        silence = self._silence()
        self._deadline = time.monotonic() + silence
        if silence < self._check_after:
            self._check_after = silence
            self._look.set()
        try:
            response: v1.SubscribeResponse | None = next(self._call, None)
        finally:
            self._deadline = math.inf
        return response

    def end(self) -> None:
        """End the call, and with it whoever reads. May be called from any thread, and again."""
        self._ended = True
        self._look.set()
        self._call.cancel()

    def _watch(self) -> None:
        # A deadline is never sooner than `_check_after` from when it was set: to look once in that
        # time is enough, so that the reader need not wake this thread for each response.
        wait = self._check_after
        while True:
            self._look.wait(wait)
            self._look.clear()
            if self._ended:
                return
            left = self._deadline - time.monotonic()
            if left <= 0:
                self.silent = True
                self._call.cancel()
                return
            wait = min(left, self._check_after)
