"""Which charset a text is in that does not say, or that says so wrongly."""

import re

from charset_normalizer import from_bytes

SAMPLE = 64 * 1024

# What the detector may answer for a text in letters that are not Latin.
_FOREIGN = [
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
_CENTRAL = ("cp1250", "iso8859-2")
_ASCII_LETTERS = re.compile(rb"[A-Za-z]")
_HIGH = re.compile(rb"[\x80-\xff]")
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*+")
# Signs that stand beside letters in any western text.
_BESIDE_WORDS = "’‘“”„‚–—…«»€§°·®™©ªº´`¨\xa0"
_OPENING = re.compile(r"(?<![^ ])[¿¡]+")
_ICELANDIC = frozenset("áéíóúæÁÉÍÓÚÆ")
_CZECH = frozenset("ìèùòï¾¹")
_NORDIC = frozenset("åæÅÆ")


def guess(data: bytes) -> str:
    """A codec for 8-bit text that is not UTF-8; windows-1252 if nothing speaks for another."""
    sample = data[:SAMPLE]
    if _looks_like_utf16(sample):
        return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
    # With mostly plain letters it is a European text; the detector would take "não" for Polish or Chinese.
    if not is_foreign(sample):
        return _european(sample)
    best = from_bytes(sample[: len(sample) & ~1], cp_isolation=_FOREIGN).best()
    return best.encoding if best is not None else "cp1252"


def is_foreign(data: bytes) -> bool:
    """Whether so many letters are outside of ASCII that the text is in no language with Latin letters."""
    sample = data[:SAMPLE]
    high = len(_HIGH.findall(sample))
    return high > 0.4 * (high + len(_ASCII_LETTERS.findall(sample)))


def _european(sample: bytes) -> str:
    """Western, unless words are full of signs that are letters in another charset of Europe."""
    words = b" ".join(word for word in _WORD.findall(sample) if not word.isascii() and _ASCII_LETTERS.search(word))
    western = words.decode("cp1252", "replace")
    letters = set(western)
    if "ø" in letters and letters & _CZECH and not letters & _NORDIC:
        return min(_CENTRAL, key=lambda codec: _signs(words, codec))
    if letters & set("ýþð") and letters & set("þð") and not letters & _ICELANDIC:
        return "cp1254"
    if not _signs(words, "cp1252"):
        return "cp1252"
    return min(("cp1252", *_CENTRAL), key=lambda codec: _signs(words, codec))


def _signs(words: bytes, codec: str) -> int:
    """How many signs stand where a letter is expected."""
    text = _OPENING.sub("", words.decode(codec, "replace"))
    return sum(1 for char in text if not char.isalpha() and char != " " and char not in _BESIDE_WORDS)


def _looks_like_utf16(sample: bytes) -> bool:
    return len(sample) >= 8 and max(sample[0::2].count(0), sample[1::2].count(0)) > len(sample) // 4
