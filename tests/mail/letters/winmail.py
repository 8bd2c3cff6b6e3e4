"""Writes winmail.dat, property by property, as Outlook does."""

import struct

INTEGER, BOOLEAN, STRING, UNICODE, OBJECT, BINARY = 0x03, 0x0B, 0x1E, 0x1F, 0x0D, 0x102
MESSAGE_WITHIN = bytes.fromhex("0703020000000000c000000000000046")


def stream(*attributes: bytes, codepage: int = 1252) -> bytes:
    first = attribute(1, 0x9006, struct.pack("<I", 0x10000)) + attribute(1, 0x9007, struct.pack("<II", codepage, 0))
    return bytes.fromhex("789f3e22") + b"\x01\x00" + first + b"".join(attributes)


def attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, 0x60000 | number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def words(*values: bytes) -> bytes:
    """The properties of the message itself."""
    return attribute(1, 0x9003, properties(*values))


def body(text: bytes) -> bytes:
    return attribute(1, 0x800C, text)


def file(title: bytes, data: bytes, *values: bytes) -> bytes:
    """A file by its short title, with properties such as its long name."""
    begins = attribute(2, 0x9002, b"\x01\x00" + b"\xff" * 4 + b"\0" * 8)
    named = attribute(2, 0x8010, title + b"\0") + (attribute(2, 0x800F, data) if data else b"")
    return begins + named + attribute(2, 0x9005, properties(*values))


def properties(*values: bytes) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(values)


def value(number: int, kind: int, data: bytes | int) -> bytes:
    head = struct.pack("<HH", kind, number)
    if isinstance(data, int):
        return head + struct.pack("<I", data)
    return head + struct.pack("<II", 1, len(data)) + data + b"\0" * (-len(data) % 4)


def named(number: int, name: str, kind: int, data: bytes) -> bytes:
    """A property with a name of its own, which stands between its number and its value."""
    written = (name + "\0").encode("utf-16-le")
    head = struct.pack("<HH", kind, number) + b"\x08\x20\x06\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"
    head += struct.pack("<II", 1, len(written)) + written + b"\0" * (-len(written) % 4)
    return head + struct.pack("<II", 1, len(data)) + data + b"\0" * (-len(data) % 4)


def rich_text(rtf: bytes) -> bytes:
    """Rich text in the form without compression."""
    return struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf
