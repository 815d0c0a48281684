# SPDX-License-Identifier: Apache-2.0
"""A deadline for calls that have none."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import grpc

from cardata._target import DEADLINE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class _CallDetails(grpc.ClientCallDetails):
    method: str
    timeout: float | None
    metadata: Any
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


class Deadline(grpc.UnaryUnaryClientInterceptor):
    """Gives unary calls a deadline."""

    def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.ClientCallDetails, Any], Any],
        client_call_details: grpc.ClientCallDetails,
        request: Any,
    ) -> Any:
        """Call with the caller's deadline, or with ours."""
        details = client_call_details
        if details.timeout is None:
            details = _CallDetails(
                details.method,
                DEADLINE_SECONDS,
                details.metadata,
                details.credentials,
                details.wait_for_ready,
                details.compression,
            )
        return continuation(details, request)
