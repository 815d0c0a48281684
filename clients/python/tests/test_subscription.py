# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import gc
import itertools
import socket
import threading
from typing import TYPE_CHECKING

import grpc
import pytest

import cardata
from cardata import v1
from cardata._course import Course
from cardata._follower import Follower
from cardata._pace import Pace
from fake_gateway import HOLD, Fail, FakeGateway, all_kinds, event, response, started

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("no_threads_left")

QUICK = Pace(first=0.0, second=0.01, longest=0.01)
NEVER = Pace(first=1e6, uniform=lambda _, most: most)
UNAVAILABLE = Fail(grpc.StatusCode.UNAVAILABLE)
REFUSED = Fail(grpc.StatusCode.PERMISSION_DENIED)


def subscribe(
    client: cardata.Client, pace: Pace = QUICK, request: v1.SubscribeRequest | None = None
) -> cardata.Subscription:
    course = Course(request or v1.SubscribeRequest(), pace)
    return cardata.Subscription(Follower(client.telematics.Subscribe, course))


def sequences(subscription: cardata.Subscription, count: int) -> list[int]:
    """Read so many entries, whatever comes between."""
    entries = (update.sequence for update in subscription if update.sequence)
    return list(itertools.islice(entries, count))


def test_gives_what_the_gateway_sends(gateway: FakeGateway) -> None:
    gateway.script(
        started("a"), response("b", event(1), event(2)), response("c", caught_up=v1.CaughtUp())
    )
    with cardata.connect(gateway.address) as client, client.subscribe() as subscription:
        updates = list(itertools.islice(subscription, 4))
    assert [type(update.value) for update in updates] == [
        v1.Started,
        v1.Event,
        v1.Event,
        v1.CaughtUp,
    ]
    assert [update.resume_token for update in updates] == ["a", "", "b", "c"]
    assert [update.sequence for update in updates] == [0, 1, 2, 0]


def test_tells_the_kinds_of_entries_apart(gateway: FakeGateway) -> None:
    entries, kinds = all_kinds()
    gateway.script(entries)
    with cardata.connect(gateway.address) as client, client.subscribe() as subscription:
        updates = list(itertools.islice(subscription, len(kinds)))
    assert [type(update.value) for update in updates] == kinds
    assert [update.sequence for update in updates] == [1, 2, 3, 4, 5, 6, 7]


def test_tells_events_where_nobody_says_that_there_is_nothing_else(gateway: FakeGateway) -> None:
    events = response("a", event(1), event(2), event(3))
    events.events_only = False
    gateway.script(events)
    with cardata.connect(gateway.address) as client, client.subscribe() as subscription:
        updates = list(itertools.islice(subscription, 3))
    assert [type(update.value) for update in updates] == [v1.Event] * 3


def test_hands_the_request_on_as_it_was(gateway: FakeGateway) -> None:
    request = v1.SubscribeRequest(vins=["V"], position=v1.START_POSITION_LIVE)
    with cardata.connect(gateway.address) as client, client.subscribe(request) as subscription:
        request.vins.append("W")
        gateway.script(started("a"))
        next(subscription)
    assert gateway.requests.get() == v1.SubscribeRequest(
        vins=["V"], position=v1.START_POSITION_LIVE
    )


@pytest.mark.parametrize("end", [(UNAVAILABLE,), ()], ids=["error", "no error"])
def test_resumes_where_it_was(gateway: FakeGateway, end: tuple[Fail, ...]) -> None:
    gateway.script(started("a"), response("b", event(1)), *end)
    gateway.script(started("c"), response("d", event(2)))
    request = v1.SubscribeRequest(vins=["V"], position=v1.START_POSITION_LIVE)
    with (
        cardata.connect(gateway.address) as client,
        subscribe(client, request=request) as subscription,
    ):
        assert sequences(subscription, 2) == [1, 2]
    assert gateway.requests.get() == request
    assert gateway.requests.get() == v1.SubscribeRequest(vins=["V"], resume_token="b")


def test_resumes_at_a_gateway_that_comes_back(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1)), HOLD)
    gateway.script(response("b", event(2)))
    with cardata.connect(gateway.address) as client, subscribe(client) as subscription:
        assert sequences(subscription, 1) == [1]
        gateway.stop()
        away = next(subscription).value
        assert isinstance(away, cardata.Reconnecting)
        assert (away.attempt, away.error.code) == (1, grpc.StatusCode.UNAVAILABLE)
        gateway.start()
        assert sequences(subscription, 1) == [2]
    gateway.requests.get()
    assert gateway.requests.get().resume_token == "a"


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.UNIMPLEMENTED,
    ],
    ids=str,
)
def test_ends_with_what_is_final(gateway: FakeGateway, code: grpc.StatusCode) -> None:
    gateway.script(response("a", event(1)), Fail(code, "no"))
    with cardata.connect(gateway.address) as client, subscribe(client) as subscription:
        assert sequences(subscription, 1) == [1]
        with pytest.raises(grpc.RpcError) as raised:
            next(subscription)
        assert cardata.error_of(raised.value) == cardata.ErrorDetails(code, "no")
        assert list(subscription) == []


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    ],
    ids=str,
)
def test_tries_again_after_everything_else(gateway: FakeGateway, code: grpc.StatusCode) -> None:
    gateway.script(Fail(code, "later"))
    gateway.script(Fail(code, "later"))
    gateway.script(response("a", event(1)), Fail(code, "later"))
    with cardata.connect(gateway.address) as client, subscribe(client) as subscription:
        values = [update.value for update in itertools.islice(subscription, 4)]
    later = cardata.ErrorDetails(code, "later")
    assert [
        (value.error, value.attempt) for value in values if isinstance(value, cardata.Reconnecting)
    ] == [(later, 1), (later, 2), (later, 1)]


def test_gives_up_a_stream_that_falls_silent(gateway: FakeGateway) -> None:
    gateway.script(started("a", 0.001), HOLD)
    pace = Pace(first=0.0, patience=0.05)
    with cardata.connect(gateway.address) as client, subscribe(client, pace) as subscription:
        assert isinstance(next(subscription).value, v1.Started)
        away = next(subscription).value
        assert isinstance(away, cardata.Reconnecting)
        assert away.error.message == "the gateway sent nothing for 0.052 s"
        gateway.gone.get()


def test_gives_up_a_stream_that_never_says_anything(gateway: FakeGateway) -> None:
    request = v1.SubscribeRequest()
    request.heartbeat_interval.FromMilliseconds(1)
    pace = Pace(first=0.0, patience=0.05)
    with cardata.connect(gateway.address) as client, subscribe(client, pace, request) as updates:
        away = next(updates).value
        assert isinstance(away, cardata.Reconnecting)
        assert away.error.message == "the gateway sent nothing for 0.052 s"


def test_what_it_does_not_know_breaks_nothing(gateway: FakeGateway) -> None:
    new_kind = b"\x08\x07\xfa\x06\x03new"  # sequence 7; field 111: "new"
    gateway.script(
        b"\x0a\x01a" + b"\x12" + bytes([len(new_kind)]) + new_kind,
        b"\x0a\x01b" + b"\xfa\x06\x03new",  # a notice in field 111
        response("c", v1.Entry(sequence=8, gap=v1.Gap(cause=99))),  # type: ignore[arg-type]
    )
    with cardata.connect(gateway.address) as client, subscribe(client) as subscription:
        unknown, gap = itertools.islice(subscription, 2)
    assert isinstance(unknown.value, v1.Entry)
    assert unknown.value.SerializeToString() == new_kind
    assert (unknown.sequence, unknown.resume_token) == (7, "a")
    assert isinstance(gap.value, v1.Gap)
    assert (gap.value.cause, gap.resume_token) == (99, "c")


def test_the_token_of_an_unknown_notice_is_resumed_from(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1)), b"\x0a\x01b" + b"\xfa\x06\x03new", UNAVAILABLE)
    gateway.script(response("c", event(2)))
    with cardata.connect(gateway.address) as client, subscribe(client) as subscription:
        assert sequences(subscription, 2) == [1, 2]
    gateway.requests.get()
    assert gateway.requests.get().resume_token == "b"


def test_leaving_a_loop_ends_nothing(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1), event(2), event(3)), HOLD)
    with cardata.connect(gateway.address) as client, subscribe(client) as subscription:
        for _ in subscription:
            break
        assert sequences(subscription, 2) == [2, 3]


def test_one_that_nobody_holds_ends(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1)), HOLD)
    with cardata.connect(gateway.address) as client:
        gc.disable()
        for _ in subscribe(client):
            break
        gateway.gone.get()
        gc.enable()


def ends(subscription: cardata.Subscription, act: Callable[[], None]) -> list[cardata.Update]:
    """Read in another thread until the end; when it waits for something that does not come, act."""
    rest: list[cardata.Update] = []
    reader = threading.Thread(target=lambda: rest.extend(subscription))
    reader.start()
    act()
    reader.join()
    return rest


def test_closes_before_it_began(gateway: FakeGateway) -> None:
    with cardata.connect(gateway.address) as client:
        subscription = client.subscribe()
        subscription.close()
        subscription.close()
        assert list(subscription) == []
    assert gateway.requests.empty()


def test_closes_while_it_connects() -> None:
    with socket.create_server(("localhost", 0)) as deaf:
        address = f"localhost:{deaf.getsockname()[1]}"
        with cardata.connect(address) as client, client.subscribe() as subscription:

            def act() -> None:
                with deaf.accept()[0]:  # gRPC has begun to connect, and will wait for an answer
                    subscription.close()

            assert ends(subscription, act) == []


def test_closes_while_it_waits_for_the_gateway(gateway: FakeGateway) -> None:
    with cardata.connect(gateway.address) as client, client.subscribe() as subscription:

        def act() -> None:
            gateway.requests.get()
            subscription.close()

        assert ends(subscription, act) == []
        gateway.gone.get()


def test_closes_while_it_waits_for_the_next_attempt(gateway: FakeGateway) -> None:
    gateway.script(UNAVAILABLE)
    with cardata.connect(gateway.address) as client, subscribe(client, NEVER) as subscription:
        assert isinstance(next(subscription).value, cardata.Reconnecting)
        assert ends(subscription, subscription.close) == []


def test_closes_in_the_middle_of_a_response(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1), event(2)), HOLD)
    with cardata.connect(gateway.address) as client:
        subscription = client.subscribe()
        assert next(subscription).sequence == 1
        subscription.close()
        assert list(subscription) == []
        gateway.gone.get()


def test_ends_with_its_client(gateway: FakeGateway) -> None:
    client = cardata.connect(gateway.address)

    def act() -> None:
        gateway.requests.get()
        client.close()

    assert ends(client.subscribe(), act) == []
