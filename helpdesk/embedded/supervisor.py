"""`bin/run`: starts the servers and our processes, keeps them running, and stops them in order."""

import argparse
import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType

from helpdesk.embedded import static_files
from helpdesk.embedded.announcement import DEMO_PEOPLE, announce, first_person
from helpdesk.embedded.catalogues import compile_stale_catalogues
from helpdesk.embedded.children import Child, Duty
from helpdesk.embedded.console import Interrupted, Trouble, finish, in_plain_words, say
from helpdesk.embedded.environment import (
    DEFAULT_HOST,
    DEFAULT_PORT,
    application_environment,
    host_of,
    mail_ports,
    remember_base_url,
)
from helpdesk.embedded.logs import open_log, set_large_ones_aside, size, tail
from helpdesk.embedded.places import ROOT, Places, chosen_data_folder
from helpdesk.embedded.ports import is_free
from helpdesk.embedded.processes import ends_with_its_parent, wait_until
from helpdesk.embedded.services import Services, services
from helpdesk.embedded.sharing import only_supervisor

QUEUES = "intake,outgoing,events,clocks,bulk"
# Before the first page is served, so many failed starts of the web process in a row mean that it cannot start at all.
FAILED_STARTS = 3
PAUSE_AFTER_TROUBLE = 5.0
PAUSE_BETWEEN_LOGS = 60.0
LONG_START = 60.0
# What `manage.py has_administrator` ends with when there is none.
NOBODY = 3


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    places = Places(chosen_data_folder(options.data))
    _let_signals_interrupt()
    places.make()
    with only_supervisor(places.run):
        _require_free_ports(options)
        remember_base_url(places, host=options.host, port=options.port)
        compile_stale_catalogues()
        say("Starting the database ...")
        with services(places) as running:
            environment = application_environment(places, running)
            _prepare(places, environment, demo=options.demo)
            _serve(options, places, running, environment)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/run", description="Start Helpdesk and serve until interrupted.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port of the web pages (%(default)s)")
    parser.add_argument("--host", default=DEFAULT_HOST, help="address to listen on (%(default)s)")
    parser.add_argument("--data", metavar="DIR", help="data folder (HELPDESK_DATA, else .data)")
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="do not load the demo data")
    return parser.parse_args(arguments)


def _let_signals_interrupt() -> None:
    """The first signal starts the clean stop, later ones do not disturb it."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    # Under nohup a closed terminal is no reason to stop.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, lambda *_: None)
        say("\nStopping ...")
        raise Interrupted

    for number in numbers:
        signal.signal(number, interrupt)


def _require_free_ports(options: argparse.Namespace) -> None:
    mail_host, smtp, lmtp = mail_ports()
    wanted = (
        (options.host, options.port, "Choose another one with --port."),
        (mail_host, smtp, "Choose another one with HELPDESK_MAIL_PORT."),
        (mail_host, lmtp, "Choose another one with HELPDESK_MAIL_PORT (LMTP uses the port after it)."),
    )
    for host, port, advice in wanted:
        try:
            # A killed supervisor takes its processes with it, but not in the same instant.
            free = wait_until(partial(is_free, port, host=host), seconds=2)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise Trouble(f"Nothing can listen on {host}, port {port}: {reason}. {advice}") from None
        if not free:
            raise Trouble(f"Port {port} is already taken by another program. {advice}")


def _prepare(places: Places, environment: Mapping[str, str], *, demo: bool) -> None:
    """What must be done before the first page can be served; the pages and the database have nothing in common."""
    pages = None
    if not static_files.are_fresh(places):
        pages = _Step(
            "collectstatic", "--no-input", doing="Preparing the pages", places=places, environment=environment
        )
    _Step("migrate", "--no-input", doing="Preparing the database", places=places, environment=environment).finish()
    if demo:
        _Step("demo", "--if-empty", doing="Loading the demo data", places=places, environment=environment).finish()
    if pages is not None:
        pages.finish()
        static_files.remember(places)


class _Step:
    """A command of manage.py, begun when this is made."""

    def __init__(
        self, command: str, option: str, *, doing: str, places: Places, environment: Mapping[str, str]
    ) -> None:
        say(f"{doing} ...")
        self._doing, self._path = doing, places.logs / f"setup-{command}.log"
        with open_log(self._path) as log:
            self._since = size(self._path)
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", command, option],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=ends_with_its_parent(signal.SIGKILL),
            )

    def finish(self) -> None:
        """Wait for its end. Raises `Trouble` when it has failed."""
        self.finish_with(0)

    def finish_with(self, *codes: int) -> int:
        """Wait for its end. Returns its exit code; raises `Trouble` when that is none of `codes`."""
        code = self._process.wait()
        if code not in codes:
            raise Trouble(f"{self._doing} failed. The end of {self._path}:\n{tail(self._path, since=self._since)}")
        return code


def _duties(options: argparse.Namespace, places: Places) -> list[Duty]:
    """In the order of stopping: first what takes in work, last what does it."""
    worker = ("-m", "celery", "-A", "helpdesk", "worker", "-Q", QUEUES, "--concurrency", "2")
    web = ("-m", "uvicorn", "helpdesk.asgi:application", "--host", options.host, "--port", str(options.port))
    # the settings say whose word on the client's address counts; uvicorn would believe anybody on this machine
    web = (*web, "--no-proxy-headers")
    return [
        Duty(name="mail receiver", arguments=("manage.py", "mail_receiver"), grace=1.5),
        Duty(name="web", arguments=(*web, "--no-access-log", "--timeout-graceful-shutdown", "2"), grace=2.5),
        Duty(name="beat", arguments=("-m", "helpdesk.embedded.beat", str(places.run / "beat-schedule")), grace=1.0),
        Duty(
            name="worker",
            arguments=(*worker, "--without-gossip", "--without-mingle"),
            grace=3.0,
        ),
    ]


def _serve(options: argparse.Namespace, places: Places, running: Services, environment: Mapping[str, str]) -> None:
    children = [Child(duty, logs=places.logs, environment=environment) for duty in _duties(options, places)]
    watch = _Watch(children, running, logs=places.logs)
    people = _people(options, places, environment)
    try:
        for child in children:
            child.start()
        say("Starting the web pages ...")
        _wait_for_the_first_page(options, children, watch, environment)
        announce(places, url=environment["HELPDESK_BASE_URL"], people=people())
        while True:
            watch.look()
            time.sleep(0.5)
    finally:
        for child in children:
            child.stop()


def _people(options: argparse.Namespace, places: Places, environment: Mapping[str, str]) -> Callable[[], str]:
    """Who can sign in, for the announcement; without the demo world it is found out while the processes start."""
    if options.demo:
        return lambda: DEMO_PEOPLE
    doing = "Looking for an administrator"
    question = _Step("has_administrator", "--no-color", doing=doing, places=places, environment=environment)
    return lambda: first_person(places) if question.finish_with(0, NOBODY) == NOBODY else ""


def _wait_for_the_first_page(
    options: argparse.Namespace, children: list[Child], watch: "_Watch", environment: Mapping[str, str]
) -> None:
    web = next(child for child in children if child.duty.name == "web")
    announced = time.monotonic() + LONG_START
    while not _is_ready(options, environment):
        watch.look()
        if web.failures >= FAILED_STARTS:
            raise Trouble("The web process cannot start.")
        if time.monotonic() > announced:
            announced += LONG_START
            say(f"Still waiting for the first page; what the web process says is in {web.log}.")
        time.sleep(0.2)


class _Watch:
    """Sees to it that everything runs, and that no log grows for ever."""

    def __init__(self, children: list[Child], running: Services, *, logs: Path) -> None:
        self._children = children
        self._running = running
        self._logs = logs
        self._logs_seen = 0.0
        self._told = ""

    def look(self) -> None:
        for child in self._children:
            child.watch()
        if down := self._running.down():
            self._start_again(", ".join(down))
        if time.monotonic() - self._logs_seen > PAUSE_BETWEEN_LOGS:
            self._logs_seen = time.monotonic()
            set_large_ones_aside(self._logs)

    def _start_again(self, names: str) -> None:
        if not self._told:
            say(f"Ended, and will be started again: {names}.")
        try:
            self._running.start()
            say(f"Running again: {names}.")
            self._told = ""
        except (Trouble, OSError) as trouble:
            text = in_plain_words(trouble) if isinstance(trouble, OSError) else str(trouble)
            # A trouble that lasts is told once, not every few seconds.
            if text != self._told:
                say(f"{text} Until then it is tried again every {PAUSE_AFTER_TROUBLE:g} seconds.")
            self._told = text
            time.sleep(PAUSE_AFTER_TROUBLE)


def _is_ready(options: argparse.Namespace, environment: Mapping[str, str]) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(options.host, options.host)  # noqa: S104
    connection = http.client.HTTPConnection(host, options.port, timeout=5)
    try:
        connection.request("GET", "/healthz/ready", headers={"Host": host_of(environment["HELPDESK_BASE_URL"])})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    finish(main)
