r"""Rich text of Outlook: unpacked (MS-OXRTFCP), then the HTML it was made from (MS-OXRTFEX), or its plain words.

Control words are skipped, not obeyed: we want what a person wrote, not how it looked.
"""

import re
import struct
from dataclasses import dataclass

from mail.parsing.charsets import decode

MAX_UNPACKED = 4 * 1024 * 1024
MAX_GROUPS = 200

_WINDOW = 4096
_KNOWN_BEFORE = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u"
    rb"\tab\tx"
)
_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]++)|[\r\n]++|\\",
    re.DOTALL,
)
_CODEPAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_NOT_WORDS = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "listtable", "pntext"}
    | {"mhtmltag", "generator", "themedata", "datastore", "latentstyles"}
)
_MEANING = {"par": "\n", "line": "\n", "row": "\n", "tab": "\t", "cell": "\t", "emdash": "—", "endash": "–"} | {
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•"
}  # fmt: skip


@dataclass(frozen=True)
class Rtf:
    """What was written: the HTML it came from if there was one, else plain text."""

    written: str
    is_html: bool


def read_rtf(data: bytes) -> Rtf:
    """The words of compressed or plain RTF; empty if it is neither."""
    rtf = data if data.startswith(b"{\\rtf") else _unpacked(data)
    if not rtf.startswith(b"{\\rtf"):
        return Rtf("", is_html=False)
    is_html = b"\\fromhtml1" in rtf[:1_000]
    found = _CODEPAGE.search(rtf[:1_000])
    reader = _Reader(f"cp{found[1].decode()}" if found else "cp1252", is_html=is_html)
    reader.run(rtf)
    return Rtf(reader.text().strip("\n"), is_html=is_html)


def _unpacked(data: bytes) -> bytes:
    """LZFu: runs of eight marks, each for one byte as it is or a place and length in what came before."""
    if len(data) < 16:
        return b""
    _size, length, kind = struct.unpack_from("<II4s", data)
    length = min(length, MAX_UNPACKED)
    if kind == b"MELA":
        return data[16 : 16 + length]
    if kind != b"LZFu":
        return b""
    out = bytearray(_KNOWN_BEFORE)
    length += len(out)
    position = 16
    while position < len(data) and len(out) < length:
        marks = data[position]
        position += 1
        for bit in range(8):
            if not marks >> bit & 1:
                out += data[position : position + 1]
                position += 1
                continue
            pair = int.from_bytes(data[position : position + 2], "big")
            position += 2
            # The window is a ring; where it is written next is how far we are.
            distance = (len(out) - (pair >> 4)) % _WINDOW
            if distance == 0 or distance > len(out):
                return bytes(out[len(_KNOWN_BEFORE) :])
            for _ in range((pair & 15) + 2):
                out.append(out[-distance])
    return bytes(out[len(_KNOWN_BEFORE) : length])


class _Reader:
    """Goes through the tokens once, with one state for each open group: are its words to be kept?"""

    def __init__(self, charset: str, *, is_html: bool) -> None:
        self.charset = charset
        self.is_html = is_html
        self.pieces: list[str] = []
        self.bytes = bytearray()
        self.groups: list[bool] = []
        self.kept = True
        self.only_for_rtf = False
        self.in_tag = False
        self.starred = False
        self.unicode_skip = 0

    def run(self, rtf: bytes) -> None:
        tags: list[int] = []
        for match in _TOKEN.finditer(rtf):
            code, word, number, symbol, brace, words = match.groups()
            if brace == b"{":
                if len(self.groups) >= MAX_GROUPS:
                    break
                self.groups.append(self.kept)
            elif brace:
                self.kept = self.groups.pop() if self.groups else True
                if tags and tags[-1] > len(self.groups):
                    tags.pop()
                    self.in_tag = False
            elif word == b"htmltag":
                tags.append(len(self.groups))
                self.in_tag, self.kept = True, True
            elif word:
                self.control(word.decode("ascii"), int(number) if number else None)
            elif symbol == b"*":
                self.starred = True
                continue
            else:
                self.data(bytes.fromhex(code.decode()) if code else words or _of_symbol(symbol))
            self.starred = False

    def control(self, word: str, number: int | None) -> None:
        if word == "htmlrtf":
            self.only_for_rtf = number != 0
        elif self.starred or word in _NOT_WORDS:
            self.kept = False
        elif word == "u" and number is not None:
            self.letter(chr(number % 0x10000))
            self.unicode_skip = 1
        elif word in _MEANING:
            self.letter(_MEANING[word])

    def data(self, data: bytes) -> None:
        if data and self.unicode_skip:  # one byte for readers that know no Unicode
            data, self.unicode_skip = data[1:], 0
        if self.wanted():
            self.bytes += data

    def letter(self, letter: str) -> None:
        if self.wanted():
            self.flush()
            self.pieces.append(letter)

    def wanted(self) -> bool:
        return self.kept and (self.in_tag or not (self.is_html and self.only_for_rtf))

    def flush(self) -> None:
        if self.bytes:
            self.pieces.append(decode(bytes(self.bytes), self.charset, []))
            self.bytes.clear()

    def text(self) -> str:
        self.flush()
        joined = "".join(self.pieces)
        return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _of_symbol(symbol: bytes | None) -> bytes:
    """An escaped letter, a blank that does not break; other symbols show nothing."""
    if symbol in {b"\\", b"{", b"}"}:
        return symbol or b""
    return {b"~": b" ", b"_": b"-", b"\n": b"\n", b"\r": b"\n"}.get(symbol or b"", b"")
