# SPDX-License-Identifier: Apache-2.0
"""A connection to the gateway, for threads."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

import grpc

from cardata import v1
from cardata._course import Course
from cardata._deadline import Deadline
from cardata._follower import Follower
from cardata._pace import Pace
from cardata._subscription import Subscription
from cardata._target import target_of
from cardata.v1.auth_service_pb2_grpc import AuthServiceStub
from cardata.v1.charging_service_pb2_grpc import ChargingServiceStub
from cardata.v1.container_service_pb2_grpc import ContainerServiceStub
from cardata.v1.telematics_service_pb2_grpc import TelematicsServiceStub
from cardata.v1.vehicle_service_pb2_grpc import VehicleServiceStub

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


def connect(
    target: str,
    *,
    ca: bytes | None = None,
    certificate: bytes | None = None,
    key: bytes | None = None,
    server_name: str | None = None,
    plaintext: bool = False,
) -> Client:
    """Make a client of the gateway at `target`. It does not wait until the gateway is there.

    The target is an address as gRPC names it: `localhost:9610`, `dns:///cardata:9610`,
    `unix:/run/cardata.sock`. The connection is encrypted unless the gateway is on this machine;
    each of `ca`, `certificate` and `server_name` switches TLS on there, too.

    ca: PEM of the authorities to trust instead of the system's.
    certificate, key: PEM of a client certificate with its chain, and its key (mTLS).
    server_name: the name in the gateway's certificate, where the address is another.
    plaintext: no TLS, whatever the address: for a mesh or tunnel that encrypts by itself.

    Raises ValueError if these do not fit together.
    """
    to = target_of(
        target,
        ca=ca,
        certificate=certificate,
        key=key,
        server_name=server_name,
        plaintext=plaintext,
    )
    if to.credentials is None:
        return Client(grpc.insecure_channel(to.address, to.options))
    return Client(grpc.secure_channel(to.address, to.credentials, to.options))


class Client:
    """The gateway's services on one connection, and subscriptions. Made by `connect`.

    Any thread may use it. Unary calls that have no timeout get one of 60 s. Use it in a `with`
    statement, or close it.
    """

    auth: AuthServiceStub
    """Logging accounts in and out, and how they are."""
    vehicles: VehicleServiceStub
    """Vehicles and what BMW knows of them."""
    containers: ContainerServiceStub
    """What `vehicles.GetTelematicData` reads."""
    charging: ChargingServiceStub
    """Charging sessions and settings."""
    telematics: TelematicsServiceStub
    """Current values, and the catalogue of descriptors. For the stream, see `subscribe`."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self._followers: weakref.WeakSet[Follower] = weakref.WeakSet()
        unary = grpc.intercept_channel(channel, Deadline())
        self.auth = AuthServiceStub(unary)
        self.vehicles = VehicleServiceStub(unary)
        self.containers = ContainerServiceStub(unary)
        self.charging = ChargingServiceStub(unary)
        self.telematics = TelematicsServiceStub(unary)

    def subscribe(self, request: v1.SubscribeRequest | None = None) -> Subscription:
        """Follow vehicles; without a request all of them, beginning with their current values.

        It is the first iteration that subscribes. To begin where an earlier subscription was, set
        `resume_token` in the request to an update's.
        """
        course = Course(request or v1.SubscribeRequest(), Pace())
        follower = Follower(self.telematics.Subscribe, course)
        with self._lock:
            self._followers.add(follower)
        return Subscription(follower)

    def close(self) -> None:
        """End all calls and subscriptions, and the connection."""
        with self._lock:
            followers = list(self._followers)
        for follower in followers:
            follower.close()
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
