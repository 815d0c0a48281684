# SPDX-License-Identifier: Apache-2.0
"""When a subscription tries again."""

from __future__ import annotations

import dataclasses
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclasses.dataclass(frozen=True, slots=True)
class Pace:
    """The times that a subscription keeps, in seconds."""

    first: float = 1.0
    """The first attempt follows after a random part of this: a thousand subscribers that lost one
    gateway must not come back in one instant."""
    second: float = 1.0
    factor: float = 1.6
    longest: float = 30.0
    jitter: float = 0.2
    patience: float = 10.0
    """How much longer than two heartbeats a stream may be silent."""
    uniform: Callable[[float, float], float] = random.uniform

    def delay(self, attempt: int) -> float:
        """How long to wait before this attempt; the first is 1."""
        if attempt == 1:
            return self.uniform(0.0, self.first)
        delay = self.second
        for _ in range(attempt - 2):
            delay *= self.factor
            if delay >= self.longest:
                delay = self.longest
                break
        return delay * self.uniform(1.0 - self.jitter, 1.0 + self.jitter)

    def silence(self, heartbeat_interval: float) -> float:
        """How long a stream with such heartbeats may be silent."""
        return 2 * heartbeat_interval + self.patience
