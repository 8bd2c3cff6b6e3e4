"""Bytes to text for any charset label: right, wrong, missing or hostile. Never raises, never asks Python for a codec
that is not in the list (T16)."""

import codecs
import re

from core.text import strip_nul
from mail.parsing.guessing import SAMPLE, guess, is_foreign
from mail.parsing.japanese import JAPANESE_ESCAPE, decode_euc, decode_jis
from mail.parsing.labels import codec_for, normalised

__all__ = ["codec_for", "decode", "decode_header_bytes", "hinted_charset"]

ENOUGH_FOR_UTF8 = 8  # bytes outside of ASCII before an East Asian label is called wrong
ENOUGH_TO_DOUBT = 24  # bytes outside of ASCII before a western label is called a lie

_UNLABELLED = frozenset({"", "unknown-8bit", "x-unknown", "unknown", "default", "8bit", "binary", "none", "charset"})
_LATIN = frozenset({"ascii", "cp1252"})
_EAST_ASIAN = frozenset(
    {"gb18030", "hz", "big5hkscs", "cp932", "euc-jp", "iso2022-jp-ext", "cp949", "iso2022-kr", "johab"}
)
_HIGH_BYTES = bytes(range(128, 256))
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Readers of the same charset with more letters, for when the strict one gives up.
_WIDER = {"big5hkscs": "cp950", "iso8859-2": "cp1250", "iso8859-7": "cp1253", "iso8859-8": "cp1255", "ascii": "cp1252"}
_STRAY = re.compile("(?<=[\x00-\x7f])[\udc80-\udcff]{1,3}(?=[\x00-\x7f])")
_LEFT_OVER = re.compile("[\udc80-\udcff]")
_CHARSET_SAID = re.compile(rb"(?i)\bcharset\s{0,3}=\s{0,3}[\"']?([\w.:-]{3,40})|=\?([\w.:-]{3,40})\?[bq]\?")


def decode(data: bytes, label: str, notes: list[str], *, hint: str = "") -> str:
    """The text of `data`, which claims to be in `label`; what had to be guessed is added to `notes`.

    `hint` is a charset that is named elsewhere in the same message: tried before guessing.
    """
    text = _decode(data, label, notes, hint)
    if "\0" in text:
        _note(notes, "NUL bytes removed")
    return strip_nul(text)


def decode_header_bytes(data: bytes, *, hint: str = "") -> str:
    """Raw 8-bit bytes in a header, which have no label at all."""
    if data.isascii() and b"\x1b" not in data:
        return strip_nul(data.decode("ascii"))
    return decode(data, "", [], hint=hint)


def hinted_charset(raw: bytes) -> str:
    """The first charset other than plain Latin and UTF-8 that a message names near its beginning."""
    for said in _CHARSET_SAID.finditer(raw[:SAMPLE]):
        label = (said[1] or said[2]).decode("ascii")
        if codec_for(label) not in {None, "utf-8", "utf-16", "utf-32", *_LATIN}:
            return label
    return ""


def _decode(data: bytes, label: str, notes: list[str], hint: str) -> str:
    for mark, marked in _BOMS:
        if data.startswith(mark) and (text := _strictly(data, marked)) is not None:
            if codec_for(label) not in {marked, None, "ascii"}:
                _note(notes, f"byte order mark says {marked}, not {_shown(label)}")
            return text.removeprefix("\ufeff")
    codec = codec_for(label)
    if codec is None:
        if normalised(label) not in _UNLABELLED:
            _note(notes, f"charset {_shown(label)} is not known")
        return _guess(data, notes, hint)
    if data.isascii():
        return _ascii(data, codec, label, notes)
    if codec == "utf-16" and data[0:SAMPLE:2].count(0) > data[1:SAMPLE:2].count(0):
        codec = "utf-16-be"  # no mark, and Python would take the order of this machine
    if _may_be_utf8(data, codec) and (text := _strictly(data, "utf-8")) is not None:
        _note(notes, f"charset {_shown(label)} was wrong: used utf-8")
        return text
    if codec == "ascii" or (codec == "cp1252" and _is_a_lie(data)):
        return _guess(data, notes, hint, wrong="" if codec == "ascii" else label)
    if (text := _strictly(data, codec)) is not None:
        return text
    return _repaired(data, codec, label, notes, hint)


def _ascii(data: bytes, codec: str, label: str, notes: list[str]) -> str:
    """Seven bits: plain letters in nearly every charset, and the escapes of Japanese whatever the label says."""
    if codec.startswith(("utf-16", "utf-32")) and b"\0" not in data:
        _note(notes, f"charset {_shown(label)} was wrong: used us-ascii")
        return data.decode("ascii")
    if JAPANESE_ESCAPE.search(data[:SAMPLE]) and not codec.startswith("iso2022"):
        _note(notes, f"charset {_shown(label)} was wrong: used iso-2022-jp")
        return _japanese(data)
    if codec == "utf-16" and data[:1] == b"\0":
        codec = "utf-16-be"
    return _strictly(data, codec) or (_japanese(data) if codec == "iso2022-jp-ext" else data.decode(codec, "replace"))


def _japanese(data: bytes) -> str:
    return _strictly(data, "iso2022-jp-ext") or decode_jis(data)


def _repaired(data: bytes, codec: str, label: str, notes: list[str], hint: str) -> str:
    """What comes next when the declared charset does not fit."""
    if codec == "utf-8" and not _mostly_utf8(data):
        return _guess(data, notes, hint, wrong=label)
    if codec == "cp1252":  # five bytes have no meaning there but do in latin-1
        return "".join(_cp1252_byte(byte) if 0x80 <= byte < 0xA0 else chr(byte) for byte in data)
    if codec in {"iso2022-jp-ext", "euc-jp"}:
        read = decode_jis(data) if codec == "iso2022-jp-ext" else decode_euc(data)
        if "\ufffd" not in read:
            return read
    if codec in _WIDER and (text := _strictly(data, _WIDER[codec])) is not None:
        return text
    if hint and (named := codec_for(hint)) and named != codec and (text := _strictly(data, named)) is not None:
        _note(notes, f"charset {_shown(label)} was wrong: used {_shown(hint)}")
        return text
    _note(notes, f"not all bytes are valid {_shown(label)}: replaced")
    return _mixed(data) if codec == "utf-8" else data.decode(codec, "replace")


def _mixed(data: bytes) -> str:
    """UTF-8 with words in windows-1252 between, as when a list adds its footer; what is no letter there is lost."""
    text = _STRAY.sub(_western, data.decode("utf-8", "surrogateescape"))
    return _LEFT_OVER.sub("\ufffd", text)


def _western(stray: re.Match[str]) -> str:
    letters = stray[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return letters if letters.isalpha() else stray[0]


def _guess(data: bytes, notes: list[str], hint: str, *, wrong: str = "") -> str:
    reason = f"charset {_shown(wrong)} was wrong" if wrong else "charset unknown"
    if data.isascii():
        if JAPANESE_ESCAPE.search(data[:SAMPLE]):
            _note(notes, f"{reason}: used iso-2022-jp")
            return _japanese(data)
        return data.decode("ascii")
    if (utf8 := _strictly(data, "utf-8")) is not None:
        _note(notes, f"{reason}: used utf-8")
        return utf8
    if hint and (named := codec_for(hint)) and (text := _strictly(data, named)) is not None:
        _note(notes, f"{reason}: used {_shown(hint)}")
        return text
    codec = guess(data)
    _note(notes, f"{reason}: used {codec.replace('cp125', 'windows-125')}")
    return data.decode(codec, "replace")


def _may_be_utf8(data: bytes, codec: str) -> bool:
    """What is valid UTF-8 is hardly ever meant otherwise; a few letters of two bytes may be by chance."""
    if codec.startswith("utf"):
        return False
    return codec not in _EAST_ASIAN or len(data) - len(data.translate(None, _HIGH_BYTES)) >= ENOUGH_FOR_UTF8


def _is_a_lie(data: bytes) -> bool:
    """A text called western that has more letters outside of ASCII than any western language."""
    sample = data[:SAMPLE]
    return len(sample) - len(sample.translate(None, _HIGH_BYTES)) >= ENOUGH_TO_DOUBT and is_foreign(sample)


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _mostly_utf8(data: bytes) -> bool:
    """A long UTF-8 text cut in the middle of a character or with one bad byte is still UTF-8."""
    sample = data[:SAMPLE]
    text = sample.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for char in text if char > "\x7f") - bad
    return good > bad


def _cp1252_byte(byte: int) -> str:
    return _strictly(bytes([byte]), "cp1252") or chr(byte)


def _shown(label: str) -> str:
    return re.sub(r"[^\w.:-]", "?", label[:40])


def _note(notes: list[str], note: str) -> None:
    if note not in notes:
        notes.append(note)
