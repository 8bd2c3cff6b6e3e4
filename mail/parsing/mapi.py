"""MAPI properties as they stand in winmail.dat: a list of numbered values, each with its type (MS-OXTNEF 2.1.3.4)."""

import struct
from dataclasses import dataclass, field

from mail.parsing.charsets import decode

BODY, COMPRESSED_RTF, HTML = 0x1000, 0x1009, 0x1013
SUBJECT, DISPLAY_NAME = 0x0037, 0x3001
DATA, SHORT_NAME, LONG_NAME, CONTENT_TYPE, CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
INTERNET_CODEPAGE, MESSAGE_CODEPAGE = 0x3FDE, 0x3FFD

MAX_PROPERTIES = 5_000
MAX_VALUES = 10_000

_STRING, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_MANY = 0x1000
_FIRST_NAMED = 0x8000
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}


class Broken(ValueError):
    """The list ends in the middle of a value, or holds a type that does not exist."""


@dataclass
class Properties:
    """The first value of every property that came, as bytes with its type."""

    values: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    def data(self, number: int) -> bytes:
        return self.values.get(number, (0, b""))[1]

    def whole(self, number: int) -> int:
        data = self.data(number)
        return int.from_bytes(data[:4], "little") if len(data) >= 4 else 0

    def text(self, number: int, charset: str) -> str:
        kind, data = self.values.get(number, (0, b""))
        written = decode(data, "utf-16le" if kind == _UNICODE else charset, [])
        return written.rstrip("\0")


def read_properties(data: bytes) -> Properties:
    """All properties up to the first broken one, which raises Broken if nothing was readable before it."""
    found = Properties()
    try:
        _Reader(data).run(found)
    except (Broken, struct.error):
        if not found.values:
            raise Broken("no properties") from None
    return found


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def run(self, found: Properties) -> None:
        for _ in range(min(self.number(), MAX_PROPERTIES)):
            kind, number = struct.unpack("<HH", self.take(4))
            if number >= _FIRST_NAMED:
                self.skip_name()
            value = self.value(kind)
            if number < _FIRST_NAMED:
                found.values.setdefault(number, (kind & ~_MANY, value))

    def value(self, kind: int) -> bytes:
        """The value, the first one where there are many; nothing of it is copied that the data does not hold."""
        single = kind & ~_MANY
        varies = single in {_STRING, _UNICODE, _OBJECT, _BINARY}
        count = self.number() if varies or kind & _MANY else 1
        if count > MAX_VALUES:
            raise Broken("too many values")
        first = b""
        for index in range(count):
            value = self.padded(self.number()) if varies else self.take(self.size(single))
            first = value if index == 0 else first
        return first

    def size(self, kind: int) -> int:
        if kind not in _SIZES:
            raise Broken("unknown type")
        return _SIZES[kind]

    def skip_name(self) -> None:
        self.take(16)
        if self.number() == 0:
            self.take(4)
        else:
            self.padded(self.number())

    def number(self) -> int:
        return int(struct.unpack("<I", self.take(4))[0])

    def padded(self, length: int) -> bytes:
        value = self.take(length)
        self.position += -length % 4
        return value

    def take(self, length: int) -> bytes:
        if length > len(self.data) - self.position:
            raise Broken("ends too early")
        self.position += length
        return self.data[self.position - length : self.position]
