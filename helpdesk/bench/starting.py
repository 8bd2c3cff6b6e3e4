"""`bin/run`: how long until the first page can be served, and how much memory its processes hold then."""

import os
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from helpdesk.bench.dataset import Ground
from helpdesk.bench.mails import RECIPIENT
from helpdesk.bench.measuring import Result, descendants, from_times, pss
from helpdesk.bench.servers import free_ports, listens, stop, wait_for

STARTS = 3
# Pages that are asked for before the memory is counted: every thread of the web process has worked then.
PAGES = 200
MAILS, PAUSE = 40, 15.0
DATABASE = "postgres"


def start(ground: Ground) -> list[Result]:
    """With the libraries installed: on an empty data folder (demo world included), and again on the one made so."""
    del ground
    first, later = [], []
    for _n in range(STARTS):
        with _folder() as folder:
            for times in (first, later):
                with _installation(folder) as (seconds, _process, _port):
                    times.append(seconds)
    return [from_times("start_first", first, tickets=0, per_s=None), from_times("start", later, tickets=0, per_s=None)]


def memory(ground: Ground) -> list[Result]:
    """All processes of bin/run after some work, without the database; shared pages are counted once (PSS)."""
    del ground
    with _folder() as folder, _installation(folder) as (_seconds, process, port):
        for _n in range(PAGES):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=10).close()
        wait_for(lambda: listens(port + 1), "the mail receiver")
        _write(port + 1)
        held = {one: pss(one) for one in descendants(process.pid)}
        names = {one: _name(one) for one in held}
    parts: dict[str, float] = {}
    for one, megabytes in held.items():
        parts[names[one]] = round(parts.get(names[one], 0) + megabytes, 1)
    database = parts.pop(DATABASE, 0)
    more = {"parts_mb": parts, "database_mb": database}
    return [Result("memory", 1, 0, peak_mb=sum(parts.values()), more=more)]


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _installation(folder: Path) -> Iterator[tuple[float, subprocess.Popen[bytes], int]]:
    """bin/run with servers of its own, ready: the seconds that took, its process and its port; mail is the next one."""
    port = free_ports(3)
    ours = ("HELPDESK_", "DATABASE_", "REDIS_", "DJANGO_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    url = f"http://127.0.0.1:{port}"
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [str(settings.BASE_DIR / "bin" / "run"), "--port", str(port), "--data", str(folder)],
        env=environment | {"HELPDESK_MAIL_PORT": str(port + 1)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        wait_for(lambda: _is_ready(url), "the first page", seconds=300)
        yield time.monotonic() - started, process, port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        finally:
            stop(process)


def _write(port: int) -> None:
    """Mails, until both processes of the worker have read some."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(MAILS):
            text = f"From: w{number}@bench.example\r\nSubject: Number {number}\r\n\r\nIt does not work.\r\n"
            server.sendmail(f"w{number}@bench.example", [RECIPIENT], text)
    time.sleep(PAUSE)


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz/ready", timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def _name(process: int) -> str:
    """What a process is for, by its command line."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    except OSError:
        return "gone"
    kinds = {
        "postgres": DATABASE,
        "valkey": "valkey",
        "uvicorn": "web",
        "celery": "worker",
        "mail.nursery": "worker",
        "mail_receiver": "mail receiver",
        "embedded.beat": "beat",
        "embedded.supervisor": "supervisor",
    }
    return next((kind for word, kind in kinds.items() if word in words), "other")
