# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc
import pytest

import cardata
from cardata import v1
from fake_gateway import FakeGateway, started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from certificates import Certificates


def call_all(client: Any, **options: Any) -> list[Any]:
    """Call a method of each service."""
    return [
        client.auth.ListAccounts(v1.ListAccountsRequest(), **options),
        client.vehicles.ListVehicles(v1.ListVehiclesRequest(), **options),
        client.containers.ListContainers(v1.ListContainersRequest(), **options),
        client.charging.ListChargingSessions(v1.ListChargingSessionsRequest(), **options),
        client.telematics.ListDescriptors(v1.ListDescriptorsRequest(), **options),
    ]


async def call_all_of_asyncio(address: str, **options: Any) -> None:
    async with cardata.aio.connect(address) as client:
        await asyncio.gather(*call_all(client, **options))


def seen(gateway: FakeGateway) -> Iterator[tuple[str, float]]:
    while not gateway.unary.empty():
        yield gateway.unary.get()


def test_has_all_services(gateway: FakeGateway) -> None:
    with cardata.connect(gateway.address) as client:
        assert call_all(client)[1] == v1.ListVehiclesResponse()
    methods = {
        "/cardata.v1.AuthService/ListAccounts",
        "/cardata.v1.VehicleService/ListVehicles",
        "/cardata.v1.ContainerService/ListContainers",
        "/cardata.v1.ChargingService/ListChargingSessions",
        "/cardata.v1.TelematicsService/ListDescriptors",
    }
    assert {method for method, _ in seen(gateway)} == methods
    asyncio.run(call_all_of_asyncio(gateway.address))
    assert {method for method, _ in seen(gateway)} == methods


def test_calls_without_a_deadline_get_one(gateway: FakeGateway) -> None:
    with cardata.connect(gateway.address) as client:
        call_all(client)
    asyncio.run(call_all_of_asyncio(gateway.address))
    assert all(0 < remaining < 61 for _, remaining in seen(gateway))


def test_a_deadline_of_the_callers_stays(gateway: FakeGateway) -> None:
    with cardata.connect(gateway.address) as client:
        call_all(client, timeout=3600)
    asyncio.run(call_all_of_asyncio(gateway.address, timeout=3600))
    assert all(61 < remaining < 4000 for _, remaining in seen(gateway))


def test_a_subscription_has_none(gateway: FakeGateway) -> None:
    deadlines: list[float | None] = []
    handle = gateway.subscribe

    def subscribe(request: v1.SubscribeRequest, context: grpc.ServicerContext) -> Any:
        deadlines.append(context.time_remaining())
        return handle(request, context)

    gateway.subscribe = subscribe  # type: ignore[method-assign]
    gateway.script(started("a"))
    with cardata.connect(gateway.address) as client, client.subscribe() as subscription:
        next(subscription)
    assert deadlines[0] is None or deadlines[0] > 1e6


@pytest.fixture
def start_tls(certificates: Certificates) -> Iterator[Callable[[bool], FakeGateway]]:
    """Start a gateway with TLS, which may ask for a certificate of the client's."""
    gateways = []

    def start(mutual: bool) -> FakeGateway:
        pair = (certificates.read("server.key"), certificates.read("server.pem"))
        ca = certificates.read("ca.pem") if mutual else None
        gateways.append(FakeGateway(grpc.ssl_server_credentials([pair], ca, mutual)))
        return gateways[-1]

    yield start
    for gateway in gateways:
        gateway.stop()


def test_tls(start_tls: Callable[[bool], FakeGateway], certificates: Certificates) -> None:
    address, ca = start_tls(False).address, certificates.read("ca.pem")
    with cardata.connect(address, ca=ca, server_name="car.example") as client:
        assert client.vehicles.ListVehicles(v1.ListVehiclesRequest()) == v1.ListVehiclesResponse()

    async def call() -> v1.ListVehiclesResponse:
        async with cardata.aio.connect(address, ca=ca, server_name="car.example") as client:
            response: v1.ListVehiclesResponse = await client.vehicles.ListVehicles(
                v1.ListVehiclesRequest()
            )
            return response

    assert asyncio.run(call()) == v1.ListVehiclesResponse()


def test_tls_with_the_systems_roots(
    start_tls: Callable[[bool], FakeGateway],
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.path("ca.pem")))
    with cardata.connect(start_tls(False).address, server_name="car.example") as client:
        client.vehicles.ListVehicles(v1.ListVehiclesRequest())


def test_mutual_tls(start_tls: Callable[[bool], FakeGateway], certificates: Certificates) -> None:
    with cardata.connect(
        start_tls(True).address,
        ca=certificates.read("ca.pem"),
        certificate=certificates.read("client.pem"),
        key=certificates.read("client.key"),
        server_name="car.example",
    ) as client:
        client.vehicles.ListVehicles(v1.ListVehiclesRequest())


@pytest.mark.parametrize(
    ("mutual", "server_name"), [(False, "other.example"), (True, "car.example")]
)
def test_tls_that_does_not_fit(
    start_tls: Callable[[bool], FakeGateway],
    certificates: Certificates,
    mutual: bool,
    server_name: str,
) -> None:
    address = start_tls(mutual).address
    with (
        cardata.connect(address, ca=certificates.read("ca.pem"), server_name=server_name) as client,
        pytest.raises(grpc.RpcError) as raised,
    ):
        client.vehicles.ListVehicles(v1.ListVehiclesRequest())
    assert cardata.error_of(raised.value).code == grpc.StatusCode.UNAVAILABLE
