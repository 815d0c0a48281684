# SPDX-License-Identifier: Apache-2.0
"""The real gateway beside the simulator, and a real Prometheus that scrapes it. The standard library only."""

import base64
import contextlib
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ROOT / "helm/cardata-gateway/files"
BIN = pathlib.Path(os.environ.get("CARDATA_BIN", ROOT / "build/bin"))
# After it something hangs; no test waits for it to pass.
PATIENCE = 120


def wait_for(what, condition):
    """The first true value of `condition`."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: not within {PATIENCE} s")
        time.sleep(0.1)
    return value


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or "null")


def free_port():
    """Below the ports that the system gives to outgoing connections."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port := random.randrange(20_000, 32_000)))
            return port


class Stack(contextlib.ExitStack):
    """Programs that end with it, the last one first, with their files in `folder`."""

    def __init__(self, folder):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.scraped = {}  # the address of each admin port by its gateway's name

    def start(self, name, *argv):
        log = self.folder / f"{name}.log"
        with log.open("w") as output:
            # Not by preexec_fn: that forks, which gRPC in this process does not bear.
            command = ["setpriv", "--pdeathsig", "TERM", *(str(each) for each in argv)]
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.callback(self.stop, process)
        return process, log

    @staticmethod
    def stop(process):
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def running(self, process, log):
        if process.poll() is not None:
            raise SystemExit(f"{log.stem} ended with {process.returncode}:\n{log.read_text()[-4000:]}")

    def start_simulator(self, *flags):
        data = self.folder / "simulator"
        process, log = self.start("simulator", BIN / "cardata-sim", f"--data-dir={data}", *flags)
        endpoints = data / "endpoints.json"

        def ready():
            self.running(process, log)
            return endpoints.exists() and endpoints.read_text()

        self.bmw = json.loads(wait_for("the simulator", ready))
        return self.bmw

    def control(self, path):
        """What the simulator's control interface says."""
        return json.loads(get(self.bmw["control_url"] + path))

    def certificate(self):
        """The flags of a gateway with TLS; its certificate, tls.pem, is its own authority."""
        certificate, key = self.folder / "tls.pem", self.folder / "tls.key"
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "90",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key,
                "-out",
                certificate,
            ],
            check=True,
            capture_output=True,
        )
        return f"--tls-cert-file={certificate}", f"--tls-key-file={key}"

    def start_gateway(self, name, *flags):
        """Where it listens. The simulator is its BMW."""
        key = self.folder / f"{name}.key"
        key.write_bytes(base64.b64encode(os.urandom(32)))
        key.chmod(0o600)
        bmw = self.bmw
        process, log = self.start(
            name,
            BIN / "cardata-gateway",
            "--listen=127.0.0.1:0",
            "--admin-listen=127.0.0.1:0",
            f"--data-dir={self.folder / name}",
            f"--token-key-file={key}",
            f"--client-id={bmw['client_id']}",
            f"--oauth-url={bmw['oauth_url']}",
            f"--rest-url={bmw['rest_url']}",
            f"--stream-host={bmw['stream_host']}",
            f"--stream-port={bmw['stream_port']}",
            f"--ca-file={bmw['ca_file']}",
            *flags,
        )

        def ready():
            self.running(process, log)
            text = log.read_text()
            listens = re.search(r"\bready\b.*?(127\.0\.0\.1:\d+)", text)
            admin = re.search(r"http://(127\.0\.0\.1:\d+)/metrics", text)
            return listens and admin and (listens[1], admin[1])

        listens, self.scraped[name] = wait_for(f"the gateway {name}", ready)
        return listens

    def metrics(self, name):
        return get(f"http://{self.scraped[name]}/metrics")

    def start_prometheus(self, program, interval):
        """Scrapes all gateways that were started, as instances by their names. Returns how to ask it."""
        targets = [{"targets": [address], "labels": {"instance": name}} for name, address in self.scraped.items()]
        configuration = {
            "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
            "rule_files": [str(FILES / "alerts.yaml")],
            "scrape_configs": [{"job_name": "cardata-gateway", "static_configs": targets}],
        }
        file = self.folder / "prometheus.json"  # JSON is YAML
        file.write_text(json.dumps(configuration))
        port = free_port()
        process, log = self.start(
            "prometheus",
            program,
            f"--config.file={file}",
            f"--storage.tsdb.path={self.folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        )
        prometheus = Prometheus(f"http://127.0.0.1:{port}")

        def ready():
            self.running(process, log)
            return prometheus.is_ready()

        wait_for("Prometheus", ready)
        return prometheus


class Prometheus:
    def __init__(self, url):
        self.url = url

    def is_ready(self):
        try:
            return bool(get(f"{self.url}/-/ready"))
        except OSError:
            return False

    def ask(self, path, **parameters):
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            return json.loads(get(url))["data"]
        except urllib.error.HTTPError as refused:
            raise SystemExit(f"Prometheus refuses {parameters}: {refused.read().decode()}") from refused

    def query(self, expression):
        return self.ask("query", query=expression)["result"]

    def query_range(self, expression, start, end, step):
        return self.ask("query_range", query=expression, start=start, end=end, step=step)["result"]
