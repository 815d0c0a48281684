# SPDX-License-Identifier: Apache-2.0
"""Measures the clients beside the bare stubs, at restarts, and over an hour of traffic."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import hour
import report
import restarts
import throughput
import usage
from canned import CannedServer, messages
from client import Client
from gateway import Gateway
from programs import Failure
from simulator import Simulator

PARTS = ("throughput", "restarts", "hour")
LOG_EVENTS = 500_000
"""What the log holds that is read from its beginning."""


def main() -> int:
    """Measure, write, and say whether all targets are reached."""
    options = _options()
    binaries = Path(os.environ["CARDATA_BIN"])
    version = subprocess.run(
        [binaries / "cardata-gateway", "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()
    figures = report.Figures(
        {
            "time": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC",
            "machine": usage.machine(),
            "gateway": f"{version}, {options.revision}",
            "load_average_before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        }
    )
    folder = Path(tempfile.mkdtemp(prefix="bench-clients-"))
    try:
        for part in options.only:
            with tempfile.TemporaryDirectory(prefix=f"{part}-", dir=folder) as place:
                _measure(part, options, figures, binaries, Path(place))
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()
    written = report.tables(figures)
    print(f"\n{written}")
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "clients.md").write_text(written)
    (options.output / "clients.json").write_text(
        json.dumps(report.as_json(figures), indent=1) + "\n"
    )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=PARTS,
        help="parts, by comma: " + ", ".join(PARTS),
    )
    parser.add_argument("--clients", type=lambda text: text.split(","), help="names, by comma")
    parser.add_argument("--quick", action="store_true", help="two minutes, for a first look")
    parser.add_argument(
        "--smoke", action="store_true", help="says nothing about speed: whether all of it works"
    )
    parser.add_argument(
        "--output", type=Path, required=True, help="folder for clients.md and clients.json"
    )
    parser.add_argument("--revision", default="", help="of the clients")
    parser.add_argument("programs", nargs="+", metavar="NAME=COMMAND")
    options = parser.parse_args()
    for part in options.only:
        if part not in PARTS:
            parser.error(f"there is no part {part}; there are {', '.join(PARTS)}")
    options.commands = {
        name: shlex.split(command)
        for name, _, command in (item.partition("=") for item in options.programs)
    }
    for name in options.clients or []:
        if name not in options.commands:
            parser.error(f"there is no client {name}; there are {', '.join(options.commands)}")
    return options


def _measure(
    part: str,
    options: argparse.Namespace,
    figures: report.Figures,
    binaries: Path,
    folder: Path,
) -> None:
    print(f"{part} ...", flush=True)
    with contextlib.ExitStack() as ends:
        simulator = Simulator(binaries, folder, {})
        ends.callback(simulator.end)
        gateway = Gateway(binaries, folder, simulator, {})
        gateway.start()
        ends.callback(gateway.end)
        gateway.log_in(simulator, "home")
        clients = []
        for name, command in options.commands.items():
            if not options.clients or name in options.clients:
                clients.append(Client(name, command, folder / f"{name}.log"))
                ends.callback(clients[-1].end)
        measure = {"throughput": _throughput, "restarts": _restarts, "hour": _hour}[part]
        measure(options, figures, simulator, gateway, clients)


def _throughput(
    options: argparse.Namespace,
    figures: report.Figures,
    simulator: Simulator,
    gateway: Gateway,
    clients: list[Client],
) -> None:
    runs, seconds = (1, 0.05) if options.smoke else (3, 0.5) if options.quick else (9, 1.0)
    most = 2_000 if options.smoke else LOG_EVENTS
    load = {"account": "home", "first_number": 1, "total": most, "events_per_second": 10_000}
    simulator.ask("POST", "/load", load)
    # Whoever reads as far as that has waited for the last.
    clients[0].take(gateway.address, "stub", most)
    with contextlib.ExitStack() as ends:
        sources = [throughput.Source("the gateway's log", gateway.address, most)]
        for each, name in ((64, "messages of 64"), (1, "messages of one")):
            server = CannedServer(messages(each))
            ends.callback(server.close)
            sources.append(throughput.Source(name, server.address, 100_000_000))
        for run in throughput.measure(sources, clients, runs, seconds):
            figures.throughput.append(run)
            print(
                f"  {run.source}, {run.client} {run.way}: {run.layer_per_second:,.0f} events/s"
                f" of {run.stub_per_second:,.0f}: {run.ratio:.2f}",
                flush=True,
            )


def _restarts(
    options: argparse.Namespace,
    figures: report.Figures,
    simulator: Simulator,
    gateway: Gateway,
    clients: list[Client],
) -> None:
    for client in clients:
        client.follow(gateway.address)
    load = {"account": "home", "first_number": 1, "total": 0, "events_per_second": 200}
    simulator.ask("POST", "/load", load)
    counts = (1, 0) if options.smoke else (6, 2) if options.quick else (24, 8)
    for wait, count in zip((0.0, 5.0), counts, strict=True):
        for each in restarts.measure(gateway, clients, count, wait):
            figures.restarts.append(each)
            print(
                f"  {each.how}, away for {each.away:.1f} s: {each.client} has its first event"
                f" after {each.first_event:.2f} s",
                flush=True,
            )


def _hour(
    options: argparse.Namespace,
    figures: report.Figures,
    simulator: Simulator,
    gateway: Gateway,
    clients: list[Client],
) -> None:
    for client in clients:
        client.follow(gateway.address)
    minutes = 2 if options.smoke else 10 if options.quick else 60
    figures.hour = hour.measure(simulator, gateway, clients, minutes, events_per_second=10_000)


if __name__ == "__main__":
    sys.exit(main())
