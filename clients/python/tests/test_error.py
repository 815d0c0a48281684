# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from google.protobuf import wrappers_pb2
from google.rpc import error_details_pb2

import cardata
from cardata import reasons, v1
from fake_gateway import Fail, FakeGateway

EXHAUSTED = Fail(
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    "all 50 requests of today are spent",
    (
        error_details_pb2.ErrorInfo(
            reason="QUOTA_EXHAUSTED", domain="cardata-gateway", metadata={"account": "home"}
        ),
        error_details_pb2.RetryInfo(retry_delay={"seconds": 90, "nanos": 500_000_000}),
        error_details_pb2.QuotaFailure(
            violations=[{"subject": "account", "description": "50 a day"}]
        ),
        wrappers_pb2.StringValue(value="of a kind that nobody knows"),
    ),
)


def raised_by_a_call(gateway: FakeGateway, fail: Fail) -> grpc.RpcError:
    gateway.fail_unary = fail
    with cardata.connect(gateway.address) as client, pytest.raises(grpc.RpcError) as raised:
        client.vehicles.ListVehicles(v1.ListVehiclesRequest())
    return raised.value


def test_reads_all_details(gateway: FakeGateway) -> None:
    error = cardata.error_of(raised_by_a_call(gateway, EXHAUSTED))
    assert error == cardata.ErrorDetails(
        code=grpc.StatusCode.RESOURCE_EXHAUSTED,
        message="all 50 requests of today are spent",
        reason=reasons.QUOTA_EXHAUSTED,
        metadata={"account": "home"},
        retry_delay=90.5,
        quota_violations=(cardata.QuotaViolation("account", "50 a day"),),
    )


def test_reads_those_of_asyncio(gateway: FakeGateway) -> None:
    gateway.fail_unary = EXHAUSTED

    async def call() -> grpc.RpcError:
        async with cardata.aio.connect(gateway.address) as client:
            with pytest.raises(grpc.RpcError) as raised:
                await client.vehicles.ListVehicles(v1.ListVehiclesRequest())
        return raised.value

    of_asyncio = cardata.error_of(asyncio.run(call()))
    assert of_asyncio == cardata.error_of(raised_by_a_call(gateway, EXHAUSTED))


def test_reads_which_fields_are_wrong(gateway: FakeGateway) -> None:
    bad = error_details_pb2.BadRequest(
        field_violations=[{"field": "vins[0]", "description": "not 17 characters"}]
    )
    fail = Fail(grpc.StatusCode.INVALID_ARGUMENT, "bad", (bad,))
    error = cardata.error_of(raised_by_a_call(gateway, fail))
    assert error.field_violations == (cardata.FieldViolation("vins[0]", "not 17 characters"),)
    assert (error.reason, error.retry_delay) == ("", None)


def test_hands_on_a_reason_of_a_newer_gateway(gateway: FakeGateway) -> None:
    info = error_details_pb2.ErrorInfo(reason="OF_TOMORROW", domain="cardata-gateway")
    fail = Fail(grpc.StatusCode.ABORTED, "?", (info,))
    assert cardata.error_of(raised_by_a_call(gateway, fail)).reason == "OF_TOMORROW"


def test_an_error_without_details_has_none(gateway: FakeGateway) -> None:
    fail = Fail(grpc.StatusCode.INTERNAL, "broken")
    error = cardata.error_of(raised_by_a_call(gateway, fail))
    assert error == cardata.ErrorDetails(grpc.StatusCode.INTERNAL, "broken")


class Garbled(grpc.RpcError):
    def __init__(self, details: bytes) -> None:
        self._details = details

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.INTERNAL

    def details(self) -> str:
        return "broken"

    def trailing_metadata(self) -> Any:
        return (("grpc-status-details-bin", self._details),)


@pytest.mark.parametrize(
    "details",
    [
        b"\xff\xff",
        b"\x1a\x30\x0a\x28type.googleapis.com/google.rpc.ErrorInfo\x12\x02\xff\xff\x20\x20",
        b"\x1a\x2e\x0a\x28type.googleapis.com/google.rpc.ErrorInfo\x12\x02\xff\xff",
    ],
)
def test_garbled_details_are_none(details: bytes) -> None:
    assert cardata.error_of(Garbled(details)) == cardata.ErrorDetails(
        grpc.StatusCode.INTERNAL, "broken"
    )


def test_takes_nothing_but_errors_of_calls() -> None:
    with pytest.raises(TypeError, match="error_of takes"):
        cardata.error_of(ValueError("no"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="error_of takes"):
        cardata.error_of(grpc.RpcError())


def test_takes_no_reason_of_another_domain(gateway: FakeGateway) -> None:
    info = error_details_pb2.ErrorInfo(reason="RATE_LIMITED", domain="proxy.example")
    fail = Fail(grpc.StatusCode.UNAVAILABLE, "a proxy is busy", (info,))
    error = cardata.error_of(raised_by_a_call(gateway, fail))
    assert (error.code, error.reason) == (grpc.StatusCode.UNAVAILABLE, "")
