"""A mail server that knows one mailbox, spoken to in plain text: enough to try an account."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say(b"* OK ready")
        while line := self.rfile.readline():
            tag, command, *rest = line.split()
            answer = getattr(self, f"on_{command.decode().lower()}", lambda _rest: b"OK")(rest)
            self.say(tag + b" " + answer)

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def on_capability(self, _rest: list[bytes]) -> bytes:
        self.say(b"* CAPABILITY IMAP4rev1")
        return b"OK done"

    def on_login(self, rest: list[bytes]) -> bytes:
        return b"OK welcome" if rest[1].strip(b'"') == b"s3cret" else b"NO [AUTHENTICATIONFAILED] wrong"

    def on_list(self, rest: list[bytes]) -> bytes:
        if rest[-1].strip(b'"') in (b"INBOX", b"*"):
            self.say(b'* LIST () "/" "INBOX"')
        return b"OK done"

    def on_uid(self, _rest: list[bytes]) -> bytes:
        self.say(b"* SEARCH 6 7")
        return b"OK done"

    def on_examine(self, _rest: list[bytes]) -> bytes:
        self.say(b"* 7 EXISTS")
        return b"OK [READ-ONLY] done"


@contextmanager
def mail_server() -> Iterator[int]:
    """Its port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
