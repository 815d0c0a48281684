# SPDX-License-Identifier: Apache-2.0
"""A gRPC server that plays the gateway by scripts."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import queue
import threading
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import status_pb2

from cardata import v1

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclasses.dataclass(frozen=True)
class Fail:
    """A step: the stream ends with this error."""

    code: grpc.StatusCode
    message: str = "as the script says"
    details: tuple[Any, ...] = ()


class Hold:
    """A step: nothing more is sent until the client is gone."""


HOLD = Hold()
Step: TypeAlias = v1.SubscribeResponse | bytes | Fail | Hold


def details_metadata(
    code: grpc.StatusCode, message: str, details: tuple[Any, ...]
) -> tuple[str, bytes]:
    """Pack the details of an error as the gateway sends them."""
    status = status_pb2.Status(code=code.value[0], message=message)
    for detail in details:
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return "grpc-status-details-bin", status.SerializeToString()


class FakeGateway:
    """Answers each Subscribe by the next script; when there is none left, by holding the stream.

    `requests` gets each request of Subscribe, `gone` a token for each stream that has ended,
    `unary` the method and the remaining time of each other call.
    """

    def __init__(self, credentials: grpc.ServerCredentials | None = None) -> None:
        self._credentials = credentials
        self._scripts: queue.SimpleQueue[tuple[Step, ...]] = queue.SimpleQueue()
        self._port = 0
        self.requests: queue.SimpleQueue[v1.SubscribeRequest] = queue.SimpleQueue()
        self.gone: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.unary: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
        self.fail_unary: Fail | None = None
        self.start()

    def script(self, *steps: Step) -> None:
        """Say what the next stream sends; after the last step it ends without an error."""
        self._scripts.put(steps)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"localhost:{self._port}"

    def start(self) -> None:
        """Listen; after a stop, where it did before."""
        self._threads = concurrent.futures.ThreadPoolExecutor(20)
        self._server = grpc.server(self._threads)
        self._server.add_generic_rpc_handlers((_Handlers(self),))
        at = f"localhost:{self._port}"
        if self._credentials is None:
            self._port = self._server.add_insecure_port(at)
        else:
            self._port = self._server.add_secure_port(at, self._credentials)
        self._server.start()

    def stop(self) -> None:
        """Cut all connections, and listen no more."""
        self._server.stop(None).wait()
        self._threads.shutdown()

    def subscribe(
        self, request: v1.SubscribeRequest, context: grpc.ServicerContext
    ) -> Iterator[v1.SubscribeResponse | bytes]:
        gone = threading.Event()
        if not context.add_callback(gone.set):
            gone.set()
        self.requests.put(request)
        try:
            steps = self._scripts.get_nowait()
        except queue.Empty:
            steps = (HOLD,)
        try:
            for step in steps:
                if isinstance(step, Hold):
                    gone.wait()
                elif isinstance(step, Fail):
                    fail(context, step)
                else:
                    yield step
        finally:
            self.gone.put(None)

    def answer(self, method: str, context: grpc.ServicerContext) -> bytes:
        self.unary.put((method, context.time_remaining()))
        if self.fail_unary is not None:
            fail(context, self.fail_unary)
        return b""


def fail(context: grpc.ServicerContext, step: Fail) -> None:
    """End a call with an error."""
    if step.details:
        context.set_trailing_metadata((details_metadata(step.code, step.message, step.details),))
    context.abort(step.code, step.message)


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, gateway: FakeGateway) -> None:
        self._gateway = gateway

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        if details.method == "/cardata.v1.TelematicsService/Subscribe":
            return grpc.unary_stream_rpc_method_handler(
                self._gateway.subscribe,
                request_deserializer=v1.SubscribeRequest.FromString,
                response_serializer=_bytes_of,
            )
        return grpc.unary_unary_rpc_method_handler(
            lambda _, context: self._gateway.answer(details.method, context)
        )


def _bytes_of(response: v1.SubscribeResponse | bytes) -> bytes:
    return response if isinstance(response, bytes) else response.SerializeToString()


def event(sequence: int) -> v1.Entry:
    """Make an entry with an event."""
    value = v1.Value(number=sequence)
    return v1.Entry(
        sequence=sequence, event=v1.Event(account="home", descriptor_id="vehicle.x", value=value)
    )


def response(resume_token: str, *entries: v1.Entry, **notice: Any) -> v1.SubscribeResponse:
    """Make a response."""
    events_only = bool(entries) and all(entry.HasField("event") for entry in entries)
    return v1.SubscribeResponse(
        resume_token=resume_token, entries=entries, events_only=events_only, **notice
    )


def all_kinds() -> tuple[v1.SubscribeResponse, list[type]]:
    """Make a response with entries of all kinds, and say what comes of it."""
    entries = (
        event(1),
        v1.Entry(sequence=2, gap=v1.Gap()),
        v1.Entry(sequence=3, position=v1.Position()),
        v1.Entry(sequence=4, not_kept=v1.NotKept()),
        v1.Entry(sequence=5, account_removed=v1.AccountRemoved()),
        v1.Entry(sequence=6),
        event(7),
    )
    kinds = [v1.Event, v1.Gap, v1.Position, v1.NotKept, v1.AccountRemoved, v1.Entry, v1.Event]
    return response("all", *entries), kinds


def started(resume_token: str, heartbeat_seconds: float = 15.0) -> v1.SubscribeResponse:
    """Make the first response of a stream."""
    interval = duration_pb2.Duration()
    interval.FromNanoseconds(int(heartbeat_seconds * 1e9))
    return response(resume_token, started=v1.Started(epoch="e", heartbeat_interval=interval))
