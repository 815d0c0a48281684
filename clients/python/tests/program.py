import os

import cardata
from cardata import v1

with cardata.connect(os.environ["CARDATA_TARGET"]) as client, client.subscribe() as subscription:
    for update in subscription:
        match update.value:
            case v1.Event() as event:
                print(event.vin, event.descriptor_id, event.value.number, event.unit)
            case v1.CaughtUp():
                break
