# SPDX-License-Identifier: Apache-2.0
"""What the gateway says about a call that failed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class FieldViolation:
    """A field of the request that is wrong."""

    field: str
    """The field's path, for example `vins[0]`."""
    description: str
    """What is wrong with it."""


@dataclasses.dataclass(frozen=True, slots=True)
class QuotaViolation:
    """A limit that was reached."""

    subject: str
    """What the limit is for: `account`, or the gateway's setting that bounds it."""
    description: str
    """Which limit it is."""


@dataclasses.dataclass(frozen=True, slots=True)
class ErrorDetails:
    """Why a call failed."""

    code: grpc.StatusCode
    """The status code."""
    message: str
    """What happened and what to do about it, for a person. It may change."""
    reason: str = ""
    """Why, for a program: one of `cardata.reasons`, or of a newer gateway. Empty if the error is
    not the gateway's own."""
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What belongs to the reason, for example the account."""
    retry_delay: float | None = None
    """The seconds after which to try again. None if the gateway did not say."""
    field_violations: tuple[FieldViolation, ...] = ()
    """The fields of the request that are wrong."""
    quota_violations: tuple[QuotaViolation, ...] = ()
    """The limits that were reached."""


def error_of(exception: grpc.RpcError) -> ErrorDetails:
    """Read what a failed call tells, from the exception that it raised.

        try:
            client.vehicles.GetVehicle(cardata.v1.GetVehicleRequest(vin=vin))
        except grpc.RpcError as exception:
            error = cardata.error_of(exception)
            if error.reason == cardata.reasons.QUOTA_EXHAUSTED:
                print(f"again in {error.retry_delay} s")

    Raises TypeError for any other exception.
    """
    call: Any = exception
    if not isinstance(exception, grpc.RpcError) or not hasattr(call, "code"):
        raise TypeError(f"error_of takes the grpc.RpcError of a call, not {exception!r}")
    found: dict[str, Any] = {}
    for detail in _details(call.trailing_metadata() or ()):
        found.update(_read(detail))
    return ErrorDetails(call.code(), call.details() or "", **found)


def _details(trailing_metadata: Any) -> Any:
    """Find the details of the status, packed in `Any`; none if they cannot be read."""
    for key, value in trailing_metadata:
        if key == "grpc-status-details-bin":
            try:
                return status_pb2.Status.FromString(value).details
            except DecodeError:
                pass
    return ()


def _read(detail: Any) -> dict[str, Any]:
    """Read one detail as arguments of `ErrorDetails`; nothing if it is of an unknown kind."""
    kind = _READERS.get(detail.TypeName())
    if kind is None:
        return {}
    message, read = kind
    try:
        arguments: dict[str, Any] = read(message.FromString(detail.value))
    except DecodeError:
        return {}
    return arguments


_DOMAIN = "cardata-gateway"
"""Of the gateway's own errors; a proxy's have another."""

_READERS: dict[str, tuple[Any, Any]] = {
    "google.rpc.ErrorInfo": (
        error_details_pb2.ErrorInfo,
        lambda info: (
            {"reason": info.reason, "metadata": dict(info.metadata)}
            if info.domain == _DOMAIN
            else {}
        ),
    ),
    "google.rpc.RetryInfo": (
        error_details_pb2.RetryInfo,
        lambda info: {"retry_delay": info.retry_delay.ToTimedelta().total_seconds()},
    ),
    "google.rpc.BadRequest": (
        error_details_pb2.BadRequest,
        lambda bad: {
            "field_violations": tuple(
                FieldViolation(violation.field, violation.description)
                for violation in bad.field_violations
            )
        },
    ),
    "google.rpc.QuotaFailure": (
        error_details_pb2.QuotaFailure,
        lambda failure: {
            "quota_violations": tuple(
                QuotaViolation(violation.subject, violation.description)
                for violation in failure.violations
            )
        },
    ),
}
