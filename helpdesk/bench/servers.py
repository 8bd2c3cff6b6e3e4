"""Our own processes for the length of a measurement: started as bin/run starts them, on this database."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from helpdesk.bench.measuring import descendants, pss

QUEUES = "intake,outgoing,events,clocks,bulk"
PATIENCE = 60.0


class TooSlow(Exception):
    """Something that was waited for did not happen."""


def environment(**more: str) -> dict[str, str]:
    """Where this process works, for another one: the same database even when it is that of a test."""
    facts = connection.settings_dict
    login = quote(facts["USER"]) + (f":{quote(facts['PASSWORD'])}" if facts["PASSWORD"] else "")
    place = urlencode({name: facts[key] for name, key in (("host", "HOST"), ("port", "PORT")) if facts[key]})
    return os.environ | {
        "DATABASE_URL": f"postgresql://{login}@/{quote(facts['NAME'])}?{place}",
        "HELPDESK_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "HELPDESK_LOG_LEVEL": "WARNING",
        # Nothing that is measured may reach a mail server.
        "HELPDESK_SMTP_URL": "",
        **more,
    }


@contextmanager
def running(*arguments: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process with these arguments, ended with its children at the end."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
        )
        try:
            yield process
            if process.poll() is not None:
                log.seek(0)
                raise TooSlow(f"{' '.join(arguments)} has ended: {log.read()[-2000:].decode(errors='replace')}")
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def worker(*, queues: str = QUEUES, **more: str):
    """The one worker that bin/run starts, with all queues unless some are named."""
    options = ("--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING")
    return running("-m", "celery", "-A", "helpdesk", "worker", "-Q", queues, *options, **more)


def web(port: int, **more: str):
    options = ("--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--no-proxy-headers")
    return running("-m", "uvicorn", "helpdesk.asgi:application", *options, **more)


def free_ports(number: int) -> int:
    """The first of so many free ports in a row."""
    for first in range(20_000 + os.getpid() % 20_000, 60_000, number):
        with suppress(OSError):
            for port in range(first, first + number):
                with socket.socket() as listener:
                    listener.bind(("127.0.0.1", port))
            return first
    raise TooSlow("There is no free port.")


def listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_for(question: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> float:
    """Seconds until the answer was true. Raises `TooSlow`."""
    started = time.monotonic()
    while not question():
        if time.monotonic() - started > seconds:
            raise TooSlow(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.1)  # to ask must not cost what is measured
    return time.monotonic() - started


def held_by(process: subprocess.Popen[bytes]) -> float:
    """Memory of the process with all it has started (PSS)."""
    return sum(pss(one) for one in descendants(process.pid))
