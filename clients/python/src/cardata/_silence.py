# SPDX-License-Identifier: Apache-2.0
"""When a stream has been silent for too long."""

from __future__ import annotations

import math


class Silence:
    """Watches the waits of one reader without a timer for each.

    Somebody looks when it says so; a wait costs no more than its time. All times are in seconds, of
    one monotonic clock.
    """

    def __init__(self, longest: float) -> None:
        """Begin with how long a wait may take; the first look is due in that time."""
        self._deadline = math.inf
        self.look_after = longest
        """How long the next look may be put off; no wait is over sooner."""

    def begin(self, now: float, longest: float) -> bool:
        """Begin a wait; whether a look is now due sooner than was said before."""
        self._deadline = now + longest
        sooner = longest < self.look_after
        if sooner:
            self.look_after = longest
        return sooner

    def end(self) -> None:
        """End it: what comes next is no silence."""
        self._deadline = math.inf

    def next_look(self, now: float) -> float:
        """Say how long until the next look; nothing is left if the wait takes too long."""
        return max(0.0, min(self._deadline - now, self.look_after))
