"""A scripted IMAP server that does what servers should not do (F10): hangs up, lies, forgets, answers late."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

# What a fault makes of a command; anything else is carried out.
DROP, SILENT = "drop", "silent"
Answer = bytes | str | None
CAPABILITIES = "IMAP4rev1 UIDPLUS MOVE IDLE"


@dataclass
class Script:
    """One mailbox. `fault` sees each command with its number, and says what happens instead of it.

    It returns None to have it carried out, DROP to hang up, or bytes that are sent instead of the ordinary answer
    (`TAG` in them becomes that of the command).
    """

    port: int = 0
    messages: dict[int, bytes] = field(default_factory=dict)
    moved: list[bytes] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    sizes: dict[int, int] = field(default_factory=dict)
    uidvalidity: int = 7
    last: int = 0
    capabilities: str = CAPABILITIES
    fault: Callable[[str, int], Answer] = lambda _command, _number: None
    commands: list[str] = field(default_factory=list)
    idling: threading.Event = field(default_factory=threading.Event)
    news: threading.Event = field(default_factory=threading.Event)
    over: bool = False

    def put(self, *raws: bytes) -> None:
        """New mail, under numbers that nothing had before."""
        for raw in raws:
            self.last = max(self.last, *self.messages, 0) + 1
            self.messages[self.last] = raw

    def expunge(self, uids: list[int]) -> None:
        for uid in uids:
            if uid in self.deleted:
                self.deleted.discard(uid)
                self.messages.pop(uid, None)


@contextmanager
def scripted() -> Iterator[Script]:
    script = Script()
    listening = socket.create_server(("127.0.0.1", 0))
    script.port = listening.getsockname()[1]
    open_ones: list[socket.socket] = []

    def accept() -> None:
        while not script.over:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            open_ones.append(connection)
            threading.Thread(target=_Session(script, connection).run, daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.over = True
        script.news.set()
        for one in [listening, *open_ones]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        thread.join(5)


class _Hangup(Exception):
    pass


class _Session:
    def __init__(self, script: Script, connection: socket.socket) -> None:
        self.script = script
        self.connection = connection
        self.file = connection.makefile("rb")

    def run(self) -> None:
        with suppress(OSError, _Hangup, ValueError):
            self.say("* OK ready")
            while line := self.file.readline():
                self.command(line.decode().rstrip("\r\n"))
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def say(self, text: str | bytes) -> None:
        self.connection.sendall((text if isinstance(text, bytes) else text.encode()) + b"\r\n")

    def command(self, line: str) -> None:
        tag, _blank, rest = line.partition(" ")
        words = rest.split(" ")
        name = " ".join(words[:2] if words[0].upper() == "UID" else words[:1]).upper()
        self.script.commands.append(rest)
        instead = self.script.fault(rest, len(self.script.commands))
        if instead == DROP:
            raise _Hangup
        if isinstance(instead, bytes):
            self.connection.sendall(instead.replace(b"TAG", tag.encode()))
            return
        handler = getattr(self, name.replace(" ", "_").lower(), None)
        if handler is None:
            self.say(f"{tag} BAD unknown")
            return
        if handler(rest) is not False:
            self.say(f"{tag} OK done")

    def capability(self, _rest: str) -> None:
        self.say(f"* CAPABILITY {self.script.capabilities}")

    def login(self, _rest: str) -> None:
        pass

    def logout(self, _rest: str) -> None:
        self.say("* BYE")

    def noop(self, _rest: str) -> None:
        pass

    def list(self, _rest: str) -> None:
        self.say('* LIST () "/" "INBOX"')
        self.say('* LIST () "/" "Done"')

    def create(self, _rest: str) -> None:
        pass

    def select(self, _rest: str) -> None:
        self.say(f"* {len(self.script.messages)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.script.uidvalidity}] valid")

    examine = select

    def uid_search(self, rest: str) -> None:
        found = self.script.messages
        if wanted := re.search(r"UID (\d+):(\d+|\*)", rest):
            top = max(found, default=0) if wanted[2] == "*" else int(wanted[2])
            low, high = sorted((int(wanted[1]), top))
            found = [uid for uid in found if low <= uid <= high]
        self.say("* SEARCH " + " ".join(map(str, found)))

    def uid_fetch(self, rest: str) -> None:
        _uid, _fetch, uids, items = rest.split(" ", 3)
        for uid in map(int, uids.split(",")):
            if uid in self.script.messages:
                self.say(self.answer(uid, items))

    def answer(self, uid: int, items: str) -> bytes:
        raw = self.script.messages[uid]
        number = list(self.script.messages).index(uid) + 1
        parts = [f"UID {uid}".encode()]
        if "RFC822.SIZE" in items:
            parts.append(f"RFC822.SIZE {self.script.sizes.get(uid, len(raw))}".encode())
        if "INTERNALDATE" in items:
            parts.append(b'INTERNALDATE "21-Nov-2026 10:00:00 +0000"')
        if "FLAGS" in items:
            flags = " ".join(["\\Deleted"] * (uid in self.script.deleted) + ["\\Seen"] * (uid in self.script.seen))
            parts.append(f"FLAGS ({flags})".encode())
        if piece := re.search(r"BODY\.PEEK\[\]<(\d+)\.(\d+)>", items):
            start, size = int(piece[1]), int(piece[2])
            part = raw[start : start + size]
            parts.append(b"BODY[]<%d> {%d}\r\n%b" % (start, len(part), part))
        elif "BODY.PEEK[]" in items:
            parts.append(b"BODY[] {%d}\r\n%b" % (len(raw), raw))
        return b"* %d FETCH (%b)" % (number, b" ".join(parts))

    def uid_store(self, rest: str) -> None:
        uids = {int(uid) for uid in rest.split(" ")[2].split(",")}
        (self.script.deleted if "\\Deleted" in rest else self.script.seen).update(uids)

    def uid_expunge(self, rest: str) -> None:
        self.script.expunge([int(uid) for uid in rest.split(" ")[2].split(",")])

    def uid_copy(self, rest: str) -> None:
        for uid in rest.split(" ")[2].split(","):
            self.script.moved.append(self.script.messages[int(uid)])

    def uid_move(self, rest: str) -> None:
        self.uid_copy(rest)
        for uid in rest.split(" ")[2].split(","):
            self.script.messages.pop(int(uid))

    def idle(self, _rest: str) -> None:
        self.say("+ idling")
        self.script.idling.set()
        self.script.news.wait(10)
        self.script.news.clear()
        if self.script.over:
            raise _Hangup
        self.say(f"* {len(self.script.messages)} EXISTS")
        self.file.readline()  # DONE
