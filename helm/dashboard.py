#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes cardata-gateway/files/dashboard.json: the Grafana dashboard, for Grafana 9.4 or newer.

With a path it writes there instead. What a panel shows is in ROWS below; the rest of the JSON follows from it.
"""

import json
import pathlib
import sys

# The series of the chosen gateways; in an expression %s stands for it, further matchers go before it.
SELECTED = 'job=~"$job",instance=~"$instance"'
RATE = "$__rate_interval"
# For what happens seldom, such as requests to BMW: with a shorter time most points would be empty.
SELDOM = "15m"


def rate(metric, by, matchers="", over=RATE, function="rate"):
    grouped = f"sum by ({by})" if by else "sum"
    return f"{grouped} ({function}({metric}{{{matchers}{SELECTED}}}[{over}]))"


def gauge(metric, by="", matchers="", function="sum"):
    grouped = f"{function} by ({by})" if by else function
    return f"{grouped} ({metric}{{{matchers}{SELECTED}}})"


def quantile(q, histogram, by="", matchers="", over=RATE):
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({q}, {rate(histogram + '_bucket', labels, matchers, over)})"


def lines(title, description, unit, *targets, width=8, stack=False, minimum=0):
    return {
        "type": "timeseries",
        "title": title,
        "description": description,
        "unit": unit,
        "targets": targets,
        "width": width,
        "stack": stack,
        "min": minimum,
    }


def number(title, description, unit, expression, *thresholds, width=4, legend="", decimals=None, mappings=None):
    """`thresholds`: (value, colour), the first of which is for what lies below all others."""
    return {
        "type": "stat",
        "title": title,
        "description": description,
        "unit": unit,
        "targets": [(expression, legend)],
        "width": width,
        "thresholds": thresholds or ((None, "text"),),
        "decimals": decimals,
        "mappings": mappings,
    }


def bars(title, description, unit, metric, bounds, width=8):
    """A bar for each bound, each a query of its own: one query for all would be in the order of their texts."""
    targets = [(gauge(metric, matchers=f'at_most="{bound}",'), f"≤ {bound}") for bound in bounds]
    return {"type": "bargauge", "title": title, "description": description, "unit": unit, "targets": targets, "width": width}


UNARY = 'grpc_type="unary",'
API = 'grpc_service=~"cardata.*|unknown",'

ROWS = [
    (
        "Upstream",
        [
            number(
                "Accounts", "Accounts that are logged in.", "none", gauge("cardata_accounts", matchers='state="active",'), width=3
            ),
            number(
                "Logins needed",
                "Accounts whose refresh token BMW takes no longer: a person has to log in again.",
                "none",
                gauge("cardata_accounts", matchers='state="needs_login",'),
                (None, "green"),
                (1, "red"),
                width=3,
            ),
            number(
                "Streams live",
                "Accounts that hold their connection to BMW's stream.",
                "none",
                gauge("cardata_streams", matchers='state="live",'),
                width=3,
            ),
            number(
                "Longest without stream",
                "Of the active account that has been without for the longest time.",
                "s",
                gauge("cardata_stream_longest_loss_seconds", function="max"),
                (None, "green"),
                (60, "orange"),
                (300, "red"),
                width=3,
                decimals=0,
            ),
            lines(
                "Streams by state",
                "Accounts by the state of their connection to BMW's stream. CONTENDED: another client uses it.",
                "none",
                (gauge("cardata_streams", "state"), "{{state}}"),
                width=12,
                stack=True,
            ),
            lines(
                "Messages of the stream",
                "What BMW's stream brings. Refused: not understood or not trusted. Dropped: too many waited.",
                "mps",
                (rate("cardata_stream_messages_total", ""), "received"),
                (rate("cardata_stream_messages_refused_total", ""), "refused"),
                (rate("cardata_stream_messages_dropped_total", ""), "dropped"),
            ),
            lines(
                "Stream lost",
                "Time without a stream, all accounts together, within an hour; counted when it is back. The hourly "
                "change of tokens takes a fraction of a second an account.",
                "s",
                (rate("cardata_stream_lost_seconds_total", "", over="1h", function="increase"), "within an hour"),
            ),
            lines(
                "Connections to the stream",
                "Tried within five minutes; one an hour and account is usual, because BMW ends it with its token.",
                "none",
                (rate("cardata_stream_connects_total", "", over="5m", function="increase"), "tried"),
            ),
            lines(
                "REST requests by operation",
                f"Requests to BMW's REST API and login within {SELDOM}, by BMW's name of the operation.",
                "none",
                (rate("cardata_upstream_requests_total", "operation", over=SELDOM, function="increase"), "{{operation}}"),
            ),
            lines(
                "Requests to BMW by result",
                f"The same by result: OK, or the reason of the error, within {SELDOM}.",
                "none",
                (rate("cardata_upstream_requests_total", "result", over=SELDOM, function="increase"), "{{result}}"),
            ),
            lines(
                "BMW's answer times",
                f"How long BMW took, over {SELDOM}.",
                "s",
                (quantile(0.5, "cardata_upstream_request_duration_seconds", over=SELDOM), "half within"),
                (quantile(0.95, "cardata_upstream_request_duration_seconds", over=SELDOM), "95 % within"),
            ),
        ],
    ),
    (
        "Events and log",
        [
            lines(
                "Events",
                "Events that were appended to the log, by where they come from.",
                "eps",
                (rate("cardata_events_total", "source"), "{{source}}"),
            ),
            lines(
                "Marked and left out",
                "Late: older than the current value. Redelivered: exactly as before, so left out. Unparsable: not "
                "of the kind that BMW's catalogue promises.",
                "eps",
                (rate("cardata_events_late_total", ""), "late"),
                (rate("cardata_events_redelivered_total", ""), "redelivered"),
                (rate("cardata_events_unparsable_total", ""), "unparsable"),
            ),
            lines(
                "Gaps",
                "Gaps that were announced to subscribers within five minutes, by cause.",
                "none",
                (rate("cardata_gaps_total", "cause", over="5m", function="increase"), "{{cause}}"),
            ),
            lines(
                "Length of the log",
                "Entries that can be replayed, on the disk and in memory.",
                "short",
                (gauge("cardata_log_entries", "instance"), "{{instance}}"),
                width=6,
            ),
            lines(
                "Age of the log",
                "How far back it goes.",
                "s",
                (gauge("cardata_log_age_seconds", "instance", function="max"), "{{instance}}"),
                width=6,
            ),
            lines(
                "Log in memory",
                "What is delivered without a read of the disk.",
                "bytes",
                (gauge("cardata_log_memory_bytes", "instance"), "{{instance}}"),
                width=6,
            ),
            lines(
                "Executor's wait",
                "How long a scrape waited for the one thread that decodes and appends. If it grows, there is more to do "
                "than the thread can.",
                "s",
                (gauge("cardata_executor_wait_seconds", "instance", function="max"), "{{instance}}"),
                width=6,
            ),
        ],
    ),
    (
        "Subscribers",
        [
            lines(
                "Subscribers",
                "Subscriptions that are open.",
                "none",
                (gauge("cardata_subscribers", "instance"), "{{instance}}"),
                width=6,
            ),
            lines(
                "Deliveries",
                "Entries that were delivered, all subscribers together.",
                "eps",
                (rate("cardata_deliveries_total", "instance"), "{{instance}}"),
                width=6,
            ),
            lines(
                "Entries a message",
                "How many entries one message to a subscriber carries: more under load, and after a pause.",
                "none",
                (
                    rate("cardata_deliveries_total", "instance") + " / " + rate("cardata_delivery_messages_total", "instance"),
                    "{{instance}}",
                ),
                width=6,
            ),
            lines(
                "Delivered bytes",
                "Size of the messages to subscribers.",
                "Bps",
                (rate("cardata_delivery_bytes_total", "instance"), "{{instance}}"),
                width=6,
            ),
            lines(
                "Longest lag",
                "How many entries the subscriber that is furthest back has still to see.",
                "short",
                (gauge("cardata_subscriber_longest_lag_entries", "instance", function="max"), "{{instance}}"),
                width=12,
            ),
            lines(
                "Missed entries",
                "Entries that subscribers missed because the log did not have them any more, within five minutes.",
                "none",
                (rate("cardata_lag_missed_entries_total", "instance", over="5m", function="increase"), "{{instance}}"),
                width=12,
            ),
        ],
    ),
    (
        "API",
        [
            lines(
                "Calls",
                "Calls that came, by method.",
                "reqps",
                (rate("grpc_server_started_total", "grpc_method", API) + " > 0", "{{grpc_method}}"),
            ),
            lines(
                "Errors",
                "Calls that ended otherwise than OK, by code. Canceled is how subscribers leave.",
                "reqps",
                (rate("grpc_server_handled_total", "grpc_code", API + 'grpc_code!="OK",'), "{{grpc_code}}"),
            ),
            lines(
                "Duration of calls",
                "Of unary calls, BMW's answer included where one is needed.",
                "s",
                (quantile(0.5, "grpc_server_handling_seconds", matchers=UNARY + API), "half within"),
                (quantile(0.95, "grpc_server_handling_seconds", matchers=UNARY + API), "95 % within"),
                (quantile(0.99, "grpc_server_handling_seconds", matchers=UNARY + API), "99 % within"),
            ),
            lines(
                "Calls under way",
                "Calls that have come and not ended, by method.",
                "none",
                (
                    gauge("grpc_server_started_total", "grpc_method", API)
                    + " - ("
                    + gauge("grpc_server_handled_total", "grpc_method", API)
                    + " or 0 * "
                    + gauge("grpc_server_started_total", "grpc_method", API)
                    + ") > 0",
                    "{{grpc_method}}",
                ),
                width=12,
            ),
            lines(
                "Connections",
                "Connections of callers that came. Refused: there were too many.",
                "cps",
                (rate("cardata_connections_accepted_total", ""), "accepted"),
                (rate("cardata_connections_refused_total", ""), "refused"),
                width=12,
            ),
        ],
    ),
    (
        "Quota and tokens",
        [
            number(
                "Fewest requests left",
                "REST requests left today, of the account that has the fewest. BMW grants 50 a day (UTC).",
                "none",
                gauge("cardata_requests_left_lowest", function="min"),
                (None, "red"),
                (6, "orange"),
                (11, "green"),
            ),
            number(
                "First refresh token to expire",
                "Until BMW forgets the refresh token that it forgets first. It lives for 14 days, and is "
                "renewed about every hour.",
                "s",
                gauge("cardata_refresh_token_lowest_remaining_seconds", function="min"),
                (None, "red"),
                (3 * 86400, "orange"),
                (7 * 86400, "green"),
            ),
            number(
                "Certificate expires in",
                "The gateway's own; there is none without TLS.",
                "s",
                gauge("cardata_certificate_expiry_timestamp_seconds", function="min") + " - time()",
                (None, "red"),
                (7 * 86400, "orange"),
                (14 * 86400, "green"),
            ),
            bars(
                "Accounts by requests left",
                "Active accounts that have at most so many REST requests left today.",
                "none",
                "cardata_accounts_by_requests_left",
                ["0", "5", "10", "25", "50"],
                width=6,
            ),
            bars(
                "Accounts by days of refresh token",
                "Active accounts whose refresh token BMW forgets within so many days.",
                "none",
                "cardata_accounts_by_refresh_token_left",
                ["1d", "3d", "7d", "14d"],
                width=6,
            ),
        ],
    ),
    (
        "Store",
        [
            number(
                "Store",
                "Whether the last commit succeeded, and whatever was lost before is announced.",
                "none",
                gauge("cardata_store_healthy", function="min"),
                (None, "red"),
                (1, "green"),
                mappings={"0": "failing", "1": "well"},
            ),
            lines(
                "Commits",
                "Commits to the disk, and those that failed.",
                "ops",
                (rate("cardata_store_commit_duration_seconds_count", ""), "commits"),
                (rate("cardata_store_commit_failures_total", ""), "failed"),
                width=5,
            ),
            lines(
                "Duration of commits",
                "The disk's sync included.",
                "s",
                (quantile(0.5, "cardata_store_commit_duration_seconds"), "half within"),
                (quantile(0.99, "cardata_store_commit_duration_seconds"), "99 % within"),
                width=5,
            ),
            lines(
                "Size",
                "Of the store's files.",
                "bytes",
                (gauge("cardata_store_bytes", "instance"), "{{instance}}"),
                width=5,
            ),
            lines(
                "Free space",
                "What the file system has left for them.",
                "bytes",
                (gauge("cardata_store_available_bytes", "instance", function="min"), "{{instance}}"),
                width=5,
            ),
        ],
    ),
    (
        "Process",
        [
            number(
                "Running for",
                "Since the last start.",
                "s",
                "time() - " + gauge("process_start_time_seconds", function="max"),
                decimals=0,
            ),
            lines(
                "CPU", "Cores that are in use.", "none", (rate("process_cpu_seconds_total", "instance"), "{{instance}}"), width=5
            ),
            lines("Memory", "Resident.", "bytes", (gauge("process_resident_memory_bytes", "instance"), "{{instance}}"), width=5),
            lines(
                "File descriptors",
                "Open ones; each connection takes one.",
                "none",
                (gauge("process_open_fds", "instance"), "{{instance}}"),
                width=5,
            ),
            lines(
                "Threads",
                "Their number does not grow with accounts or subscribers.",
                "none",
                (gauge("process_threads", "instance"), "{{instance}}"),
                width=5,
            ),
        ],
    ),
]

HEIGHTS = {"stat": 4, "bargauge": 7, "timeseries": 7}
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def target(index, expression, legend, instant):
    return {
        "datasource": DATASOURCE,
        "expr": expression,
        "legendFormat": legend or "__auto",
        "refId": chr(ord("A") + index),
        "range": not instant,
        "instant": instant,
    }


def field_config(panel):
    defaults = {"unit": panel["unit"]}
    if panel["type"] == "timeseries":
        defaults["min"] = panel["min"]
        defaults["color"] = {"mode": "palette-classic"}
        defaults["custom"] = {
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 40 if panel["stack"] else 10,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if panel["stack"] else "none", "group": "A"},
        }
    elif panel["type"] == "stat":
        defaults["color"] = {"mode": "thresholds"}
        defaults["thresholds"] = {
            "mode": "absolute",
            "steps": [{"value": value, "color": colour} for value, colour in panel["thresholds"]],
        }
        if panel["decimals"] is not None:
            defaults["decimals"] = panel["decimals"]
        if panel["mappings"]:
            defaults["mappings"] = [
                {"type": "value", "options": {value: {"text": text} for value, text in panel["mappings"].items()}}
            ]
    else:
        defaults["min"] = 0
        defaults["color"] = {"mode": "continuous-BlPu"}
    return {"defaults": defaults, "overrides": []}


OPTIONS = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "center",
        "textMode": "value",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    },
    "bargauge": {
        "displayMode": "basic",
        "orientation": "horizontal",
        "showUnfilled": True,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    },
}


def panels():
    made, y = [], 0
    for row, contents in ROWS:
        made.append({"type": "row", "title": row, "collapsed": False, "gridPos": {"h": 1, "w": 24, "x": 0, "y": y}, "panels": []})
        y += 1
        x, height = 0, 0
        for panel in contents:
            if x + panel["width"] > 24:
                x, y = 0, y + height
            if x == 0:  # what stands beside each other has one height
                height = max(HEIGHTS[each["type"]] for each in beside(contents, panel))
            made.append(
                {
                    "type": panel["type"],
                    "title": panel["title"],
                    "description": panel["description"],
                    "datasource": DATASOURCE,
                    "gridPos": {"h": height, "w": panel["width"], "x": x, "y": y},
                    "fieldConfig": field_config(panel),
                    "options": OPTIONS[panel["type"]],
                    "targets": [
                        target(index, expression, legend, panel["type"] != "timeseries")
                        for index, (expression, legend) in enumerate(panel["targets"])
                    ],
                }
            )
            x += panel["width"]
        y += height
    for number_, panel in enumerate(made, 1):
        panel["id"] = number_
    return made


def beside(contents, first):
    """The panels from `first` to the end of its line."""
    line, width = [], 0
    for panel in contents[contents.index(first) :]:
        width += panel["width"]
        if width > 24:
            break
        line.append(panel)
    return line


def choice(name, label, query, multi=True):
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": DATASOURCE,
        "definition": query,
        "query": {"query": query, "refId": name},
        "refresh": 2,
        "sort": 1,
        "includeAll": multi,
        "multi": multi,
        "allValue": ".*" if multi else None,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def dashboard():
    return {
        "uid": "cardata-gateway",
        "title": "CarData Gateway",
        "description": "BMW CarData by gRPC: connections to BMW, events, subscribers, calls, quota and tokens.",
        "tags": ["cardata-gateway", "grpc", "bmw"],
        "schemaVersion": 38,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "time": {"from": "now-3h", "to": "now"},
        "refresh": "30s",
        "timezone": "browser",
        "templating": {
            "list": [
                {
                    "name": "datasource",
                    "label": "Data source",
                    "type": "datasource",
                    "query": "prometheus",
                    "current": {},
                    "hide": 0,
                    "refresh": 1,
                    "regex": "",
                    "multi": False,
                    "includeAll": False,
                },
                choice("job", "Job", "label_values(cardata_build_info, job)"),
                choice("instance", "Instance", 'label_values(cardata_build_info{job=~"$job"}, instance)'),
            ]
        },
        "annotations": {
            "list": [
                {
                    "name": "Alerts",
                    "enable": True,
                    "iconColor": "red",
                    "datasource": DATASOURCE,
                    "titleFormat": "{{alertname}}",
                    "expr": 'ALERTS{alertname=~"CarData.*",alertstate="firing"}',
                    "step": "60s",
                }
            ]
        },
        "links": [
            {
                "title": "Runbook",
                "type": "link",
                "icon": "doc",
                "targetBlank": True,
                "url": "https://github.com/cardata-gateway/cardata-gateway/blob/main/server/RUNBOOK.md#alerts",
            }
        ],
        "panels": panels(),
    }


def main():
    path = (
        pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "cardata-gateway/files/dashboard.json"
    )
    path.write_text(json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
