"""Plain text: cleaning of names, addresses and one-line values that strangers wrote.

Pure functions, values in and values out. Each is stable: applying it twice changes nothing more.
"""

import re
import unicodedata
from functools import lru_cache

FILENAME_LIMIT = 150
EXTENSION_LIMIT = 20
WORD_LIMIT = 40  # longer ones are no words, and not worth remembering
ADDRESS_LIMIT = 320  # RFC 5321: 64 octets, "@", 255 octets

# Invisible characters that may change how a line is read: soft hyphen, zero width space, direction marks that
# embed or override, byte order mark, tags. Joiners (U+200C, U+200D) and simple marks (U+200E, U+200F) carry meaning.
_TRICK_CHARACTERS = re.compile(
    "[\u00ad\u061c\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# Letters that show nothing although Unicode calls them letters or marks.
_BLANK_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_COMBINING = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_NOT_IN_FILENAMES = re.compile(r'[<>:"|?*]')
_RESERVED_NAMES = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)")
_WITHOUT_DECOMPOSITION = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ħ": "h",
    "ŧ": "t",
}
_LETTERS_WITHOUT_DECOMPOSITION = re.compile(f"[{''.join(_WITHOUT_DECOMPOSITION)}]")
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def strip_nul(text: str) -> str:
    """Text that PostgreSQL can store: NUL removed, lone surrogates replaced by U+FFFD (T16)."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def clean_line(text: str, limit: int = 255) -> str:
    """One line fit for a header, a title or a name: every kind of line break becomes a blank, tricks go (T35)."""
    text = strip_nul(text[: limit * 8])
    text = _TRICK_CHARACTERS.sub("", _CONTROLS.sub("", text))
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean_filename(name: str, *, fallback: str = "file") -> str:
    """The shown name of an attachment, to be called once after decoding (T05): no path, nothing invisible, never empty.

    Files are stored under a random key; this name is for people and for Content-Disposition only.
    """
    name = unicodedata.normalize("NFC", strip_nul(name[:20_000]))
    name = "".join(" " if char.isspace() else char for char in name if char.isspace() or _may_stand_in_names(char))
    name = _BLANK_LETTERS.sub("", name)
    name = _NOT_IN_FILENAMES.sub("_", re.split(r"[/\\]", name.rstrip("/\\. "))[-1])
    name = _without_edges(name)
    stem, dot, extension = name.rpartition(".")
    if len(name) > FILENAME_LIMIT:
        if dot and 0 < len(extension) <= EXTENSION_LIMIT:
            name = _without_edges(stem[: FILENAME_LIMIT - len(extension) - 1]) + "." + extension
        else:
            name = _without_edges(name[:FILENAME_LIMIT])
    if _RESERVED_NAMES.match(name):
        name = _without_edges(("_" + name)[:FILENAME_LIMIT])
    return name or fallback


def normalise_address(address: str) -> str:
    """The key under which a mail address is compared and stored as unique.

    Only ASCII letters are lower-cased in the local part and no look-alikes are folded, so `mıke@x` stays
    different from `mike@x` (T29). The domain becomes its lower-case ASCII (punycode) form.
    Mail is always sent to the stored address, never to this key.
    """
    address = address.strip().replace("\0", "\ufffd")[:ADDRESS_LIMIT]
    address = _SURROGATES.sub("\ufffd", address)
    local, at, domain = address.rpartition("@")
    if not at:
        return address.translate(_ASCII_LOWER)
    return f"{local.translate(_ASCII_LOWER)}@{ascii_domain(domain)}"


def ascii_domain(domain: str) -> str:
    """A domain name as it stands in DNS: lower case, other scripts in punycode."""
    return ".".join(_ascii_label(label) for label in domain.removesuffix(".").split("."))


def fold(text: str) -> str:
    """Search and sort key: case and accents folded (`Straße, Łódź` -> `strasse, lodz`), other scripts kept whole."""
    if text.isascii():
        return text.lower()
    # Blanks take no part in it, and most words are plain or have been folded before.
    return " ".join([word.lower() if word.isascii() else _folded(word) for word in text.split(" ")])


def _folded(word: str) -> str:
    return _folded_before(word) if len(word) <= WORD_LIMIT else _fold(word)


def _fold(word: str) -> str:
    word = _COMBINING.sub("", unicodedata.normalize("NFKD", word)).casefold()
    word = _LETTERS_WITHOUT_DECOMPOSITION.sub(lambda letter: _WITHOUT_DECOMPOSITION[letter[0]], word)
    return unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFKD", word)))


_folded_before = lru_cache(maxsize=10_000)(_fold)


def _may_stand_in_names(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _without_edges(name: str) -> str:
    return " ".join(name.split()).lstrip(". ").rstrip(". ")


def _ascii_label(label: str) -> str:
    """Punycode without the mappings of IDNA 2003, which would let `straße` and `strasse` be one."""
    if label.isascii():
        return label.translate(_ASCII_LOWER)
    mapped = unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).lower())
    if mapped.isascii():  # a look-alike such as the Kelvin sign must not become the plain letter
        mapped = label
    return "xn--" + mapped.encode("punycode").decode("ascii")
