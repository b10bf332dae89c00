"""How busy the machine was while something was measured, and how much of that was not ours. Linux only (/proc)."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class _Used:
    at: float
    all_seconds: float
    our_seconds: float


class ForeignLoad:
    """Measures from its making on what other people's processes use of the processors."""

    def __init__(self) -> None:
        self._before = _used()

    def cores(self) -> float:
        """Cores in use by others, on average so far; work that the kernel or the host does counts as theirs."""
        now = _used()
        wall = max(now.at - self._before.at, 1e-9)
        foreign = (now.all_seconds - self._before.all_seconds) - (now.our_seconds - self._before.our_seconds)
        return max(0.0, foreign / wall)


def _used() -> _Used:
    words = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()
    user, nice, system, _, _, irq, softirq, steal = (int(word) for word in words[1:9])
    busy = user + nice + system + irq + softirq + steal
    return _Used(time.monotonic(), busy / _TICKS_PER_SECOND, cpu_seconds(os.getpid()))


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, its children that ended, and its children that live."""
    try:
        # The name, in brackets, may hold blanks; the fields that count come after it.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="ascii").split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    own = sum(int(field) for field in fields[11:15]) / _TICKS_PER_SECOND
    return own + sum(cpu_seconds(child) for child in children)
