# SPDX-License-Identifier: Apache-2.0
"""What processes use of the machine, from /proc."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024


def resident_kib(pid: int) -> int:
    """Say how much memory of a process is resident."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_KIB


def cpu_seconds(pid: int) -> float:
    """Say how much CPU time a process has used."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def busy_seconds() -> float:
    """Say how much CPU time the machine has used, over all cores."""
    user, nice, system, _, _, irq, softirq, *_ = _first_line(Path("/proc/stat"))
    return (user + nice + system + irq + softirq) / _TICKS


def family_seconds() -> float:
    """Say how much of it this process and all that descend from it have used."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(_stat(int(folder.name))[1])
        except OSError:
            continue  # it has ended meanwhile
    family = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(map(cpu_seconds, family))


class Others:
    """Counts the cores that programs take that are none of ours."""

    def __init__(self) -> None:
        self._begin = self._now()

    def cores(self, seconds: float) -> float:
        """Say how many it were, on average, in the time since it was made."""
        return max(0.0, (self._now() - self._begin) / seconds)

    def _now(self) -> float:
        return busy_seconds() - family_seconds()


def machine() -> str:
    """Name the machine."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "CPU")
    return f"{os.cpu_count()} cores of {model}, Linux {os.uname().release}"


def _stat(pid: int) -> list[str]:
    # The program's name is in parentheses, and may have spaces.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def _first_line(file: Path) -> list[int]:
    return [int(word) for word in file.read_text().partition("\n")[0].split()[1:]]
