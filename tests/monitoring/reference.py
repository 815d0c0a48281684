# SPDX-License-Identifier: Apache-2.0
"""The tables of server/admin/METRICS.md, out of what a gateway says at /metrics."""

import re

from stack import ROOT

FILE = ROOT / "server/admin/METRICS.md"
BEGIN = "<!-- From here on it is written by `tests/monitoring/test --write`. -->"
# The first metric of each section, in the order of /metrics.
SECTIONS = {
    "cardata_build_info": "The gateway",
    "cardata_accounts": "Accounts, quota, tokens",
    "cardata_upstream_requests_total": "BMW",
    "cardata_events_total": "Events and the log",
    "cardata_store_bytes": "The store",
    "cardata_subscribers": "Subscribers",
    "grpc_server_started_total": "Calls",
    "process_cpu_seconds_total": "The process",
}


class Family:
    def __init__(self, name, text):
        self.name = name
        self.help = text
        self.type = ""
        self.labels = {}  # in order, each with its values


def families(*scrapes):
    """By name, in the order of the scrapes: what only a later one has stands behind what it follows there."""
    found, order = {}, []
    for scrape in scrapes:
        previous = None
        for line in scrape.splitlines():
            if match := re.fullmatch(r"# HELP (\w+) (.*)", line):
                if match[1] not in found:
                    found[match[1]] = Family(match[1], match[2])
                    order.insert(order.index(previous) + 1 if previous else 0, match[1])
                previous = match[1]
            elif match := re.fullmatch(r"# TYPE (\w+) (\w+)", line):
                found[match[1]].type = match[2]
            elif match := re.fullmatch(r"(\w+)(?:\{(.*)\})? \S+", line):
                add_labels(found, match[1], match[2] or "")
            elif line:
                raise SystemExit(f"no line of the text format: {line}")
    return {name: found[name] for name in order}


def add_labels(found, name, text):
    for suffix in ("_bucket", "_sum", "_count"):
        base = name.removesuffix(suffix)
        if base in found and found[base].type == "histogram":
            name = base
    for label, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', text):
        if label != "le":
            found[name].labels.setdefault(label, set()).add(value)


def tables(found):
    parts = []
    for family in found.values():
        if family.name in SECTIONS:
            parts.append(f"\n## {SECTIONS[family.name]}\n\n| metric | type | labels | |\n|---|---|---|---|\n")
        labels = ", ".join(f"`{label}`" for label in family.labels)
        parts.append(f"| `{family.name}` | {family.type} | {labels} | {family.help} |\n")
    return "".join(parts)


def with_tables(text, found):
    """`text`, METRICS.md, with its tables made anew."""
    head, begin, _ = text.partition(BEGIN)
    if not begin:
        raise SystemExit(f"{FILE} lacks the line {BEGIN}")
    return f"{head}{BEGIN}\n{tables(found)}"
