# SPDX-License-Identifier: Apache-2.0
"""A gRPC server that answers every call with the same messages, over and over, made before.

It speaks just as much of HTTP/2 as gRPC's clients need, and costs a small part of what they do:
what is measured with it is the client. Whoever calls is taken to have called Subscribe.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading

from cardata import v1

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _WINDOW_UPDATE = 0, 1, 3, 4, 6, 8
_ACK, _END_STREAM, _END_HEADERS = 1, 1, 4
_INITIAL_WINDOW_SIZE = 4  # of the settings
_FRAME_BYTES = 16_384  # that every peer takes
_AT_ONCE = 16  # frames
# HPACK: :status 200 by its index; content-type, whose name has index 31, as a literal.
_RESPONSE_HEADERS = b"\x88\x0f\x10\x10application/grpc"


def messages(events_each: int) -> bytes:
    """Make a megabyte of messages, as gRPC frames them, with so many events each."""
    response = v1.SubscribeResponse(resume_token="x" * 24, events_only=True)
    for number in range(1, events_each + 1):
        event = response.entries.add(sequence=number).event
        event.account, event.vin = "home", "WBA0000000000001X"
        event.descriptor_id = "vehicle.drivetrain.electricEngine.charging.level"
        event.value.number, event.raw, event.unit = 82.5, "82.5", "%"
        event.source = v1.EVENT_SOURCE_STREAM
        event.measure_time.FromSeconds(1_800_000_000)
        event.receive_time.FromNanoseconds(1_800_000_001_234_567_890)
    message = response.SerializeToString()
    framed = struct.pack(">BI", 0, len(message)) + message
    return framed * max(1, (1 << 20) // len(framed))


class CannedServer:
    """Sends to each stream what it was given, as fast as the client takes it."""

    def __init__(self, data: bytes) -> None:
        self._data = data + data[:_FRAME_BYTES]
        self._length = len(data)
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        """Take no more connections; those that are there end with their clients."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(ConnectionError):
            _Connection(connection, self._data, self._length).run()


class _Connection:
    """One client; it has one stream at a time."""

    def __init__(self, peer: socket.socket, data: bytes, length: int) -> None:
        self._peer = peer
        self._data, self._length = memoryview(data), length
        self._stream = 0
        self._asked = False  # whether the stream's request is complete
        self._position = 0  # in the data, of the next byte to send
        self._window = self._initial_window = self._stream_window = 65_535

    def run(self) -> None:
        if self._read(len(_PREFACE)) != _PREFACE:
            raise ConnectionError("this is no HTTP/2")
        self._send(_SETTINGS)
        while True:
            room = min(self._window, self._stream_window) if self._asked else 0
            if room <= 0 or select.select([self._peer], [], [], 0)[0]:
                self._read_frame()
            else:
                self._send_data(room)

    def _read(self, size: int) -> bytes:
        data = self._peer.recv(size, socket.MSG_WAITALL) if size else b""
        if len(data) < size:
            raise ConnectionError("the client is gone")
        return data

    def _read_frame(self) -> None:
        high, low, kind, flags, stream = struct.unpack(">BHBBI", self._read(9))
        payload = self._read(high << 16 | low)
        if kind == _SETTINGS and not flags & _ACK:
            self._apply_settings(payload)
            self._send(_SETTINGS, _ACK)
        elif kind == _PING and not flags & _ACK:
            self._send(_PING, _ACK, payload=payload)
        elif kind == _WINDOW_UPDATE and stream == 0:
            self._window += struct.unpack(">I", payload)[0]
        elif kind == _WINDOW_UPDATE and stream == self._stream:
            self._stream_window += struct.unpack(">I", payload)[0]
        elif kind == _HEADERS:
            self._stream, self._asked, self._position = stream, False, 0
            self._stream_window = self._initial_window
        elif kind == _DATA and flags & _END_STREAM:
            self._asked = True
            self._send(_HEADERS, _END_HEADERS, stream, _RESPONSE_HEADERS)
        elif kind == _RST_STREAM and stream == self._stream:
            self._asked = False

    def _apply_settings(self, payload: bytes) -> None:
        for name, value in struct.iter_unpack(">HI", payload):
            if name == _INITIAL_WINDOW_SIZE:
                self._stream_window += value - self._initial_window
                self._initial_window = value

    def _send_data(self, room: int) -> None:
        parts: list[bytes | memoryview] = []
        for _ in range(_AT_ONCE):
            size = min(room, _FRAME_BYTES)
            if size == 0:
                break
            parts += _head(size, _DATA, 0, self._stream), self._data[self._position :][:size]
            self._position = (self._position + size) % self._length
            room -= size
            self._window -= size
            self._stream_window -= size
        self._peer.sendall(b"".join(parts))

    def _send(self, kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> None:
        self._peer.sendall(_head(len(payload), kind, flags, stream) + payload)


def _head(size: int, kind: int, flags: int, stream: int) -> bytes:
    return struct.pack(">BHBBI", size >> 16, size & 0xFFFF, kind, flags, stream)
