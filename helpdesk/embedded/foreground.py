"""Running one command for the person at the terminal: its input, output and exit code are ours."""

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from helpdesk.embedded.processes import ends_with_its_parent


def run_in_foreground(command: list[str], *, environment: Mapping[str, str], folder: Path | None = None) -> int:
    """Run the command to its end and answer its exit code as a shell would (128 + n after signal n)."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        cwd=folder,
        preexec_fn=ends_with_its_parent(signal.SIGTERM),
    )

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    # Ctrl-C reaches the command by itself, and what it means is the command's to decide.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGHUP, pass_on)
    code = process.wait()
    return code if code >= 0 else 128 - code
