# SPDX-License-Identifier: Apache-2.0
"""Kills the fleet table and the gateway again and again: exactly_once.py COMMAND...

Triggers note each row that the program writes, in its own transactions. At the end these notes, the
counts in the table, the gateway's log and the simulator's record of what it published must agree.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cardata import v1
from cardata.v1.auth_service_pb2_grpc import AuthServiceStub
from cardata.v1.telematics_service_pb2_grpc import TelematicsServiceStub

from gateway import Gateway
from postgres import Postgres
from programs import Failure, Program
from simulator import Published, Simulator

if TYPE_CHECKING:
    from collections.abc import Callable

_HERE = Path(__file__).parent
_EXAMPLE = _HERE.parents[2] / "clients/java/examples/fleet-table"
_SCHEMA = _EXAMPLE / "src/main/resources/fleet/schema.sql"
_ON_ITS_WAY = datetime.timedelta(seconds=5)
_SENT_AGAIN = [
    "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc",
    "vehicle.trip.segment.end.travelledDistance",
]
_LAST = "vehicle.test.last"
_WRITERS = "FROM pg_stat_activity WHERE application_name = 'fleet-table'"


class Sample(NamedTuple):
    """A value, and when it was measured."""

    descriptor_id: str
    raw: str
    measured: str


class FleetTable(Program):
    """The example."""

    def has_ended(self) -> bool:
        """Say whether it has ended by itself."""
        return self._process.poll() is not None

    def says(self, text: str) -> bool:
        """Look into its log."""
        return text in self.log.read_text()


class Trial:
    """The programs, and what is done to them."""

    def __init__(self, folder: Path, command: list[str], open_: contextlib.ExitStack) -> None:
        self._folder, self._command, self._open = folder, command, open_
        self._started = 0
        self._random = random.Random(7)
        binaries = Path(os.environ["CARDATA_BIN"]).resolve()
        # Cars with a tank can be driven without end.
        self.simulator = Simulator(
            binaries, folder, {"time_factor": 300, "vehicles": "phev,phev,ice,ice", "quota": -1}
        )
        open_.callback(self.simulator.end)
        self.gateway = Gateway(binaries, folder, self.simulator, {})
        self.gateway.start()
        open_.callback(self.gateway.end)
        self.gateway.log_in(self.simulator, "home")
        self.vins = [car["vin"] for car in self.simulator.ask("GET", "/accounts/home")["vehicles"]]
        # Hardly anything is sent twice, for the record would not say which of the two arrived.
        quirks = {"duplicates": 0, "silenced": _SENT_AGAIN}
        for vin in self.vins:
            self.simulator.ask("PATCH", f"/vehicles/{vin}/quirks", quirks)
        self.postgres = Postgres(folder)
        open_.callback(self.postgres.end)
        for sql in (_SCHEMA, _HERE / "audit.sql"):
            self.postgres.ask(sql.read_text())

    def start(self) -> FleetTable:
        """Start the example."""
        self._started += 1
        log = self._folder / f"fleet-table-{self._started}.log"
        program = FleetTable(log, [*self._command, self.gateway.address, self.postgres.jdbc_url])
        self._open.callback(program.kill)
        return program

    def begin(self) -> int:
        """Fill the empty table with the current values, and say how far the record is then."""
        self._drive()
        self.simulator.ask("POST", "/cars/pause")
        self._publish_last("before")
        self.gateway_has("before")
        program = self.start()
        program.wait_for(lambda: self.postgres.number(f"SELECT count(*) {_WRITERS}") > 0)
        program.kill()
        self.program = self.start()
        self.program.wait_for(lambda: self.token() != "")
        baseline = self.simulator.published()[-1].number
        if self.applied():
            raise Failure("current values were counted as events")
        self.simulator.ask("POST", "/cars/resume")
        return baseline

    def kill_program(self) -> None:
        """Kill it wherever it is."""
        self.program.kill()
        self.program = self.start()

    def kill_gateway(self) -> None:
        """Kill the gateway wherever it is; the program goes on."""
        self.gateway.kill()
        self.gateway.start()

    def kill_both(self) -> None:
        """Kill both."""
        self.program.kill()
        self.kill_gateway()
        self.program = self.start()

    def kill_at_the_token(self) -> None:
        """Kill it when it waits to write the token."""
        self._kill_waiting_for("fleet_resume")

    def kill_at_the_count(self) -> None:
        """Kill it when it has written token and values, and waits to count the events."""
        self._kill_waiting_for("fleet_vehicle")

    def _kill_waiting_for(self, table: str) -> None:
        session = self.postgres.session()
        assert session.stdin is not None
        session.stdin.write(f"BEGIN; SELECT * FROM {table} FOR UPDATE;\n")
        session.stdin.flush()
        waiting = f"SELECT count(*) {_WRITERS} AND wait_event_type = 'Lock'"
        self._await(lambda: self.postgres.number(waiting) > 0)
        self.program.kill()
        session.communicate("ROLLBACK;\n")
        self.program = self.start()

    def start_a_second(self) -> None:
        """Start another one: one of them must end without having written."""
        both = [self.program, self.start()]
        enough = self.applied() + 5000
        while not any(program.has_ended() for program in both):
            self._drive()
            if self.applied() > enough:
                raise Failure("two of it write to the same tables")
        ended, self.program = sorted(both, key=lambda program: not program.has_ended())
        if not ended.says("another process has gone on with these tables"):
            raise Failure(f"one of two ended:\n{ended.log.read_text()}")

    def work(self) -> None:
        """Let it apply some events, many or few."""
        goal = self.applied() + self._random.randrange(1, 300)
        self._await(lambda: self.applied() >= goal)

    def finish(self) -> None:
        """Let the cars rest, and wait until the table has all."""
        self.simulator.ask("POST", "/cars/pause")
        self.gateway.wait_until_live("home")
        self._publish_last("after")
        done = f"SELECT count(*) FROM fleet_value WHERE descriptor_id = '{_LAST}' AND raw = 'after'"
        self.program.wait_for(lambda: self.postgres.number(done) == len(self.vins))

    def forget(self) -> None:
        """Remove the account: its rows go, too."""
        with self.gateway.channel() as channel:
            AuthServiceStub(channel).RemoveAccount(v1.RemoveAccountRequest(account="home"))
        rows = "SELECT (SELECT count(*) FROM fleet_value) + (SELECT count(*) FROM fleet_vehicle)"
        self.program.wait_for(lambda: self.postgres.number(rows) == 0)

    def applied(self) -> int:
        """Count the events that the notes have."""
        return self.postgres.number("SELECT coalesce(sum(counted), 0) FROM audit_vehicle")

    def token(self) -> str:
        """Read the token that the program wrote last."""
        return self.postgres.ask("SELECT token FROM fleet_resume")[0][0]

    def gateway_has(self, raw: str) -> None:
        """Wait until the gateway has received the last value of each car."""
        self._await(
            lambda: all(raw == self.current_values(vin).get(_LAST, ("", 0))[0] for vin in self.vins)
        )

    def current_values(self, vin: str) -> dict[str, tuple[str, float]]:
        """Ask the gateway for a car's values, and when they were received."""
        with self.gateway.channel() as channel:
            answer = TelematicsServiceStub(channel).GetCurrentValues(
                v1.GetCurrentValuesRequest(vin=vin)
            )
        return {
            event.descriptor_id: (event.raw, event.receive_time.seconds) for event in answer.values
        }

    def log(self) -> list[v1.Entry]:
        """Read all that the gateway's log holds."""
        request = v1.SubscribeRequest(position=v1.START_POSITION_EARLIEST)
        entries: list[v1.Entry] = []
        with self.gateway.channel() as channel:
            for response in TelematicsServiceStub(channel).Subscribe(request):
                entries += response.entries
                if response.WhichOneof("notice") == "caught_up":
                    return entries
        raise Failure("the gateway's log has no end")

    def _drive(self) -> None:
        for vin in self.vins:
            self.simulator.ask("POST", f"/vehicles/{vin}/drive")

    def _publish_last(self, value: str) -> None:
        for vin in self.vins:
            self.simulator.publish("home", vin, {_LAST: value})

    def _await(self, there: Callable[[], bool]) -> None:
        """Wait, while the cars drive."""
        while not there():
            self._drive()
            if hasattr(self, "program") and self.program.has_ended():
                raise Failure(f"it has ended by itself:\n{self.program.log.read_text()}")


def compare(trial: Trial, baseline: int) -> str:
    """Hold the notes, the counts, the log and the record against each other."""
    log = trial.log()
    events = {entry.sequence: entry.event for entry in log if entry.HasField("event")}
    not_kept = [entry.not_kept for entry in log if entry.HasField("not_kept")]
    first = trial.postgres.number("SELECT min(sequence) FROM audit_vehicle WHERE counted > 0")

    counted: dict[int, str] = {}
    query = "SELECT sequence, vin, counted FROM audit_vehicle WHERE counted <> 0 ORDER BY id"
    for sequence, vin, times in trial.postgres.ask(query):
        if times != "1" or int(sequence) in counted:
            raise Failure(f"entry {sequence} was counted again, or {times} times at once")
        counted[int(sequence)] = vin
    for vin, total in trial.postgres.ask("SELECT vin, events FROM fleet_vehicle"):
        if int(total) != sum(v == vin for v in counted.values()):
            raise Failure(f"the table counts {total} events of {vin}, and the notes have others")

    missing = [s for s in events if s >= first and s not in counted]
    extra = [s for s in counted if s not in events]
    if missing:
        raise Failure(f"the log has {len(missing)} events that were not applied: {missing[:10]}")
    if any(not any(n.first_sequence <= s <= n.last_sequence for n in not_kept) for s in extra):
        raise Failure(f"applied and not in the log, which does not say so: {extra[:10]}")

    # A late value is counted and not kept, so what it was only the log knows.
    values = {
        int(sequence): Sample(*sample)
        for sequence, *sample in trial.postgres.ask("SELECT * FROM audit_value")
    }
    applied: dict[str, list[Sample]] = {vin: [] for vin in trial.vins}
    late = 0
    for sequence, vin in sorted(counted.items()):
        if sequence in values:
            applied[vin].append(values[sequence])
        elif sequence in events:
            late += 1
            event = events[sequence]
            if not event.late:
                raise Failure(f"entry {sequence} was counted, and its value not kept")
            measured = event.measure_time.ToJsonString()
            applied[vin].append(Sample(event.descriptor_id, event.raw, measured))
    record = trial.simulator.published()
    lost = [
        value
        for vin in trial.vins
        for value in lost_of([p for p in record if p.vin == vin], baseline, applied[vin])
    ]
    gaps = [entry.gap for entry in log if entry.HasField("gap")]
    for value in lost:
        if not any(is_near(value, gap) for gap in gaps):
            raise Failure(f"published, far from every gap, and not applied: {value}")

    for vin in trial.vins:
        kept = {
            name: (raw, int(sequence))
            for name, raw, sequence in trial.postgres.ask(
                f"SELECT descriptor_id, raw, sequence FROM fleet_value WHERE vin = '{vin}'"
            )
        }
        for name, (raw, _) in trial.current_values(vin).items():
            if kept[name][0] != raw and kept[name][1] not in extra:
                raise Failure(f"{name} is {raw}, and the table has {kept[name][0]}")
    due = sum(value.number > baseline for value in record)
    return (
        f"{due} published, {len(counted)} applied once each ({late} late, {len(extra)}"
        f" not in the log of a killed gateway), {len(lost)} lost in {len(gaps)} gaps"
    )


def lost_of(record: list[Published], baseline: int, applied: list[Sample]) -> list[Published]:
    """Say what of a car's values was not applied. What was is in the order of the record.

    A sample that is sent a second time, as at the end of a charging, the gateway knows and drops.
    """
    lost = []
    sent: set[Sample] = set()
    rest = (sample._replace(raw=as_in_record(sample.raw)) for sample in applied)
    wanted = next(rest, None)
    for value in record:
        sample = Sample(value.descriptor_id, value.raw, value.measured)
        if value.number <= baseline:
            pass
        elif sample == wanted:
            wanted = next(rest, None)
        elif sample not in sent:
            lost.append(value)
        sent.add(sample)
    if wanted is not None:
        raise Failure(f"{wanted} was applied, and not published then")
    return lost


def as_in_record(raw: str) -> str:
    """Spell a number as the record has it: 11.5 where 11.500000000000001 was sent."""
    try:
        return json.dumps(json.loads(raw))
    except ValueError:
        return raw


def is_near(value: Published, gap: v1.Gap) -> bool:
    """Say whether a value was on its way, or due, when the gateway was away.

    What the broker had sent and the killed gateway not yet read is lost, too: on a busy machine
    that is more than a moment before the gap.
    """
    start, end = (t.ToDatetime(datetime.timezone.utc) for t in (gap.start_time, gap.end_time))
    return start - _ON_ITS_WAY <= value.time <= end + _ON_ITS_WAY


def main() -> int:
    """Do all of it in a folder, which is left where something fails."""
    folder = Path(tempfile.mkdtemp(prefix="fleet-table-"))
    try:
        with contextlib.ExitStack() as open_:
            trial = Trial(folder, sys.argv[1:], open_)
            baseline = trial.begin()
            for blow in (
                trial.kill_program,
                trial.kill_at_the_token,
                trial.kill_gateway,
                trial.kill_program,
                trial.start_a_second,
                trial.kill_at_the_count,
                trial.kill_both,
                trial.kill_program,
            ):
                trial.work()
                blow()
            trial.work()
            trial.finish()
            print(compare(trial, baseline))
            trial.forget()
    except Failure as failure:
        print(f"FAILED: {failure}\nAll logs are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
