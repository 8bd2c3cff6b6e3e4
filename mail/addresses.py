"""Reading address headers: one linear reader, so that every Python version gives the same verdict (T26).

The strictness is in the verdict, not in the reading: whatever can be read two ways is reported as ambiguous, and an
ambiguous sender is an unproven sender. Encoded words are decoded in names only, never in addresses.
"""

import re
from dataclasses import dataclass, field

from core.text import clean_line, normalise_address
from mail.parsing.words import decode_words

NAME_LIMIT = 200
MAX_ADDRESSES = 1_000
MAX_VALUE = 256 * 1024

_LETTER = r"A-Za-z0-9\u00a1-\u167f\u1681-\u1fff\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdff\U00010000-\U000dffff"
_LABEL = rf"[{_LETTER}](?:[{_LETTER}_\-]{{0,61}}[{_LETTER}])?"
_PLAIN_ADDRESS = re.compile(
    rf"[{_LETTER}.!#$%&'*+/=?^_`{{|}}~\-]{{1,64}}@(?:{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Za-z:.]{{3,60}}\])"
)
_LOOSE_ADDRESS = re.compile(r"""(?<![^\s@<>()\[\],;:"\\])[^\s@<>()\[\],;:"\\]{1,64}@[^\s@<>()\[\],;:"\\]{1,255}""")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufe00-\ufe0f\U000e0000-\U000e0fff]")
_UNPRINTABLE = re.compile(
    "[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]|" + _INVISIBLE.pattern
)

_QUOTED = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_ENCODED = re.compile(r"=\?[^?\s<>\"]{1,60}\?[bBqQ]\?[^?\s<>\"]*+\?=")
_PLAIN = re.compile(r"[^\"()<>,;:=]++|=")
_COMMENT_END = re.compile(r"\\.|[()]", re.DOTALL)
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_ROUTE = re.compile(r"\s*(?:@[^@:,<>]{1,255},?\s*){1,20}:")


@dataclass(frozen=True)
class Address:
    """A mailbox: the name people see, and the address as it was written."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """What it is compared by; see core.text.normalise_address."""
        return normalise_address(self.address)


@dataclass(frozen=True)
class Reading:
    """The mailboxes of a header, whether somebody else could read it differently, and whether some were left out."""

    addresses: tuple[Address, ...] = ()
    ambiguous: bool = False
    cut: bool = False


def is_address(value: str) -> bool:
    """Whether mail may be sent to this: one plain addr-spec; nothing quoted, invisible, encoded or missing."""
    return (
        3 <= len(value) <= 254
        and "=?" not in value
        and not _INVISIBLE.search(value)
        and _PLAIN_ADDRESS.fullmatch(value) is not None
    )


def read_addresses(value: str, *, limit: int = MAX_ADDRESSES) -> Reading:
    """Every mailbox of a From, To or similar header; groups are flattened, things without "@" left out."""
    reader = _Reader(value[:MAX_VALUE], limit)
    reader.run()
    return Reading(tuple(reader.found), reader.ambiguous, reader.cut or len(value) > MAX_VALUE)


@dataclass
class _Mailbox:
    """The pieces of one mailbox while it is read."""

    words: list[str] = field(default_factory=list)
    quoted: bool = False
    has_at: bool = False
    angle: str | None = None
    comments: list[str] = field(default_factory=list)


class _Reader:
    """Goes through a header value once; a bracket or quote that never closes is looked for only once."""

    def __init__(self, value: str, limit: int) -> None:
        self.value = value
        self.limit = limit
        self.position = 0
        self.found: list[Address] = []
        self.ambiguous = self.cut = False
        self.box = _Mailbox()
        self.unclosed: set[str] = set()
        self.before = ""  # a family name without quotes, which its comma cut off

    def run(self) -> None:
        while self.position < len(self.value):
            char = self.value[self.position]
            if char in ",;":
                self.finish()
                self.position += 1
            elif char in '"(<' and char not in self.unclosed:
                {'"': self.quoted, "(": self.comment, "<": self.angle}[char]()
            elif char in '"()<>:':
                self.stray(char)
            else:
                self.plain()
            if len(self.found) >= self.limit:
                self.cut = bool(self.value[self.position :].strip(" ,;"))
                return
        self.finish()

    def plain(self) -> None:
        word = _ENCODED.match(self.value, self.position)
        if word and any(char in ',;:()@"' for char in word[0]):
            self.ambiguous = True
        match = word or _PLAIN.match(self.value, self.position)
        piece = match[0] if match else self.value[self.position]
        self.text(piece)
        self.position += len(piece)

    def stray(self, char: str) -> None:
        if char == ":" and self.box.angle is None and not self.box.has_at:
            self.box = _Mailbox()  # the name of a group
        else:
            self.ambiguous = True
            self.text(" ")
        self.position += 1

    def quoted(self) -> None:
        match = _QUOTED.match(self.value, self.position)
        if match is None:
            self.unclosed.add('"')
            return
        self.text(_PAIR.sub(r"\1", match[1]))
        self.box.quoted = True
        self.position = match.end()

    def comment(self) -> None:
        depth, position = 0, self.position
        while match := _COMMENT_END.search(self.value, position):
            position = match.end()
            depth += {"(": 1, ")": -1}.get(match[0], 0)
            if depth == 0:
                self.box.comments.append(_PAIR.sub(r"\1", self.value[self.position + 1 : position - 1]))
                if self.box.has_at and self.box.angle is None:
                    self.box.words.append(" ")
                self.position = position
                return
        self.unclosed.add("(")

    def angle(self) -> None:
        end = self.value.find(">", self.position)
        if end < 0:
            self.unclosed.add("<")
            return
        content = self.value[self.position + 1 : end]
        if self.box.angle is not None or "<" in content:
            self.ambiguous = True
        self.box.angle = content.rpartition("<")[2]
        self.position = end + 1

    def text(self, text: str) -> None:
        if self.box.angle is not None and text.strip():
            self.ambiguous = True
        self.box.has_at |= "@" in text
        self.box.words.append(text)

    def finish(self) -> None:
        box, self.box = self.box, _Mailbox()
        if box.angle is not None:
            name = "".join(box.words)
            self.add(f"{self.before}, {name}" if self.before and name.strip() else name, self.from_angle(box.angle))
            self.before = ""
            return
        written = "".join(box.words).strip()
        self.before = "" if "@" in written else written[:NAME_LIMIT]
        if "@" not in written:
            self.ambiguous |= bool(written)
            return
        if is_address(written) and not box.quoted:
            self.add(" ".join(box.comments), written)
            return
        self.ambiguous = True
        if (match := _LOOSE_ADDRESS.search(written)) is not None:
            rest = (written[: match.start()] + " " + written[match.end() :]).strip(" []<>()")
            self.add(rest or " ".join(box.comments), match[0])

    def from_angle(self, content: str) -> str:
        address = content.strip()
        if route := _ROUTE.match(address):
            self.ambiguous = True
            address = address[route.end() :].strip()
        if not is_address(address) and (loose := _LOOSE_ADDRESS.search(address)):
            self.ambiguous = True
            address = loose[0]
        return address

    def add(self, name: str, address: str) -> None:
        if "@" not in address:
            self.ambiguous = True
            return
        name = clean_line(decode_words(name, []), NAME_LIMIT).strip("'\" ")
        others = {normalise_address(other) for other in _LOOSE_ADDRESS.findall(name)}
        if not is_address(address) or others - {normalise_address(address)}:
            self.ambiguous = True
        address = _UNPRINTABLE.sub("\ufffd", address[:320])
        self.found.append(Address("" if name == address else name, address))
