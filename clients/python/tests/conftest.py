# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from certificates import Certificates
from fake_gateway import FakeGateway
from real_gateway import BIN, RealGateway, running

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    gateway = FakeGateway()
    yield gateway
    gateway.stop()


@pytest.fixture
def no_threads_left() -> Iterator[None]:
    """Wait until every thread that the test began has ended; for ever, if one does not."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def real_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealGateway]:
    if BIN is None:
        pytest.skip("CARDATA_BIN does not name a folder with cardata-gateway and cardata-sim")
    folder: pathlib.Path = tmp_path_factory.mktemp("real")
    with running(BIN, folder) as gateway:
        yield gateway
