# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from cardata._silence import Silence


def test_is_looked_at_as_rarely_as_will_do() -> None:
    silence = Silence(40.0)
    assert silence.next_look(100.0) == 40.0
    assert not silence.begin(100.0, 40.0)
    assert silence.next_look(110.0) == 30.0
    silence.end()
    assert silence.next_look(110.0) == 40.0


def test_is_too_long_when_one_wait_is() -> None:
    silence = Silence(40.0)
    silence.begin(100.0, 40.0)
    silence.end()
    silence.begin(139.0, 40.0)
    assert silence.next_look(140.0) == 39.0
    assert silence.next_look(179.0) == 0.0
    assert silence.next_look(500.0) == 0.0


def test_says_when_a_look_is_due_sooner_than_was_said() -> None:
    silence = Silence(40.0)
    assert silence.begin(100.0, 12.0)
    assert silence.next_look(100.0) == 12.0
    silence.end()
    assert silence.next_look(101.0) == 12.0
    assert not silence.begin(102.0, 12.0)
    assert not silence.begin(103.0, 40.0)
    assert silence.next_look(104.0) == 12.0
