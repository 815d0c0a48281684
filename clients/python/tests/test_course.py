# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import grpc
import pytest

from cardata import v1
from cardata._course import Course
from cardata._error import ErrorDetails
from cardata._pace import Pace
from fake_gateway import response, started


def middle(least: float, most: float) -> float:
    return (least + most) / 2


def test_attempts_are_further_and_further_apart() -> None:
    pace = Pace(uniform=middle)
    delays = [round(pace.delay(attempt), 2) for attempt in range(1, 12)]
    assert delays == [0.5, 1.0, 1.6, 2.56, 4.1, 6.55, 10.49, 16.78, 26.84, 30.0, 30.0]


def test_no_two_subscribers_keep_the_same_step() -> None:
    pace = Pace(uniform=lambda least, _: least)
    assert [pace.delay(1), pace.delay(2)] == [0.0, 0.8]
    assert pace.delay(10**6) == pytest.approx(24.0)
    pace = Pace(uniform=lambda _, most: most)
    assert [pace.delay(1), pace.delay(2)] == [1.0, 1.2]
    assert pace.delay(10**6) == pytest.approx(36.0)


def test_waits_as_long_as_the_gateway_says() -> None:
    course = Course(v1.SubscribeRequest(), Pace(uniform=middle))
    busy = grpc.StatusCode.RESOURCE_EXHAUSTED
    assert course.reconnecting(ErrorDetails(busy, "", retry_delay=7.0)).delay == 7.0
    assert course.reconnecting(ErrorDetails(busy, "", retry_delay=0.1)).delay == 1.0


def test_a_response_starts_the_delays_anew() -> None:
    course = Course(v1.SubscribeRequest(), Pace(uniform=middle))
    error = ErrorDetails(grpc.StatusCode.UNAVAILABLE, "")
    assert [course.reconnecting(error).attempt for _ in range(3)] == [1, 2, 3]
    course.note(response("a", heartbeat=v1.Heartbeat()))
    assert (course.reconnecting(error).attempt, course.reconnecting(error).delay) == (1, 1.0)


def test_a_start_of_any_kind_gives_way_to_the_token() -> None:
    for request in (
        v1.SubscribeRequest(position=v1.START_POSITION_EARLIEST),
        v1.SubscribeRequest(since_time={"seconds": 1}),  # type: ignore[arg-type]
        v1.SubscribeRequest(resume_token="old"),
    ):
        course = Course(request, Pace())
        assert course.request == request
        course.note(response(""))
        assert course.request == request
        course.note(response("new"))
        assert course.request == v1.SubscribeRequest(resume_token="new")


def test_how_long_silence_may_last() -> None:
    request = v1.SubscribeRequest()
    assert Course(request, Pace()).silence == 40.0
    request.heartbeat_interval.FromSeconds(60)
    course = Course(request, Pace())
    assert course.silence == 130.0
    course.note(started("a", 5.0))
    assert course.silence == 20.0
