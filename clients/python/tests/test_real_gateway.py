# SPDX-License-Identifier: Apache-2.0
"""Against the real gateway; skipped where CARDATA_BIN does not say where it is."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import grpc
import pytest

import cardata
from cardata import reasons, v1

if TYPE_CHECKING:
    from real_gateway import RealGateway

FROM_HERE = v1.SubscribeRequest(position=v1.START_POSITION_LIVE)
_numbers = itertools.count(1_000, 1_000)


@pytest.fixture
def first() -> int:
    """The first of the numbers that belong to this test."""
    return next(_numbers)


def number_of(update: cardata.Update) -> int:
    """Read the number that a published event has; 0 if it is something else."""
    return int(update.value.value.number) if isinstance(update.value, v1.Event) else 0


def test_goes_on_where_it_was_when_the_gateway_was_killed(
    real_gateway: RealGateway, first: int
) -> None:
    with (
        cardata.connect(real_gateway.address) as client,
        client.subscribe(FROM_HERE) as subscription,
    ):
        next(update for update in subscription if isinstance(update.value, v1.CaughtUp))
        real_gateway.publish(first, 100)
        before = list(itertools.islice(filter(None, map(number_of, subscription)), 100))
        assert before == list(range(first, first + 100))

        real_gateway.kill()
        away = next(subscription)
        assert isinstance(away.value, cardata.Reconnecting)
        real_gateway.start()
        seen = []
        for update in subscription:
            seen.append(update)
            if isinstance(update.value, v1.Gap):
                break
        assert seen[-1].value.cause == v1.GAP_CAUSE_GATEWAY_DOWN  # type: ignore[union-attr]
        # What was received last may come once more, if it had not been acknowledged by a token.
        assert set(filter(None, map(number_of, seen))) <= set(before)

        real_gateway.publish(first + 100, 100)
        after = list(itertools.islice(filter(None, map(number_of, subscription)), 100))
        assert after == list(range(first + 100, first + 200))


def test_resumes_from_a_token_that_was_kept(real_gateway: RealGateway, first: int) -> None:
    async def follow(request: v1.SubscribeRequest, to: int) -> tuple[list[int], str]:
        numbers: list[int] = []
        token = ""
        async with (
            cardata.aio.connect(real_gateway.address) as client,
            client.subscribe(request) as subscription,
        ):
            async for update in subscription:
                if number_of(update):
                    numbers.append(number_of(update))
                if isinstance(update.value, v1.CaughtUp) and not request.resume_token:
                    await asyncio.to_thread(real_gateway.publish, first, 50)
                token = update.resume_token or token
                if numbers and numbers[-1] == to and update.resume_token:
                    break
        return numbers, token

    numbers, token = asyncio.run(follow(v1.SubscribeRequest(), first + 49))
    assert numbers[-50:] == list(range(first, first + 50))
    real_gateway.publish(first + 50, 50)
    numbers, _ = asyncio.run(follow(v1.SubscribeRequest(resume_token=token), first + 99))
    assert numbers == list(range(first + 50, first + 100))


def test_reads_its_errors(real_gateway: RealGateway) -> None:
    with cardata.connect(real_gateway.address) as client:
        with pytest.raises(grpc.RpcError) as raised:
            client.vehicles.GetVehicle(v1.GetVehicleRequest(vin="WBA00000000000000"))
        error = cardata.error_of(raised.value)
        assert (error.code, error.reason, error.metadata) == (
            grpc.StatusCode.NOT_FOUND,
            reasons.VEHICLE_NOT_FOUND,
            {"accounts": "home"},
        )
        with pytest.raises(grpc.RpcError) as raised:
            next(client.subscribe(v1.SubscribeRequest(vins=["short"])))
        error = cardata.error_of(raised.value)
        assert error.reason == reasons.INVALID_REQUEST
        assert [violation.field for violation in error.field_violations] == ["vins[0]"]
        with pytest.raises(grpc.RpcError) as raised:
            next(client.subscribe(v1.SubscribeRequest(resume_token="nonsense")))
        assert cardata.error_of(raised.value).reason == reasons.RESUME_TOKEN_INVALID


def test_has_the_gateways_catalogue(real_gateway: RealGateway) -> None:
    with cardata.connect(real_gateway.address) as client:
        listed = client.telematics.ListDescriptors(v1.ListDescriptorsRequest()).descriptors
    assert {descriptor.descriptor_id for descriptor in listed} == {
        value for name, value in vars(cardata.descriptors).items() if name.isupper()
    }
