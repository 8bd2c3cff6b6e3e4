"""A provider of tokens for tests: its token endpoint, and the introspection that Dovecot asks."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Provider:
    """`active` maps good tokens to users. `answer` replaces what the next requests for a token get."""

    port: int = 0
    active: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    answer: tuple[int, dict[str, object]] | None = None
    user: str = ""
    expires_in: int = 3600

    @property
    def token_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def introspection_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/introspect"

    def give(self, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.asked.append(fields)
        if self.answer is not None:
            return self.answer
        token = f"access-{len(self.asked)}"
        self.active[token] = self.user
        given: dict[str, object] = {"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in}
        if fields["grant_type"] != "client_credentials":
            given["refresh_token"] = f"refresh-{len(self.asked)}"
        return 200, given

    def look_up(self, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
        user = self.active.get(fields.get("token", ""))
        return 200, {"active": True, "username": user} if user else {"active": False}


@contextmanager
def provider() -> Iterator[Provider]:
    here = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            status, answer = here.give(fields) if self.path.startswith("/token") else here.look_up(fields)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
