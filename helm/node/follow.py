# SPDX-License-Identifier: Apache-2.0
"""Follows the gateway through all that is done to it, and accounts for every event of the simulator's load.

    follow.py ADDRESS SERVER_NAME FOLDER

FOLDER has ca.crt, tls.crt and tls.key of a caller. The last number that has come is in FOLDER/last. It ends when FOLDER/stop has a
number and that one has come: with 0 if every number has come once and in order, except those that were sent while a gap that was
announced lasted.
"""

import pathlib
import sys

import cardata
from cardata import v1

DESCRIPTOR = "vehicle.vehicle.travelledDistance"
# How long an event is under way to the gateway, at most. (Its own time is of whole seconds, so that of its receipt counts.)
UNDER_WAY = 0.25


def main():
    address, server_name, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    client = cardata.connect(
        address,
        ca=(folder / "ca.crt").read_bytes(),
        certificate=(folder / "tls.crt").read_bytes(),
        key=(folder / "tls.key").read_bytes(),
        server_name=server_name,
    )
    received, order, gaps, ends = {}, [], [], []
    request = v1.SubscribeRequest(descriptor_patterns=[DESCRIPTOR])
    request.heartbeat_interval.FromSeconds(1)
    with client, client.subscribe(request) as subscription:
        for update in subscription:
            match update.value:
                case v1.Event() as event:
                    number = int(float(event.raw))
                    order.append(number)
                    received[number] = event.receive_time.ToNanoseconds() / 1e9
                    (folder / "next").write_text(str(number))
                    (folder / "next").replace(folder / "last")
                case v1.Gap() as gap:
                    gaps.append((gap.start_time.ToNanoseconds() / 1e9, gap.end_time.ToNanoseconds() / 1e9,
                                 v1.GapCause.Name(gap.cause)))
                case cardata.Reconnecting() as away:
                    ends.append(away.error.reason or away.error.message)
            stop = folder / "stop"
            if stop.exists() and order and order[-1] >= int(stop.read_text() or "0") > 0:
                break

    wrong = []
    if order != sorted(set(order)):
        wrong.append("events came twice or out of order")
    missing = 0
    for before, after in zip(order, order[1:]):
        if after <= before + 1:
            continue
        missing += after - before - 1
        # The load is even, so the first and the last of those that are missing were sent one step inside.
        step = (received[after] - received[before]) / (after - before)
        first, last = received[before] + step, received[after] - step
        if not any(start <= first + UNDER_WAY and last - UNDER_WAY <= end for start, end, _ in gaps):
            wrong.append(f"{before + 1} to {after - 1} are missing, sent from {first:.3f} to {last:.3f}, and no gap covers them")
    print(f"{len(order)} events came, {order[0]} to {order[-1]}; {missing} are missing"
          f"{'' if wrong else ', all sent while a gap lasted'}")
    for start, end, cause in gaps:
        print(f"  gap of {end - start:.1f} s, {cause}")
    for end in ends:
        print(f"  the stream ended: {end}")
    for each in wrong:
        print(f"  WRONG: {each}")
    sys.exit(1 if wrong else 0)


main()
