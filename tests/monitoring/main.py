# SPDX-License-Identifier: Apache-2.0
"""Holds metrics, alerts and dashboard against the real gateway and a real Prometheus. See README.md."""

import argparse
import contextlib
import json
import math
import re
import subprocess
import sys
import tempfile

import dashboard
import reference
from stack import BIN, FILES, ROOT, Stack, post, wait_for

failures = []


def check(what, passed, why=""):
    print(f"{'ok    ' if passed else 'FAILED'} {what}" + (f"\n       {why}" if not passed and why else ""), flush=True)
    if not passed:
        failures.append(what)


def run(what, *argv, **more):
    result = subprocess.run([str(each) for each in argv], capture_output=True, text=True, **more)
    check(what, result.returncode == 0, result.stdout + result.stderr)
    return result.stdout + result.stderr


def check_alerts(promtool):
    rules = FILES / "alerts.yaml"
    run("alerts.yaml: promtool check rules", promtool, "check", "rules", "--lint-fatal", rules)
    tests = sorted((ROOT / "tests/monitoring/alerts").glob("*_test.yaml"))
    for test in tests:
        run(f"alerts: {test.stem}", promtool, "test", "rules", test.name, cwd=test.parent)
    text = rules.read_text()
    names = re.findall(r"- alert: (\w+)", text)
    tested = "".join(test.read_text() for test in tests)
    runbook = (ROOT / "server/RUNBOOK.md").read_text()
    for name in names:
        fires = re.search(rf"alertname: {name}\n +exp_alerts:\n", tested)
        silent = re.search(rf"alertname: {name}\n +exp_alerts: \[\]", tested)
        check(f"alerts: {name} has a test that it fires, and one that it does not", fires and silent)
        check(f"alerts: {name} has its heading in RUNBOOK.md", f"\n### {name}\n" in runbook)
        check(f"alerts: {name} says where", f"/server/RUNBOOK.md#{name.lower()}\n" in text)
    headings = re.findall(r"\n### (CarData\w+)", runbook)
    check("RUNBOOK.md: each heading is an alert's", set(headings) <= set(names), str(set(headings) - set(names)))


def log_in(gateway, account, client_id):
    """Logs in, and ends with the first event."""
    return subprocess.run(
        [
            BIN / "cardata-watch",
            f"--target={gateway}",
            f"--login={account}",
            f"--client-id={client_id}",
            "--until-events=1",
            "--for=60s",
        ],
        capture_output=True,
        text=True,
    )


def is_number(sample):
    return not math.isnan(float(sample["value"][1]))


def check_metrics(stack, promtool, write):
    """What /metrics says is by Prometheus's conventions, names nobody, and is what METRICS.md tells."""
    scrapes = [stack.metrics(name) for name in stack.scraped]
    for name, scrape in zip(stack.scraped, scrapes, strict=True):
        told = run(f"metrics of {name}: promtool check metrics", promtool, "check", "metrics", input=scrape)
        check(f"metrics of {name}: promtool has nothing to say", not told, told)
    found = reference.families(*scrapes)
    check(
        "metrics: every section of METRICS.md begins with a metric",
        set(reference.SECTIONS) <= set(found),
        str(set(reference.SECTIONS) - set(found)),
    )
    text = reference.FILE.read_text()
    wanted = reference.with_tables(text, found)
    if write:
        reference.FILE.write_text(wanted)
    else:
        check("METRICS.md is up to date (tests/monitoring/test --write)", wanted == text)
    documented = set(re.findall(r"^\| `(\w+)` \|", text.partition(reference.BEGIN)[0], re.MULTILINE))
    labels = {label for family in found.values() for label in family.labels}
    check("METRICS.md: its table of labels has those that there are", labels == documented, str(labels ^ documented))
    bad = [
        f"{family.name}: {value}"
        for family in found.values()
        for values in family.labels.values()
        for value in values
        if len(value) > 40 or re.search(r"[0-9A-HJ-NPR-Z]{17}|[0-9a-f]{8}-", value)
    ]
    check("metrics: no label has a value that looks like a VIN or an id", not bad, str(bad))
    people = json.dumps(stack.control("/accounts"))
    personal = re.findall(r'"(?:vin|gcid)": ?"([^"]+)"', people)
    check(
        "metrics: no VIN and no GCID", len(personal) >= 2 and not any(each in scrape for each in personal for scrape in scrapes)
    )
    return found


def check_dashboard(stack, prometheus, busy):
    """Each expression of each panel has a number, while calls go on."""
    fresh = stack.folder / "dashboard.json"
    run("dashboard.json: helm/dashboard.py runs", sys.executable, ROOT / "helm/dashboard.py", fresh)
    check("dashboard.json is up to date (helm/dashboard.py)", fresh.read_text() == (FILES / "dashboard.json").read_text())
    wanted = {
        (panel["title"], dashboard.expression(target, "1m"))
        for panel in dashboard.panels()
        for target in panel.get("targets", [])
    }
    missing = set(wanted)

    def all_there():
        busy()
        for each in sorted(missing):
            if any(is_number(sample) for sample in prometheus.query(each[1])):
                missing.discard(each)
        return not missing

    with contextlib.suppress(SystemExit):  # told below, panel by panel
        wait_for("every panel", all_there)
    for title, expression in sorted(wanted):
        check(f"dashboard: {title}: {expression[:60]}", (title, expression) not in missing, f"matches nothing: {expression}")


def check_live_alerts(prometheus):
    """Every series that a rule asks for is there, under the names and labels that the gateway gives it."""
    groups = prometheus.ask("rules", type="alert")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    check("alerts: Prometheus has evaluated all of them", rules and all(rule["health"] == "ok" for rule in rules), str(rules))
    firing = [rule["name"] for rule in rules if rule["state"] != "inactive"]
    check("alerts: none is on while all is well", not firing, str(firing))
    for rule in rules:
        for name, matchers in re.findall(r"((?:cardata|grpc|process)_\w+)(\{[^}]*\})?", rule["query"]):
            matchers = re.sub(r'result=~"UPSTREAM_[^"]*"', 'result="OK"', matchers)  # BMW is well
            selector = name + matchers
            check(f"alerts: {rule['name']}: there is {selector}", prometheus.query(selector))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--promtool", required=True)
    arguments.add_argument("--prometheus", required=True)
    arguments.add_argument("--write", action="store_true", help="write METRICS.md anew")
    options = arguments.parse_args()

    check_alerts(options.promtool)
    with tempfile.TemporaryDirectory() as folder, Stack(folder) as stack:
        bmw = stack.start_simulator("--accounts=2", "--auto-approve=10ms", "--poll-interval=1s", "--time-factor=60")
        gateway = stack.start_gateway("gateway")
        stack.start_gateway("with-tls", *stack.certificate())
        prometheus = stack.start_prometheus(options.prometheus, "1s")
        post(f"{bmw['control_url']}/load", {"events_per_second": 50, "accounts": 2})
        accounts = stack.control("/accounts")["accounts"]

        def client_id(account):
            return accounts[account]["clients"][0]["client_id"]

        first = log_in(gateway, "first", client_id(0))
        check("an account is logged in", first.returncode == 0, first.stdout + first.stderr)
        wait_for("the first scrape", lambda: prometheus.query('cardata_accounts{state="active"} == 1'))
        second = log_in(gateway, "second", client_id(1))
        check("another one is logged in", second.returncode == 0, second.stdout + second.stderr)
        stack.start("subscriber", BIN / "cardata-watch", f"--target={gateway}")

        def busy():
            log_in(gateway, "first", client_id(0))
            subprocess.run([BIN / "cardata-watch", f"--target={gateway}", "--vin=NOVIN", "--for=5s"], capture_output=True)

        check_dashboard(stack, prometheus, busy)
        check_metrics(stack, options.promtool, options.write)
        check_live_alerts(prometheus)
    print(f"{len(failures)} failed" + "".join(f"\n  {each}" for each in failures))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
