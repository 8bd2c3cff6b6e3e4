"""What the parser noted when it read a message (`Message.notes`), in sentences for people.

The notes themselves are short and English, for `parse_mail` and for the marks of an article. Most tell of something
that is broken and was mended; some only tell what was done with a sound message.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Noted:
    """`is_damage`: the message itself was broken, and reading it needed repair."""

    text: str
    is_damage: bool


@dataclass(frozen=True)
class _Words:
    """`pattern` fits a whole note; what it names is put into the sentence."""

    pattern: re.Pattern[str]
    sentence: str | Promise
    is_damage: bool


def _sound(pattern: str, sentence: str | Promise) -> _Words:
    return _Words(re.compile(pattern), sentence, is_damage=False)


def _broken(pattern: str, sentence: str | Promise) -> _Words:
    return _Words(re.compile(pattern), sentence, is_damage=True)


_KNOWN: Sequence[_Words] = (
    _sound(
        "very long text: the whole is attached", _("Its text is very long: this is the beginning, all is attached.")
    ),
    _sound(
        "many long texts: the rest is attached", _("It has many long texts: the first are here, the rest is attached.")
    ),
    _sound(
        "(?P<type>.+) alternative left out",
        _("A second form of the same text, made for programs (%(type)s), is left out."),
    ),
    _sound("mbox separator line skipped", _("The line that a mailbox file had put in front of it is left out.")),
    _sound("line ends were carriage returns", _("Its lines end as on very old computers; they are read all the same.")),
    _sound("too many addresses in (?P<header>.+)", _("It names very many addresses; only the first are kept.")),
    _sound("too many parameters in a header", _("One of its headers is very long; only its beginning is used.")),
    _sound("very long header cut", _("One of its headers is very long; only its beginning is used.")),
    _sound(
        "charset unknown: used (?P<used>.+)",
        _("It does not say how its letters are written. They are read as %(used)s, so some may be wrong."),
    ),
    _sound("a message within is too complex", _("A message inside of it is too complicated and was not taken apart.")),
    _sound("too complex: (?P<why>.+)", _("It is too complicated to be taken apart: this is its beginning.")),
    _sound(
        "charset (?P<said>.+) is not known",
        _("It names a way of writing letters that is not known (%(said)s). Some letters may be wrong."),
    ),
    _broken(
        "byte order mark says (?P<used>.+), not (?P<said>.+)",
        _("It says that its letters are written as %(said)s, but they are %(used)s and are read so."),
    ),
    _broken(
        "charset (?P<said>.+) was wrong: used (?P<used>.+)",
        _("It says that its letters are written as %(said)s, but they are not. They are read as %(used)s."),
    ),
    _broken(
        "not all bytes are valid (?P<said>.+): replaced",
        _("Some letters cannot be read; the others are read as %(said)s."),
    ),
    _broken("encoded word with an unknown charset", _("Some letters of its headers could not be read for certain.")),
    _broken("NUL bytes removed", _("It held signs that no text may have; they are left out.")),
    _broken("unknown transfer encoding", _("It is packed in a way that is not known, and is shown as it came.")),
    _broken("text called base64 was plain", _("It says that its text is packed, but it is not. It is read as it is.")),
    _broken("text called plain was a page", _("It says that its text is plain, but it is a web page and is read so.")),
    _broken(
        "no empty line between header and body",
        _("Nothing parts its header from its text. Where it begins is guessed."),
    ),
    _broken("empty line inside of the header", _("An empty line stands in the middle of its header and is ignored.")),
    _broken("broken header line", _("Its header has lines that do not belong there.")),
    _broken("boundary wrong or missing: guessed", _("Where its parts begin and end is said wrongly and was guessed.")),
    _broken(
        "multipart without parts: read as text",
        _("It says that it has several parts, but has none. It is read as text."),
    ),
    _broken("date cannot be read", _("Its date cannot be read.")),
)


def in_words(note: str) -> Noted:
    """The sentence for a note; one that is not known, as from an older version, is shown as it is, as damage."""
    for words in _KNOWN:
        if match := words.pattern.fullmatch(note):
            return Noted(str(words.sentence) % match.groupdict(), words.is_damage)
    return Noted(note, is_damage=True)
