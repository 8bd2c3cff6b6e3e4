"""deploy/nginx.conf, tried with nginx itself where it is installed: on free ports, before a small server of our own."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from helpdesk.embedded.ports import free_port
from tests.mail.certificates import certificate

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX = os.environ.get("HELPDESK_NGINX") or shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(not NGINX, reason="nginx is not installed"),
]


class Node(BaseHTTPRequestHandler):
    """A web node that says what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/live/"):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(b"data: first\n\n")
            self.wfile.flush()
            time.sleep(3)
            self.close_connection = True
            return
        self._say({"path": self.path, "headers": dict(self.headers)})

    def do_POST(self) -> None:
        self._say({"length": len(self.rfile.read(int(self.headers["Content-Length"])))})

    def _say(self, facts: dict) -> None:
        body = json.dumps(facts).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Proxy:
    port: int
    folder: Path
    node: ThreadingHTTPServer
    context: ssl.SSLContext = field(default_factory=ssl._create_unverified_context)

    @contextmanager
    def asked(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Iterator[HTTPResponse]:
        connection = HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=60)
        try:
            connection.request(method, path, body, headers={"Host": "help.example.com", **headers})
            yield connection.getresponse()
        finally:
            connection.close()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        with self.asked(method, path, body, **headers) as answer:
            return Answer(answer.status, answer.headers, answer.read())

    def log(self) -> str:
        time.sleep(0.2)
        return "".join(file.read_text() for file in self.folder.glob("*.log"))


def written(folder: Path, *, http: int, https: int, node: int) -> Path:
    """The file as it is, but for what belongs to a machine: ports, certificate, folders."""
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"(?m)^ *listen \[::\].*\n", "", text)
    for there, here in (
        ("listen 443 ", f"listen 127.0.0.1:{https} "),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("127.0.0.1:8000", f"127.0.0.1:{node}"),
        ("/etc/ssl/certs/help.example.com.pem", str(folder / "certificate.pem")),
        ("/etc/ssl/private/help.example.com.key", str(folder / "key.pem")),
        ("/usr/share/helpdesk", str(DEPLOY)),
        ("/var/log/nginx", str(folder)),
    ):
        assert there in text
        text = text.replace(there, here)
    kept = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    own = "" if os.geteuid() else "user root root;\n"  # whose folder this is
    own += f"daemon off;\npid {folder}/pid;\nerror_log {folder}/start.log warn;\nevents {{}}\nhttp {{\n{kept}types {{ text/html html; }}\n"
    (folder / "nginx.conf").write_text(f"{own}{text}\n}}\n")
    return folder / "nginx.conf"


@pytest.fixture
def proxy(tmp_path) -> Iterator[Proxy]:
    node = ThreadingHTTPServer(("127.0.0.1", 0), Node)
    threading.Thread(target=node.serve_forever, daemon=True).start()
    http, https = free_port(), free_port()
    certificate(tmp_path)
    config = written(tmp_path, http=http, https=https, node=node.server_port)
    process = subprocess.Popen([NGINX, "-c", config, "-p", tmp_path, "-e", tmp_path / "early.log"])
    for _try in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", https)) == 0:
                break
        time.sleep(0.1)
    yield Proxy(https, tmp_path, node)
    process.terminate()
    process.wait(10)
    node.shutdown()
    node.server_close()


def test_the_file_is_understood(tmp_path):
    certificate(tmp_path)
    config = written(tmp_path, http=free_port(), https=free_port(), node=free_port())
    asked = [NGINX, "-t", "-c", config, "-p", tmp_path, "-e", tmp_path / "early.log"]
    tried = subprocess.run(asked, capture_output=True, text=True, timeout=30)
    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr


def test_the_node_learns_who_asks_and_how(proxy):
    answer = proxy.ask("GET", "/desk/", **{"X-Forwarded-For": "10.1.1.1", "X-Forwarded-Proto": "http"})
    headers = answer.json()["headers"]
    assert (headers["Host"], headers["X-Forwarded-Proto"]) == ("help.example.com", "https")
    assert headers["X-Forwarded-For"].split(", ") == ["10.1.1.1", "127.0.0.1"]
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])


def test_large_uploads_come_through_and_larger_ones_do_not(proxy):
    assert proxy.ask("POST", "/desk/", b"x" * 20_000_000).json() == {"length": 20_000_000}
    announced = HTTPSConnection("127.0.0.1", proxy.port, context=proxy.context, timeout=60)
    announced.putrequest("POST", "/desk/", skip_host=True)
    for name, value in (("Host", "help.example.com"), ("Content-Length", str(61 * 1024 * 1024))):
        announced.putheader(name, value)
    announced.endheaders()
    assert announced.getresponse().status == 413
    announced.close()


def test_live_hints_are_not_held_back(proxy):
    with proxy.asked("GET", "/live/?token=secret") as answer:
        started = time.monotonic()
        assert answer.readline() == b"data: first\n"
        assert time.monotonic() - started < 2  # the node says nothing more for three seconds


def test_what_is_for_the_inside_is_not_there(proxy):
    assert [proxy.ask("GET", path).status for path in ("/metrics", "/healthz/ready", "/healthz/live")] == [404] * 3


SECRET = [
    "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST/Session/very-secret",
    "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST/Ticket/7?SessionID=secret&Password=secret",
    "/welcome/very-secret/",
    "/password/reset/key/abc-secret/",
    "/link/very-secret/",
    "/survey/very-secret/comment/",
    "/notices/stop/very-secret/",
    "/api/v1/alerts/very-secret/",
    "/api/v1/people/?q=secret",
    "/live/?token=secret",
]


def test_T80_no_secret_of_an_address_is_in_the_logs(proxy):
    for path in SECRET:
        with proxy.asked("GET", path) as answer:
            answer.read(1)
    proxy.node.shutdown()
    proxy.node.server_close()
    for path in SECRET:
        assert proxy.ask("GET", path).status == 503
    log = proxy.log()
    assert log.count("GET /api/v1/people/ ") == 2
    assert "secret" not in log


def test_while_no_node_answers_people_and_programs_are_told(proxy):
    proxy.node.shutdown()
    proxy.node.server_close()
    page = proxy.ask("GET", "/desk/tickets/")
    assert (page.status, page.headers["Content-Type"], page.headers["Retry-After"]) == (503, "text/html", "10")
    assert "Back in a moment" in page.body.decode()
    for path in ("/api/v1/tickets/", "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST/Ticket"):
        answer = proxy.ask("GET", path)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == 503
    assert proxy.ask("POST", "/desk/", b"x").status == 503
