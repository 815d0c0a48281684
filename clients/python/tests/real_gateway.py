# SPDX-License-Identifier: Apache-2.0
"""The real gateway with the simulator, found by the environment variable CARDATA_BIN.

    python real_gateway.py COMMAND...

starts both, logs an account in, publishes an event and runs the command, which finds the gateway's
address in CARDATA_TARGET. Both are started as the conformance suite does, in tests/conformance.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from gateway import Gateway
from simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = pathlib.Path(os.environ["CARDATA_BIN"]) if os.environ.get("CARDATA_BIN") else None


class RealGateway(Gateway):
    """The gateway, and its simulator. The car sends nothing by itself, if no factor makes it."""

    def __init__(self, binaries: pathlib.Path, folder: pathlib.Path, simulator: Simulator) -> None:
        super().__init__(binaries, folder, simulator, {})
        self.simulator = simulator

    def publish(self, first_number: int, total: int) -> None:
        """Let the car send numbered events."""
        load = {"account": "home", "first_number": first_number, "total": total}
        self.simulator.ask("POST", "/load", load | {"events_per_second": 20_000})


@contextlib.contextmanager
def running(
    binaries: pathlib.Path, folder: pathlib.Path, time_factor: float = 0
) -> Iterator[RealGateway]:
    """Run both, with the account `home` logged in."""
    with contextlib.ExitStack() as ends:
        simulator = Simulator(binaries, folder, {"time_factor": time_factor})
        ends.callback(simulator.end)
        gateway = RealGateway(binaries, folder, simulator)
        gateway.start()
        ends.callback(gateway.end)
        gateway.log_in(simulator, "home")
        yield gateway


def main() -> int:
    assert BIN is not None, "CARDATA_BIN must name the folder of cardata-gateway and cardata-sim"
    with tempfile.TemporaryDirectory() as folder, running(BIN, pathlib.Path(folder)) as gateway:
        gateway.publish(first_number=1, total=1)
        environment = os.environ | {"CARDATA_TARGET": gateway.address}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
