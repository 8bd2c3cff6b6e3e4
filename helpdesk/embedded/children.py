"""Our own processes under the supervisor: started, restarted when they end, stopped in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from helpdesk.embedded.console import say
from helpdesk.embedded.logs import open_log, size, tail
from helpdesk.embedded.places import ROOT
from helpdesk.embedded.processes import ends_with_its_parent, wait_until

SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
# A process that ran this long had no trouble starting: its next pause is short again.
HEALTHY_AFTER = 60.0


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One process to keep running: its name, its Python arguments, and the seconds it gets to finish when stopped."""

    name: str
    arguments: tuple[str, ...]
    grace: float


class Child:
    """The process that does one duty, and the next one when it ends."""

    def __init__(self, duty: Duty, *, logs: Path, environment: Mapping[str, str]) -> None:
        self.duty = duty
        self.failures = 0
        self.log = logs / f"{duty.name.replace(' ', '-')}.log"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._started = 0.0
        self._restart_at: float | None = None

    def start(self) -> None:
        with open_log(self.log) as log:
            self._log_start = size(self.log)
            self._process = subprocess.Popen(
                [sys.executable, *self.duty.arguments],
                cwd=ROOT,
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A group of its own: Ctrl-C reaches only the supervisor, and a kill reaches its children too.
                process_group=0,
                # Work is rows and survives any kill: better none of the old processes beside the new ones.
                preexec_fn=ends_with_its_parent(signal.SIGKILL),
            )
        self._started = time.monotonic()
        self._restart_at = None

    def watch(self) -> None:
        """Notice an end and plan the next start; start when it is time. Called again and again."""
        if self._restart_at is not None:
            if time.monotonic() >= self._restart_at:
                self.start()
        elif self._process is not None and self._process.poll() is not None:
            self._plan_restart()

    def stop(self) -> None:
        """Ask it to finish; what is still there after its grace is killed."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        wait_until(lambda: self._process is None or self._process.poll() is not None, seconds=self.duty.grace)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _plan_restart(self) -> None:
        if time.monotonic() - self._started > HEALTHY_AFTER:
            self.failures = 0
        pause = min(SHORTEST_PAUSE * 2**self.failures, LONGEST_PAUSE)
        self.failures += 1
        self._signal(signal.SIGKILL)
        self._restart_at = time.monotonic() + pause
        say(f"The {self.duty.name} process {self._ending()} and starts again in {pause:g} s. It said in {self.log}:")
        say(tail(self.log, since=self._log_start) or "  nothing")

    def _ending(self) -> str:
        code = self._process.returncode if self._process is not None else 0
        return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"

    def _signal(self, number: signal.Signals) -> None:
        """To the process and all it started."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
