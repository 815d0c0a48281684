# SPDX-License-Identifier: Apache-2.0
"""Draws the picture of examples/drive_and_charge from a journey of the simulator's car.

The command is in examples/drive_and_charge/README.md.
"""

from __future__ import annotations

import math
import pathlib
import sys
import tempfile

import cardata
import plot
from cardata import descriptors, v1
from real_gateway import BIN, RealGateway, running

HOME = (48.1372, 11.5755)
FACTOR = 900.0
"""So much faster passes the car's time: a drive of half an hour takes two seconds."""
LOW, HIGH = 30.0, 100.0


def travel(gateway: RealGateway, below: float) -> str:
    """Drive until the car is away from home with less than that charge, charge it, and name it."""
    vin = gateway.simulator.vin("home")
    gateway.simulator.ask("PATCH", f"/vehicles/{vin}/quirks", {"late": 0, "duplicates": 0})
    request = v1.SubscribeRequest(
        vins=[vin],
        positions=True,
        descriptor_patterns=[
            descriptors.VEHICLE_IS_MOVING,
            descriptors.VEHICLE_DRIVETRAIN_BATTERY_MANAGEMENT_HEADER,
            descriptors.VEHICLE_DRIVETRAIN_ELECTRIC_ENGINE_CHARGING_HV_STATUS,
        ],
    )
    soc, live, whole, away, plugged, charging, ended = 100.0, *[False] * 6
    with cardata.connect(gateway.address) as client, client.subscribe(request) as subscription:
        for update in subscription:
            match update.value:
                case v1.CaughtUp():
                    live = True
                    gateway.simulator.ask("POST", f"/vehicles/{vin}/drive")
                case v1.Position() as at:
                    away = math.dist((at.latitude, at.longitude), HOME) > 0.05
                case v1.Event(late=False) as event if event.descriptor_id.endswith("hvStatus"):
                    ended = charging and event.raw != "CHARGING"
                    charging = event.raw == "CHARGING"
                case v1.Event(late=False) as event if event.descriptor_id.endswith("header"):
                    soc = event.value.number
                    if ended and plugged and soc > 79:
                        return vin
                    ended = False  # its owner, who has plans of their own, has unplugged it
                case v1.Event(late=False) as event if live and not event.value.boolean:
                    plugged = whole and away and soc < below
                    whole = True  # the next drive, for the first may have begun unseen
                    gateway.simulator.ask(
                        "POST", f"/vehicles/{vin}/{'charge' if plugged else 'drive'}"
                    )
    raise AssertionError("a subscription has no end")


def draw(file: pathlib.Path, below: float = LOW) -> None:
    """Let the car travel, and draw it."""
    assert BIN is not None, "CARDATA_BIN must name the folder of cardata-gateway and cardata-sim"
    with (
        tempfile.TemporaryDirectory() as folder,
        running(BIN, pathlib.Path(folder), FACTOR) as gateway,
    ):
        vin = travel(gateway, below)
        plot.main(["--target", gateway.address, "--vin", vin, str(file)])


if __name__ == "__main__":
    draw(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "drive_and_charge.png"))
