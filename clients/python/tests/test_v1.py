# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import importlib
import pkgutil

import cardata
from cardata import descriptors, reasons, v1


def test_has_every_message_and_enum() -> None:
    missing = []
    for module in pkgutil.iter_modules(v1.__path__, "cardata.v1."):
        if module.name.endswith("_pb2"):
            file = importlib.import_module(module.name).DESCRIPTOR
            values = [
                name for enum in file.enum_types_by_name.values() for name in enum.values_by_name
            ]
            names = [*file.message_types_by_name, *file.enum_types_by_name, *values]
            missing += [name for name in names if name not in v1.__all__]
    assert missing == []
    assert all(hasattr(v1, name) for name in v1.__all__)


def test_has_every_reason() -> None:
    of_the_proto = {name.removeprefix("ERROR_REASON_") for name in v1.ErrorReason.keys()}  # noqa: SIM118
    assert of_the_proto - {"UNSPECIFIED"} == {
        name for name in dir(reasons) if name.isupper() and getattr(reasons, name) == name
    }


def test_has_the_catalogue() -> None:
    catalogue = [value for name, value in vars(descriptors).items() if name.isupper()]
    assert len(catalogue) == len(set(catalogue)) == 294
    assert descriptors.VEHICLE_DRIVETRAIN_BATTERY_MANAGEMENT_HEADER in catalogue


def test_has_all_that_it_names() -> None:
    assert all(hasattr(cardata, name) for name in cardata.__all__)
