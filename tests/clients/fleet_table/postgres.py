# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of the test's own."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from programs import Failure, Program

USER = "fleet"


class Postgres(Program):
    """A temporary cluster on loopback. It never runs as root, which it would refuse."""

    def __init__(self, folder: Path) -> None:
        self._bin = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        self._data = Path(tempfile.mkdtemp(prefix="fleet-table-postgres-"))
        self._port = _free_port()
        as_user = ["env", "-C", str(self._data), "setpriv", "--pdeathsig", "INT"]
        if os.geteuid() == 0:
            shutil.chown(self._data, "nobody", "nogroup")
            as_user += ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        cluster = self._data / "cluster"
        made = [*as_user, self._bin / "initdb", "-D", cluster, "-U", USER, "-A", "trust"]
        subprocess.run(
            [*made, "--encoding=UTF8", "--no-locale", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        options = [f"--{name}={value}" for name, value in settings.items()]
        server = [*as_user, self._bin / "postgres", "-D", cluster, "-p", str(self._port), *options]
        super().__init__(folder / "postgres.log", server)
        self.wait_for(self._is_ready)

    @property
    def jdbc_url(self) -> str:
        """Where programs in Java find it."""
        return (
            f"jdbc:postgresql://127.0.0.1:{self._port}/postgres"
            f"?user={USER}&ApplicationName=fleet-table"
        )

    def ask(self, sql: str) -> list[list[str]]:
        """Give the rows of a query."""
        done = self._psql("-c", sql)
        if done.returncode != 0:
            raise Failure(f"{sql}: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def number(self, sql: str) -> int:
        """Give the one number of a query."""
        return int(self.ask(sql)[0][0])

    def session(self) -> subprocess.Popen[str]:
        """Open a session that takes statements from its standard input."""
        return subprocess.Popen(
            self._psql_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )

    def end(self) -> None:
        """End it with all its sessions, and remove it."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait()
        shutil.rmtree(self._data)

    def _psql_command(self) -> list[str]:
        place = ["-h", "127.0.0.1", "-p", str(self._port), "-U", USER, "-d", "postgres"]
        return [str(self._bin / "psql"), "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", *place]

    def _psql(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*self._psql_command(), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def _is_ready(self) -> bool:
        return self._psql("-c", "SELECT 1").returncode == 0


def _free_port() -> int:
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randrange(20_000, 32_000)))
            except OSError:
                continue
            return int(probe.getsockname()[1])
