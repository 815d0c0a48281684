# SPDX-License-Identifier: Apache-2.0
"""A connection to the gateway, for asyncio."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, cast

import grpc

from cardata import v1
from cardata._course import Course
from cardata._pace import Pace
from cardata._target import target_of
from cardata.aio._deadline import Deadline
from cardata.aio._follower import Follower
from cardata.aio._pause import Pause
from cardata.aio._subscription import Subscription
from cardata.v1.auth_service_pb2_grpc import AuthServiceStub
from cardata.v1.charging_service_pb2_grpc import ChargingServiceStub
from cardata.v1.container_service_pb2_grpc import ContainerServiceStub
from cardata.v1.telematics_service_pb2_grpc import TelematicsServiceStub
from cardata.v1.vehicle_service_pb2_grpc import VehicleServiceStub

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from cardata.v1.auth_service_pb2_grpc import AuthServiceAsyncStub
    from cardata.v1.charging_service_pb2_grpc import ChargingServiceAsyncStub
    from cardata.v1.container_service_pb2_grpc import ContainerServiceAsyncStub
    from cardata.v1.telematics_service_pb2_grpc import TelematicsServiceAsyncStub
    from cardata.v1.vehicle_service_pb2_grpc import VehicleServiceAsyncStub


def connect(
    target: str,
    *,
    ca: bytes | None = None,
    certificate: bytes | None = None,
    key: bytes | None = None,
    server_name: str | None = None,
    plaintext: bool = False,
) -> Client:
    """Make a client of the gateway at `target`; the arguments are those of `cardata.connect`.

    To be called where the event loop runs.
    """
    to = target_of(
        target,
        ca=ca,
        certificate=certificate,
        key=key,
        server_name=server_name,
        plaintext=plaintext,
    )
    interceptors = [Deadline()]
    if to.credentials is None:
        channel = grpc.aio.insecure_channel(to.address, to.options, interceptors=interceptors)
    else:
        channel = grpc.aio.secure_channel(
            to.address, to.credentials, to.options, interceptors=interceptors
        )
    return Client(channel)


class Client:
    """The gateway's services on one connection, and subscriptions. Made by `connect`.

    Unary calls that have no timeout get one of 60 s. Use it in an `async with` statement, or close
    it.
    """

    auth: AuthServiceAsyncStub
    """Logging accounts in and out, and how they are."""
    vehicles: VehicleServiceAsyncStub
    """Vehicles and what BMW knows of them."""
    containers: ContainerServiceAsyncStub
    """What `vehicles.GetTelematicData` reads."""
    charging: ChargingServiceAsyncStub
    """Charging sessions and settings."""
    telematics: TelematicsServiceAsyncStub
    """Current values, and the catalogue of descriptors. For the stream, see `subscribe`."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._followers: weakref.WeakSet[Follower] = weakref.WeakSet()
        self.auth = cast("AuthServiceAsyncStub", AuthServiceStub(channel))
        self.vehicles = cast("VehicleServiceAsyncStub", VehicleServiceStub(channel))
        self.containers = cast("ContainerServiceAsyncStub", ContainerServiceStub(channel))
        self.charging = cast("ChargingServiceAsyncStub", ChargingServiceStub(channel))
        self.telematics = cast("TelematicsServiceAsyncStub", TelematicsServiceStub(channel))

    def subscribe(self, request: v1.SubscribeRequest | None = None) -> Subscription:
        """Follow vehicles; without a request all of them, beginning with their current values.

        It is the first iteration that subscribes. To begin where an earlier subscription was, set
        `resume_token` in the request to an update's.
        """
        course = Course(request or v1.SubscribeRequest(), Pace())
        follower = Follower(self.telematics.Subscribe, course, Pause(self._channel))
        self._followers.add(follower)
        return Subscription(follower)

    async def close(self) -> None:
        """End all calls and subscriptions, and the connection."""
        for follower in list(self._followers):
            await follower.close()
        await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
