"""A web server that is told things, for tests: on loopback, with the answers the test wants."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from automation.endpoints import save_endpoint
from automation.happenings import ANYTHING
from automation.models import Endpoint
from core.outside import networks

HOUSE = networks("private")


@dataclass
class Listener:
    """What was posted, as (headers, body); `answers` are statuses in turn, the last one for ever."""

    answers: Sequence[int] = (200,)
    url: str = ""
    slow: float = 0.0
    body: bytes = b"thank you"
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _body in self.heard]


@contextmanager
def listening(listener: Listener | None = None) -> Iterator[Listener]:
    listener = listener or Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            listener.heard.append((headers, body))
            time.sleep(listener.slow)
            self.send_response(listener.answers[min(len(listener.heard), len(listener.answers)) - 1])
            for name, value in listener.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(listener.body)))
            self.end_headers()
            self.wfile.write(listener.body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    listener.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()


def endpoint(world, url: str, *, queues=(), headers=None, **fields) -> Endpoint:
    """One that hears of all events, unless it is said which."""
    row = Endpoint(**({"name": "Chat", "url": url, "events": [ANYTHING]} | fields))
    row.headers = headers or {}
    return save_endpoint(row, queues=queues, by=world.alex)
