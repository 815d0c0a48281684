# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import asyncio
import functools
import socket
from typing import TYPE_CHECKING, Any

import grpc
import pytest

import cardata
from cardata import v1
from cardata._course import Course
from cardata._pace import Pace
from cardata.aio._follower import Follower
from cardata.aio._pause import Pause
from fake_gateway import HOLD, Fail, FakeGateway, all_kinds, event, response, started

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

QUICK = Pace(first=0.0, second=0.01, longest=0.01)
NEVER = Pace(first=1e6, uniform=lambda _, most: most)
UNAVAILABLE = Fail(grpc.StatusCode.UNAVAILABLE)


def asynchronous(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test on a loop of its own. It passes only when no task of it is left."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def whole() -> None:
            asyncio.get_running_loop().set_exception_handler(
                lambda _, what: complaints.append(what)
            )
            await test(*args, **kwargs)
            await no_tasks_left()

        complaints: list[dict[str, Any]] = []
        asyncio.run(whole())
        assert complaints == []

    return run


async def no_tasks_left() -> None:
    """Wait until every other task has ended; for ever, if one does not."""
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(tasks)


async def of(queue: Any) -> Any:
    """Wait for what the gateway puts into a queue."""
    return await asyncio.get_running_loop().run_in_executor(None, queue.get)


def subscribe(
    client: cardata.aio.Client, pace: Pace = QUICK, request: v1.SubscribeRequest | None = None
) -> cardata.aio.Subscription:
    course = Course(request or v1.SubscribeRequest(), pace)
    return cardata.aio.Subscription(
        Follower(client.telematics.Subscribe, course, Pause(client._channel))
    )


async def take(subscription: cardata.aio.Subscription, count: int) -> list[cardata.Update]:
    return [await anext(subscription) for _ in range(count)]


async def sequences(subscription: cardata.aio.Subscription, count: int) -> list[int]:
    """Read so many entries, whatever comes between."""
    found: list[int] = []
    async for update in subscription:
        if update.sequence:
            found.append(update.sequence)
        if len(found) == count:
            break
    return found


@asynchronous
async def test_gives_what_the_gateway_sends(gateway: FakeGateway) -> None:
    gateway.script(
        started("a"), response("b", event(1), event(2)), response("c", caught_up=v1.CaughtUp())
    )
    async with cardata.aio.connect(gateway.address) as client, client.subscribe() as subscription:
        updates = await take(subscription, 4)
    assert [type(update.value) for update in updates] == [
        v1.Started,
        v1.Event,
        v1.Event,
        v1.CaughtUp,
    ]
    assert [update.resume_token for update in updates] == ["a", "", "b", "c"]


@asynchronous
async def test_tells_the_kinds_of_entries_apart(gateway: FakeGateway) -> None:
    entries, kinds = all_kinds()
    gateway.script(entries)
    async with cardata.aio.connect(gateway.address) as client, client.subscribe() as subscription:
        updates = await take(subscription, len(kinds))
    assert [type(update.value) for update in updates] == kinds


@pytest.mark.parametrize("end", [(UNAVAILABLE,), ()], ids=["error", "no error"])
@asynchronous
async def test_resumes_where_it_was(gateway: FakeGateway, end: tuple[Fail, ...]) -> None:
    gateway.script(started("a"), response("b", event(1)), *end)
    gateway.script(started("c"), response("d", event(2)))
    request = v1.SubscribeRequest(vins=["V"], position=v1.START_POSITION_LIVE)
    async with (
        cardata.aio.connect(gateway.address) as client,
        subscribe(client, request=request) as subscription,
    ):
        assert await sequences(subscription, 2) == [1, 2]
    assert gateway.requests.get() == request
    assert gateway.requests.get() == v1.SubscribeRequest(vins=["V"], resume_token="b")


@asynchronous
async def test_resumes_at_a_gateway_that_comes_back(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1)), HOLD)
    gateway.script(response("b", event(2)))
    async with cardata.aio.connect(gateway.address) as client, subscribe(client) as subscription:
        assert await sequences(subscription, 1) == [1]
        gateway.stop()
        away = (await anext(subscription)).value
        assert isinstance(away, cardata.Reconnecting)
        assert (away.attempt, away.error.code) == (1, grpc.StatusCode.UNAVAILABLE)
        gateway.start()
        assert await sequences(subscription, 1) == [2]


@asynchronous
async def test_ends_with_what_is_final(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1)), Fail(grpc.StatusCode.NOT_FOUND, "no"))
    async with cardata.aio.connect(gateway.address) as client, subscribe(client) as subscription:
        assert await sequences(subscription, 1) == [1]
        with pytest.raises(grpc.RpcError) as raised:
            await anext(subscription)
        error = cardata.error_of(raised.value)
        assert error == cardata.ErrorDetails(grpc.StatusCode.NOT_FOUND, "no")
        assert [update async for update in subscription] == []


@pytest.mark.parametrize("code", [grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE], ids=str)
@asynchronous
async def test_tries_again_after_everything_else(
    gateway: FakeGateway, code: grpc.StatusCode
) -> None:
    gateway.script(Fail(code, "later"))
    gateway.script(Fail(code, "later"))
    gateway.script(response("a", event(1)), Fail(code, "later"))
    async with cardata.aio.connect(gateway.address) as client, subscribe(client) as subscription:
        values = [update.value for update in await take(subscription, 4)]
    later = cardata.ErrorDetails(code, "later")
    assert [
        (value.error, value.attempt) for value in values if isinstance(value, cardata.Reconnecting)
    ] == [(later, 1), (later, 2), (later, 1)]


@asynchronous
async def test_gives_up_a_stream_that_falls_silent(gateway: FakeGateway) -> None:
    gateway.script(started("a", 0.001), HOLD)
    pace = Pace(first=0.0, patience=0.05)
    async with (
        cardata.aio.connect(gateway.address) as client,
        subscribe(client, pace) as subscription,
    ):
        assert isinstance((await anext(subscription)).value, v1.Started)
        away = (await anext(subscription)).value
        assert isinstance(away, cardata.Reconnecting)
        assert away.error.message == "the gateway sent nothing for 0.052 s"
        await of(gateway.gone)


@asynchronous
async def test_gives_up_a_stream_that_never_says_anything(gateway: FakeGateway) -> None:
    request = v1.SubscribeRequest()
    request.heartbeat_interval.FromMilliseconds(1)
    pace = Pace(first=0.0, patience=0.05)
    async with (
        cardata.aio.connect(gateway.address) as client,
        subscribe(client, pace, request) as subscription,
    ):
        away = (await anext(subscription)).value
        assert isinstance(away, cardata.Reconnecting)
        assert away.error.message == "the gateway sent nothing for 0.052 s"


@asynchronous
async def test_leaving_a_loop_ends_nothing(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1), event(2), event(3)), HOLD)
    async with cardata.aio.connect(gateway.address) as client, subscribe(client) as subscription:
        async for _ in subscription:
            break
        assert await sequences(subscription, 2) == [2, 3]


@asynchronous
async def test_one_that_nobody_holds_ends(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1)), HOLD)
    async with cardata.aio.connect(gateway.address) as client:
        async for _ in subscribe(client):
            break
        await of(gateway.gone)


async def close(subscription: cardata.aio.Subscription, _: asyncio.Task[Any]) -> None:
    await subscription.close()


async def cancel(_: cardata.aio.Subscription, reader: asyncio.Task[Any]) -> None:
    reader.cancel()


WAYS = pytest.mark.parametrize("way", [close, cancel])


async def ends(
    subscription: cardata.aio.Subscription,
    waits: Awaitable[Any],
    way: Callable[[cardata.aio.Subscription, asyncio.Task[Any]], Coroutine[Any, Any, None]],
) -> None:
    """Read in another task; when it waits for something that does not come, end it that way.

    The client is open all the while: nothing but the subscription cleans up.
    """

    async def read() -> list[cardata.Update]:
        return [update async for update in subscription]

    reader = asyncio.create_task(read())
    await waits
    await way(subscription, reader)
    if way is cancel:
        with pytest.raises(asyncio.CancelledError):
            await reader
        assert reader.cancelled()
    else:
        assert await reader == []
    await no_tasks_left()
    assert [update async for update in subscription] == []


@asynchronous
async def test_closes_before_it_began(gateway: FakeGateway) -> None:
    async with cardata.aio.connect(gateway.address) as client:
        subscription = client.subscribe()
        await subscription.close()
        await subscription.close()
        assert [update async for update in subscription] == []
    assert gateway.requests.empty()


@WAYS
@asynchronous
async def test_ends_while_it_connects(way: Any) -> None:
    with socket.create_server(("localhost", 0)) as deaf:
        deaf.setblocking(False)
        address = f"localhost:{deaf.getsockname()[1]}"
        async with cardata.aio.connect(address) as client:
            # Once it is accepted, gRPC has begun to connect, and waits for an answer.
            accepted = asyncio.ensure_future(asyncio.get_running_loop().sock_accept(deaf))
            await ends(client.subscribe(), accepted, way)
            accepted.result()[0].close()


@WAYS
@asynchronous
async def test_ends_while_it_waits_for_the_gateway(gateway: FakeGateway, way: Any) -> None:
    async with cardata.aio.connect(gateway.address) as client:
        await ends(client.subscribe(), of(gateway.requests), way)
        await of(gateway.gone)


@WAYS
@asynchronous
async def test_ends_while_it_waits_for_the_next_attempt(gateway: FakeGateway, way: Any) -> None:
    gateway.script(UNAVAILABLE)
    async with cardata.aio.connect(gateway.address) as client:
        subscription = subscribe(client, NEVER)
        assert isinstance((await anext(subscription)).value, cardata.Reconnecting)
        await ends(subscription, asyncio.sleep(0), way)


@asynchronous
async def test_does_not_wait_any_longer_once_the_connection_is_back(gateway: FakeGateway) -> None:
    async with (
        cardata.aio.connect(gateway.address) as client,
        subscribe(client, NEVER) as subscription,
    ):
        gateway.script(started("a"), HOLD)
        assert isinstance((await anext(subscription)).value, v1.Started)
        gateway.stop()
        assert isinstance((await anext(subscription)).value, cardata.Reconnecting)
        gateway.script(started("b"), HOLD)
        gateway.start()
        assert (await anext(subscription)).resume_token == "b"


@asynchronous
async def test_closes_in_the_middle_of_a_response(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1), event(2)), HOLD)
    async with cardata.aio.connect(gateway.address) as client:
        subscription = client.subscribe()
        assert (await anext(subscription)).sequence == 1
        await subscription.close()
        assert [update async for update in subscription] == []
        await of(gateway.gone)


@asynchronous
async def test_a_cancelled_reader_may_cancel_what_it_does_with_an_update(
    gateway: FakeGateway,
) -> None:
    gateway.script(response("a", event(1), event(2)), HOLD)
    reached = asyncio.Event()

    async def read(subscription: cardata.aio.Subscription) -> None:
        async with subscription:
            async for _ in subscription:
                reached.set()
                await asyncio.Event().wait()

    async with cardata.aio.connect(gateway.address) as client:
        reader = asyncio.create_task(read(client.subscribe()))
        await reached.wait()
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        await of(gateway.gone)
        await no_tasks_left()


@asynchronous
async def test_ends_with_its_client(gateway: FakeGateway) -> None:
    client = cardata.aio.connect(gateway.address)

    async def closing(*_: Any) -> None:
        await client.close()

    await ends(client.subscribe(), of(gateway.requests), closing)


@asynchronous
async def test_ends_with_its_client_in_the_middle_of_a_response(gateway: FakeGateway) -> None:
    gateway.script(response("a", event(1), event(2)), HOLD)
    client = cardata.aio.connect(gateway.address)
    subscription = client.subscribe()
    assert (await anext(subscription)).sequence == 1
    await client.close()
    assert [update async for update in subscription] == []
    await of(gateway.gone)


@asynchronous
async def test_a_slow_reader_gets_all_that_had_arrived_before_the_end(gateway: FakeGateway) -> None:
    gateway.script(*(response(str(number), event(number)) for number in range(1, 6)), UNAVAILABLE)
    async with cardata.aio.connect(gateway.address) as client, subscribe(client) as subscription:
        assert (await anext(subscription)).sequence == 1
        await of(gateway.gone)
        updates = await take(subscription, 5)
    assert [update.sequence for update in updates] == [2, 3, 4, 5, 0]
    assert [update.resume_token for update in updates] == ["2", "3", "4", "5", ""]


@pytest.mark.parametrize("held", [True, False], ids=["held", "let go"])
def test_the_end_of_the_loop_is_no_error(gateway: FakeGateway, held: bool) -> None:
    gateway.script(response("a", event(1), event(2)), HOLD)
    kept = []

    async def leave() -> list[dict[str, Any]]:
        complaints: list[dict[str, Any]] = []

        def complain(_: asyncio.AbstractEventLoop, what: dict[str, Any]) -> None:
            # gRPC's own poller, which all loops of a process share, may find one closed.
            if "PollerCompletionQueue" not in what["message"]:
                complaints.append(what)

        asyncio.get_running_loop().set_exception_handler(complain)
        subscription = cardata.aio.connect(gateway.address).subscribe()
        assert (await anext(subscription)).sequence == 1
        if held:
            kept.append(subscription)
        return complaints

    assert asyncio.run(leave()) == []
