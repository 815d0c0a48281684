# SPDX-License-Identifier: Apache-2.0
"""The dashboard as Grafana would ask Prometheus for it."""

import json
import pathlib

from stack import FILES


def panels(path=FILES / "dashboard.json"):
    return json.loads(pathlib.Path(path).read_text())["panels"]


def expression(target, rate_interval):
    """The target's expression with all of Grafana's variables filled in: all jobs, all instances."""
    filled = target["expr"]
    for variable, value in {"$job": ".*", "$instance": ".*", "$__rate_interval": rate_interval}.items():
        filled = filled.replace(variable, value)
    if "$" in filled:
        raise SystemExit(f"a variable that is not known: {filled}")
    return filled
