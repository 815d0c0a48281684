# SPDX-License-Identifier: Apache-2.0
"""A deadline for calls that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from cardata._target import DEADLINE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Deadline(grpc.aio.UnaryUnaryClientInterceptor):
    """Gives unary calls a deadline."""

    async def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Awaitable[Any]],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        """Call with the caller's deadline, or with ours."""
        details = client_call_details
        if details.timeout is None:
            details = grpc.aio.ClientCallDetails(
                details.method,
                DEADLINE_SECONDS,
                details.metadata,
                details.credentials,
                details.wait_for_ready,
            )
        return await continuation(details, request)
