"""The supervisor with a tiny web process in place of ours: everything about starting and stopping, without Django."""

import os
import subprocess
import sys
from pathlib import Path

from helpdesk.embedded.places import ROOT, Places
from helpdesk.embedded.ports import free_port
from helpdesk.embedded.processes import is_alive

WEB = """
import http.server, os, sys

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz/ready" else 404)
        self.end_headers()

    def log_message(self, *_):
        pass

print(os.getpid(), os.environ["DATABASE_URL"], os.environ["HELPDESK_DATA"], flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""
SUPERVISOR = """
import sys
from helpdesk.embedded import supervisor
from helpdesk.embedded.children import Duty
from helpdesk.embedded.console import finish

web = sys.argv.pop(1)
supervisor.PAUSE_AFTER_TROUBLE = 0.5
supervisor._prepare = lambda places, environment, *, demo: None
supervisor._duties = lambda options, places: [Duty(name="web", arguments=("-c", web, str(options.port)), grace=1)]
finish(supervisor.main)
"""


def start_supervisor(
    data: Path, *, port: int, prefix: tuple[str, ...] = (), python: str = sys.executable, **environment: str
) -> subprocess.Popen[str]:
    """`prefix` is a command in front of it, such as `unshare --mount`."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return subprocess.Popen(
        [*prefix, python, "-c", SUPERVISOR, WEB, "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        env={**kept, "HELPDESK_MAIL_PORT": str(free_port()), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_announcement(supervisor: subprocess.Popen[str]) -> str:
    assert supervisor.stdout is not None
    lines = []
    for line in supervisor.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError(supervisor.communicate()[1])


def web_process(places: Places) -> int:
    return int((places.logs / "web.log").read_text().splitlines()[-1].split()[0])


def postgres_process(places: Places) -> int:
    return int((places.postgres / "postmaster.pid").read_text().splitlines()[0])


def status_of_postgres(places: Places, *, other_than: int) -> str:
    """Empty while a new server is on its way."""
    file = places.postgres / "postmaster.pid"
    lines = file.read_text().splitlines() if file.exists() else []
    # a disowned file keeps the words of the killed server
    is_new = len(lines) > 7 and int(lines[0]) != other_than and is_alive(int(lines[0]))
    return lines[7].strip() if is_new else ""
