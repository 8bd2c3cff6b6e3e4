"""The MIME structure of a message as ranges of its bytes, found in one pass from front to back without recursion."""

import re
from dataclasses import dataclass, field

from mail.parsing.headers import Headers, first, read_headers
from mail.parsing.model import MAX_DEPTH, MAX_PARTS, TooComplex
from mail.parsing.params import read_parameters

MAX_CANDIDATES = 200_000  # lines beginning with "--", each of which might be a boundary
MAX_EMBEDDED = 300  # messages within messages within ...
MAX_GUESSES = 20

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_ALIASES = dict.fromkeys(("plain/text", "text/text", "text/ascii", "text/txt", "text/x-plain"), "text/plain") | {
    "text": "text/plain",
    "html": "text/html",
    "html/text": "text/html",
    "text/htm": "text/html",
    "text/x-html": "text/html",
}
_GUESSED_BOUNDARY = re.compile(rb"(?:^|\n)--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-[a-z-]{1,40}:)", re.IGNORECASE)
_EMBEDDED = re.compile(rb"(?im)^content-type:[ \t]*message/(?:rfc822|global)")
_WINDOW = 256 * 1024


@dataclass
class Part:
    """One node: its headers, what it says it is, and where its content lies."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    start: int
    end: int = 0
    boundary: bytes = b""
    children: list["Part"] = field(default_factory=list)
    disposition: str = ""
    filename: str = ""
    encoding: str = ""
    content_id: str = ""

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)


def read_tree(raw: bytes, start: int, headers: Headers, notes: list[str], *, hint: str = "") -> Part:
    """The root part of a message whose header has been read already; TooComplex beyond the limits (T14)."""
    reader = _TreeReader(raw, notes, hint)
    root = reader.part(headers, start, default="text/plain")
    reader.open(root)
    reader.run(start)
    return root


class _TreeReader:
    """Keeps the open multiparts on a stack; a boundary line closes whatever lies deeper than its own multipart."""

    def __init__(self, raw: bytes, notes: list[str], hint: str) -> None:
        self.raw = raw
        self.notes = notes
        self.hint = hint
        self.stack: list[Part] = []
        self.levels: dict[bytes, list[int]] = {}
        self.leaf: Part | None = None
        self.count = self.guesses = 0

    def run(self, position: int) -> None:
        candidates = 0
        while self.stack and position < len(self.raw):
            if not self.raw.startswith(b"--", position):
                found = self.raw.find(b"\n--", position)
                if found < 0:
                    break
                position = found + 1
            candidates += 1
            if candidates > MAX_CANDIDATES:
                raise TooComplex("too many lines that look like boundaries")
            after = self.raw.find(b"\n", position)
            after = len(self.raw) if after < 0 else after + 1
            position = self.line(self.raw[position + 2 : min(after, position + 1_000)].rstrip(), position, after)
        self.close_above(0, len(self.raw))

    def line(self, text: bytes, position: int, after: int) -> int:
        """What a line beginning with "--" means here; returns where to go on."""
        if self.levels.get(text):
            level = self.levels[text][-1]
            self.close_above(level + 1, self.before_line(position))
            return self.child_of(self.stack[level], after)
        name = text[:-2].rstrip() if text.endswith(b"--") else b""
        if name and self.levels.get(name):
            level = self.levels[name][-1]
            if level == 0 and self.goes_on(b"\n--" + name, after):
                level = 1  # the end came too early
            self.close_above(level, self.before_line(position))
        return after

    def goes_on(self, delimiter: bytes, position: int) -> bool:
        """Whether more parts follow the end of the message, as some gateways leave it when they add theirs."""
        found = self.raw.find(delimiter, position)
        return found >= 0 and self.raw[found + len(delimiter) : found + len(delimiter) + 2].strip(b"\r\n\t ") == b""

    def child_of(self, parent: Part, start: int) -> int:
        self.count += 1
        if self.count > MAX_PARTS:
            raise TooComplex("too many parts")
        stops = frozenset(b"--" + boundary for boundary in self.levels)
        headers, body = read_headers(self.raw, start, self.notes, stops=stops, hint=self.hint)
        default = "message/rfc822" if parent.content_type == "multipart/digest" else "text/plain"
        child = self.part(headers, body, default=default)
        parent.children.append(child)
        self.open(child)
        return body

    def part(self, headers: Headers, start: int, *, default: str) -> Part:
        content_type, parameters = read_parameters(first(headers, "content-type"), self.notes)
        content_type = _ALIASES.get(content_type, content_type)
        if not _TYPE.fullmatch(content_type):
            content_type = "multipart/mixed" if content_type.startswith("multipart") else default
        disposition, extra = read_parameters(first(headers, "content-disposition"), self.notes)
        return Part(
            headers=headers,
            content_type=content_type,
            parameters=parameters,
            start=start,
            disposition=disposition,
            filename=extra.get("filename") or extra.get("name") or "",
            encoding=first(headers, "content-transfer-encoding").strip(" \t\"';").lower(),
            content_id=first(headers, "content-id").strip(" \t<>\"'"),
        )

    def open(self, part: Part) -> None:
        if part.content_type.startswith("multipart/"):
            part.boundary = self.boundary_of(part)
        if not part.boundary:
            if part.content_type.startswith("multipart/"):
                self.read_as_text(part)
            self.leaf = part
            self.check_embedded(part)
            return
        if len(self.stack) >= MAX_DEPTH:
            raise TooComplex("parts nested too deeply")
        self.levels.setdefault(part.boundary, []).append(len(self.stack))
        self.stack.append(part)

    def boundary_of(self, part: Part) -> bytes:
        """The boundary as declared if it occurs soon, else the first line that is used like one, else as declared."""
        declared = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")[:500]
        window = self.raw[part.start : part.start + _WINDOW]
        if declared and b"--" + declared in window:
            return declared
        self.guesses += 1
        if self.guesses > MAX_GUESSES:
            return declared
        guessed = next((match[1] for match in _GUESSED_BOUNDARY.finditer(window) if match[1] not in self.levels), b"")
        if guessed:
            self.notes.append("boundary wrong or missing: guessed")
        return guessed or declared

    def check_embedded(self, part: Part) -> None:
        """Embedded messages are kept whole as files; a tower of them is refused all the same (T14)."""
        if part.content_type in {"message/rfc822", "message/global"}:
            for depth, _ in enumerate(_EMBEDDED.finditer(self.raw, part.start, part.start + 64 * _WINDOW)):
                if depth > MAX_EMBEDDED:
                    raise TooComplex("messages nested too deeply")

    def close_above(self, level: int, end: int) -> None:
        if self.leaf is not None:
            self.leaf.end = max(end, self.leaf.start)
            self.leaf = None
        while len(self.stack) > level:
            part = self.stack.pop()
            self.levels[part.boundary].pop()
            part.end = max(end, part.start)
            if not part.children:
                self.read_as_text(part)

    def read_as_text(self, part: Part) -> None:
        self.notes.append("multipart without parts: read as text")
        part.content_type, part.parameters = "text/plain", {}

    def before_line(self, position: int) -> int:
        """The line break before a boundary belongs to the boundary."""
        if self.raw[position - 1 : position] == b"\n":
            position -= 1
        return position - 1 if self.raw[position - 1 : position] == b"\r" else position
