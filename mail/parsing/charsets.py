"""Bytes to text for any charset label: right, wrong, missing or hostile. Never raises, never asks Python for a codec
that is not in the list (T16)."""

import codecs
import re

from charset_normalizer import from_bytes

from core.text import strip_nul

SAMPLE = 64 * 1024

# Labels by codec. Where browsers and mail programs use a superset (windows-1252 for latin-1, gb18030 for gb2312,
# cp949 for ks_c_5601, cp932 for shift_jis), so do we.
_CODECS = {
    "ascii": "us-ascii ascii ansi-x3.4-1968 646 iso646-us",
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 utf-8-mac cp65001 x-utf8 utf-8-sig",
    "utf-16": "utf-16 utf16 ucs-2 unicode iso-10646-ucs-2",
    "utf-16-le": "utf-16le utf-16-le",
    "utf-16-be": "utf-16be utf-16-be",
    "utf-32": "utf-32 utf32 ucs-4 iso-10646-ucs-4",
    "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 l1 cp819 windows-1252 cp1252 cp-1252 x-ansi x-cp1252",
    "cp1250": "windows-1250 cp1250 x-cp1250",
    "cp1251": "windows-1251 cp1251 x-cp1251 win-1251",
    "cp1253": "windows-1253 cp1253",
    "cp1254": "iso-8859-9 iso8859-9 latin5 windows-1254 cp1254",
    "cp1255": "windows-1255 cp1255",
    "cp1256": "windows-1256 cp1256",
    "cp1257": "windows-1257 cp1257",
    "cp1258": "windows-1258 cp1258",
    "iso8859-2": "iso-8859-2 iso8859-2 latin2 latin-2",
    "iso8859-3": "iso-8859-3 iso8859-3 latin3",
    "iso8859-4": "iso-8859-4 iso8859-4 latin4",
    "iso8859-5": "iso-8859-5 iso8859-5 cyrillic",
    "iso8859-6": "iso-8859-6 iso8859-6 iso-8859-6-i iso-8859-6-e arabic",
    "iso8859-7": "iso-8859-7 iso8859-7 greek",
    "iso8859-8": "iso-8859-8 iso8859-8 iso-8859-8-i iso-8859-8-e hebrew",
    "iso8859-10": "iso-8859-10 iso8859-10 latin6",
    "cp874": "iso-8859-11 tis-620 windows-874 cp874",
    "iso8859-13": "iso-8859-13 iso8859-13",
    "iso8859-14": "iso-8859-14 iso8859-14",
    "iso8859-15": "iso-8859-15 iso8859-15 latin9 latin-9 iso-8859-15-windows",
    "iso8859-16": "iso-8859-16 iso8859-16",
    "koi8-r": "koi8-r koi8 koi",
    "koi8-u": "koi8-u",
    "cp437": "cp437 ibm437 437",
    "cp850": "cp850 cp-850 ibm850 850",
    "cp852": "cp852 ibm852",
    "cp855": "cp855 ibm855",
    "cp858": "cp858",
    "cp862": "cp862 ibm862",
    "cp866": "cp866 ibm866 866",
    "mac-roman": "macintosh mac x-mac-roman mac-roman",
    "mac-cyrillic": "x-mac-cyrillic mac-cyrillic",
    "gb18030": "gb18030 gb2312 gbk gb-2312-80 x-gbk cp936 windows-936 ms936 euc-cn gb2312-80",
    "hz": "hz-gb-2312 hz",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 cp950 ms950",
    "cp932": "shift-jis shift_jis sjis x-sjis ms-kanji windows-31j cp932 ms932 csshiftjis",
    "euc-jp": "euc-jp x-euc-jp eucjp cseucpkdfmtjapanese",
    "iso2022-jp-ext": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-ms csiso2022jp cp50220 cp50221",
    "iso2022-jp-2004": "iso-2022-jp-2004 iso-2022-jp-3",
    "cp949": "euc-kr ks-c-5601-1987 ks-c-5601 ksc5601 ksc-5601 cp949 windows-949 uhc korean cseuckr ms949",
    "iso2022-kr": "iso-2022-kr",
    "johab": "johab",
}
_CODEC_OF = {label.replace("_", "-"): codec for codec, labels in _CODECS.items() for label in labels.split()}
_UNLABELLED = frozenset({"", "unknown-8bit", "x-unknown", "unknown", "default", "8bit", "binary", "none", "charset"})
_LATIN = frozenset({"ascii", "cp1252"})
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = [
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp874",
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
    "cp866",
]
_ASCII_LETTERS = re.compile(rb"[A-Za-z]")
_HIGH = re.compile(rb"[\x80-\xff]")
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\(J|\$\()")


def decode(data: bytes, label: str, notes: list[str]) -> str:
    """The text of `data`, which claims to be in `label`; what had to be guessed is added to `notes`."""
    text = _decode(data, label, notes)
    if "\0" in text:
        _note(notes, "NUL bytes removed")
    return strip_nul(text)


def decode_header_bytes(data: bytes) -> str:
    """Raw 8-bit bytes in a header, which have no label at all."""
    if data.isascii():
        return strip_nul(data.decode("ascii"))
    return decode(data, "", [])


def codec_for(label: str) -> str | None:
    """The Python codec for a label, or None: utf-7, rot13, idna, base64 and other things are not charsets for mail."""
    return _CODEC_OF.get(_normalised(label))


def _decode(data: bytes, label: str, notes: list[str]) -> str:
    for mark, marked in _BOMS:
        if data.startswith(mark) and (text := _strictly(data, marked)) is not None:
            if codec_for(label) not in {marked, None, "ascii"}:
                _note(notes, f"byte order mark says {marked}, not {_shown(label)}")
            return text.removeprefix("\ufeff")
    codec = codec_for(label)
    if codec is None:
        if _normalised(label) not in _UNLABELLED:
            _note(notes, f"charset {_shown(label)} is not known")
        return _guess(data, notes)
    if codec in _LATIN and not data.isascii() and (text := _strictly(data, "utf-8")) is not None:
        _note(notes, f"charset {_shown(label)} was wrong: used utf-8")
        return text
    if codec == "ascii":
        return data.decode("ascii") if data.isascii() else _guess(data, notes)
    if (text := _strictly(data, codec)) is not None:
        return text
    if codec == "utf-8" and not _mostly_utf8(data):
        return _guess(data, notes, wrong=label)
    if codec != "utf-8" and not data.isascii() and (text := _strictly(data, "utf-8")) is not None:
        _note(notes, f"charset {_shown(label)} was wrong: used utf-8")
        return text
    if codec == "cp1252":  # five bytes have no meaning there but do in latin-1
        return "".join(_cp1252_byte(byte) if 0x80 <= byte < 0xA0 else chr(byte) for byte in data)
    _note(notes, f"not all bytes are valid {_shown(label)}: replaced")
    return data.decode(codec, "replace")


def _guess(data: bytes, notes: list[str], *, wrong: str = "") -> str:
    reason = f"charset {_shown(wrong)} was wrong" if wrong else "charset unknown"
    if data.isascii():
        if _JAPANESE_ESCAPE.search(data[:SAMPLE]) and (text := _strictly(data, "iso2022-jp-ext")) is not None:
            _note(notes, f"{reason}: used iso-2022-jp")
            return text
        return data.decode("ascii")
    if (utf8 := _strictly(data, "utf-8")) is not None:
        _note(notes, f"{reason}: used utf-8")
        return utf8
    sample = data[:SAMPLE]
    if _looks_like_utf16(sample):
        codec = "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
        _note(notes, f"{reason}: used {codec}")
        return data.decode(codec, "replace")
    codec = "cp1252"
    # With mostly plain letters it is a western text; the detector would take "não" for Polish or Chinese.
    high = len(_HIGH.findall(sample))
    if high > 0.4 * (high + len(_ASCII_LETTERS.findall(sample))):
        best = from_bytes(sample[: len(sample) & ~1], cp_isolation=_GUESSES).best()
        codec = best.encoding if best is not None else codec
    _note(notes, f"{reason}: used {codec.replace('cp125', 'windows-125')}")
    return data.decode(codec, "replace")


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
    return good > 3 * bad


def _looks_like_utf16(sample: bytes) -> bool:
    return len(sample) >= 8 and max(sample[0::2].count(0), sample[1::2].count(0)) > len(sample) // 4


def _cp1252_byte(byte: int) -> str:
    return _strictly(bytes([byte]), "cp1252") or chr(byte)


def _normalised(label: str) -> str:
    return label[:60].partition("*")[0].strip(" \t\"'").lower().replace("_", "-").removeprefix("charset=")


def _shown(label: str) -> str:
    return re.sub(r"[^\w.:-]", "?", label[:40])


def _note(notes: list[str], note: str) -> None:
    if note not in notes:
        notes.append(note)
