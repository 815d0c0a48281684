# SPDX-License-Identifier: Apache-2.0
"""A server that answers Subscribe by a script, with bytes made by hand: a gateway of the future."""

from __future__ import annotations

import concurrent.futures
import threading
from typing import TYPE_CHECKING, Any

import grpc
from cardata import v1
from google.protobuf.internal import encoder

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUBSCRIBE = "/cardata.v1.TelematicsService/Subscribe"


def wire(fields: dict[int, Any]) -> bytes:
    """Encode a message of any fields: numbers, texts, messages, or lists of them."""
    written: list[bytes] = []
    for number, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            _write(written, number, value)
    return b"".join(written)


def _write(written: list[bytes], number: int, value: Any) -> None:
    varint = encoder._VarintEncoder()
    if isinstance(value, int):
        varint(written.append, number << 3)
        varint(written.append, value)
        return
    data = value.encode() if isinstance(value, str) else wire(value)
    varint(written.append, number << 3 | 2)
    varint(written.append, len(data))
    written.append(data)


class ScriptedServer(grpc.GenericRpcHandler):
    """Plays the script that belongs to the token of the request, and ends the stream."""

    def __init__(self, scripts: list[dict[str, Any]]) -> None:
        self._scripts = {script.get("token", ""): script for script in scripts}
        self._threads = concurrent.futures.ThreadPoolExecutor(20)
        self._server = grpc.server(self._threads, handlers=(self,))
        self._port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self._port}"

    def end(self) -> None:
        """Cut all connections, and listen no more."""
        self._server.stop(None).wait()
        self._threads.shutdown()

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """Find what answers a call."""
        if details.method != _SUBSCRIBE:
            return None
        return grpc.unary_stream_rpc_method_handler(
            self._subscribe, request_deserializer=v1.SubscribeRequest.FromString
        )

    def _subscribe(
        self, request: v1.SubscribeRequest, context: grpc.ServicerContext
    ) -> Iterator[bytes]:
        gone = threading.Event()
        if not context.add_callback(gone.set):
            return
        script = self._scripts.get(request.resume_token)
        if script is None:
            context.abort(grpc.StatusCode.INTERNAL, f"no script for {request.resume_token!r}")
        for fields in script["send"]:
            yield wire(fields)
        if "fail" in script:
            context.abort(grpc.StatusCode[script["fail"]], "as the script says")
        gone.wait()
