"""winmail.dat: what Outlook sends when it thinks that the other side is Outlook too (MS-OXTNEF).

Out come the files with their real names, and the text where the message has none besides. Everything is read from
ranges of the given bytes; whatever is cut off or nonsense ends the reading and keeps what came before.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.text import clean_filename, clean_line
from mail.parsing import mapi
from mail.parsing.charsets import decode
from mail.parsing.mapi import Broken, Properties, read_properties
from mail.parsing.model import Attachment
from mail.parsing.rtf import read_rtf

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
SIGNATURE = bytes.fromhex("789f3e22")
MAX_ATTRIBUTES = 20_000
MAX_FILES = 1_000
MAX_DEPTH = 3

_CODEPAGE, _PROPERTIES, _BODY = 0x9007, 0x9003, 0x800C
_FILE_BEGINS, _FILE_DATA, _FILE_TITLE, _FILE_PROPERTIES = 0x9002, 0x800F, 0x8010, 0x9005
# A message within: the identifier of its kind stands before its own stream.
_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")


@dataclass
class Unpacked:
    """What was inside; `whole` says that nothing was cut off or left out."""

    text: str = ""
    html: str = ""
    files: list[Attachment] = field(default_factory=list)
    whole: bool = True


@dataclass
class _File:
    title: bytes = b""
    data: bytes = b""
    properties: Properties = field(default_factory=Properties)


def is_tnef(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def unpack_tnef(data: bytes, *, depth: int = 0) -> Unpacked:
    """The text, the HTML and the files in a stream; nothing at all if it is none."""
    unpacked = Unpacked(whole=is_tnef(data))
    charset, body = "cp1252", b""
    own = Properties()
    files: list[_File] = []
    for number, value in _attributes(data, unpacked) if unpacked.whole else ():
        if number == _CODEPAGE and len(value) >= 4:
            charset = f"cp{int.from_bytes(value[:4], 'little')}"
        elif number == _BODY:
            body = value
        elif number == _PROPERTIES:
            own = _properties(value, unpacked)
        elif number == _FILE_BEGINS and len(files) < MAX_FILES:
            files.append(_File())
        elif files:
            _add(files[-1], number, value, unpacked)
    _read_words(own, body, charset, unpacked)
    for file in files:
        _read_file(file, charset, depth, unpacked)
    return unpacked


def _attributes(data: bytes, unpacked: Unpacked) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each attribute: level, number and type, length, the bytes, a sum that nobody checks."""
    position = 6
    for _ in range(MAX_ATTRIBUTES):
        if len(data) - position < 9:
            return
        _level, number, length = struct.unpack_from("<BII", data, position)
        position += 9
        yield number & 0xFFFF, data[position : position + length]
        position += length + 2
        if position > len(data):
            break
    unpacked.whole = False


def _add(file: _File, number: int, value: bytes, unpacked: Unpacked) -> None:
    if number == _FILE_DATA:
        file.data = value
    elif number == _FILE_TITLE:
        file.title = value
    elif number == _FILE_PROPERTIES:
        file.properties = _properties(value, unpacked)


def _properties(value: bytes, unpacked: Unpacked) -> Properties:
    try:
        return read_properties(value)
    except Broken:
        unpacked.whole = False
        return Properties()


def _read_words(own: Properties, body: bytes, charset: str, unpacked: Unpacked) -> None:
    """The plain body, else the HTML, else the RTF, which Outlook also uses as a wrapping of the two others."""
    text = decode(body.rstrip(b"\0"), charset, []) if body else own.text(mapi.BODY, charset)
    html = ""
    if data := own.data(mapi.HTML):
        codepage = own.whole(mapi.INTERNET_CODEPAGE) or own.whole(mapi.MESSAGE_CODEPAGE)
        html = decode(data, f"cp{codepage}" if codepage else charset, [])
    elif data := own.data(mapi.COMPRESSED_RTF):
        rtf = read_rtf(data)
        html, text = (rtf.written, text) if rtf.is_html else ("", text or rtf.written)
    unpacked.text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    unpacked.html = html.strip()


def _read_file(file: _File, charset: str, depth: int, unpacked: Unpacked) -> None:
    properties = file.properties
    numbers = (mapi.LONG_NAME, mapi.DISPLAY_NAME, mapi.SHORT_NAME)
    names = [properties.text(number, charset) for number in numbers]
    name = names[0] or decode(file.title.rstrip(b"\0"), charset, []) or next(filter(None, names), "")
    data = file.data or properties.data(mapi.DATA)
    if data.startswith(_MESSAGE) and is_tnef(data[16:]) and depth < MAX_DEPTH:
        _read_message(data[16:], name, depth, unpacked)
        return
    content_type = clean_line(properties.text(mapi.CONTENT_TYPE, charset), 100).lower()
    unpacked.files.append(
        Attachment(
            name=clean_filename(name, fallback="file"),
            content_type=content_type if "/" in content_type else "application/octet-stream",
            content=data,
            content_id=properties.text(mapi.CONTENT_ID, charset).strip("<> "),
        )
    )


def _read_message(data: bytes, name: str, depth: int, unpacked: Unpacked) -> None:
    """A message within has no form of its own outside of Outlook: its words become a text file, its files follow."""
    inner = unpack_tnef(data, depth=depth + 1)
    written = inner.html or inner.text
    if written:
        ending, kind = (".html", "text/html") if inner.html else (".txt", "text/plain")
        unpacked.files.append(
            Attachment(
                name=clean_filename(name + ending, fallback="message" + ending),
                content_type=kind,
                content=written.encode("utf-8", "replace"),
            )
        )
    unpacked.files += inner.files
    unpacked.whole = unpacked.whole and inner.whole
