"""Files written into a plain text between "begin 644 name" and "end", as before MIME. yEnc is left as it came."""

import binascii
import re

from core.text import clean_filename
from mail.parsing.model import Attachment

MAX_FILES = 100

_BEGIN = re.compile(r"(?m)^begin [0-7]{3,4} (\S[^\r\n]{0,250})\n")


def take_out_files(text: str) -> tuple[str, list[Attachment]]:
    """The text without the files, and the files; what only looks like one stays where it is."""
    found: list[Attachment] = []
    kept: list[str] = []
    position = 0
    for match in _BEGIN.finditer(text):
        content, end = _read(text, match.end())
        if content is None or len(found) >= MAX_FILES:
            continue
        name = clean_filename(match[1], fallback="file")
        found.append(Attachment(name=name, content_type="application/octet-stream", content=content))
        kept.append(text[position : match.start()])
        position = end
    return "".join([*kept, text[position:]]), found


def _read(text: str, position: int) -> tuple[bytes | None, int]:
    """The file whose lines begin here, and where they end; None at the first line that cannot be one of them."""
    pieces: list[bytes] = []
    while position < len(text):
        after = text.find("\n", position) + 1 or len(text) + 1
        line = text[position : after - 1]
        position = after
        if line.rstrip() == "end" and pieces:
            return b"".join(pieces), min(position - 1, len(text))
        if not _is_line(line):
            break
        try:
            pieces.append(binascii.a2b_uu(line.encode("ascii")) if line.strip() else b"")
        except (binascii.Error, UnicodeEncodeError):
            break
    return None, position


def _is_line(line: str) -> bool:
    """The first letter says how many bytes follow; blanks at the end may have been lost, a checksum may be added."""
    if not line.strip():
        return True
    if not " " <= line[0] <= "`" or len(line) > 100 or not line.isascii():
        return False
    needed = -(-(ord(line[0]) - 32 & 63) // 3) * 4
    rest = line[1:].rstrip()
    return len(rest) <= needed + 2 and all(" " <= char <= "`" for char in rest)
