# SPDX-License-Identifier: Apache-2.0
"""A client of CarData Gateway.

    import cardata

    with cardata.connect("localhost:9610") as client, client.subscribe() as subscription:
        for update in subscription:
            print(update.value)

`connect` gives a `Client`: the gateway's services, and subscriptions that go on by themselves.
`cardata.aio` has the same for asyncio. The messages are in `cardata.v1`, the telematics
descriptors in `cardata.descriptors`, the reasons of errors in `cardata.reasons`.
"""

from cardata import aio, descriptors, reasons, v1
from cardata._client import Client, connect
from cardata._error import ErrorDetails, FieldViolation, QuotaViolation, error_of
from cardata._subscription import Subscription
from cardata._update import Reconnecting, Update, UpdateValue

__all__ = [
    "Client",
    "ErrorDetails",
    "FieldViolation",
    "QuotaViolation",
    "Reconnecting",
    "Subscription",
    "Update",
    "UpdateValue",
    "aio",
    "connect",
    "descriptors",
    "error_of",
    "reasons",
    "v1",
]
