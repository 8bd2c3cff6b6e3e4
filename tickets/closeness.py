"""How close the subject of a ticket is to what somebody searches for: for lists that show the best match first."""

import re

from django.db.models import Case, Expression, IntegerField, Q, Value, When

from core.text import fold

# Other forms of a letter, which are the same letter to who types.
_FORMS = {
    "a": "aàáâãäåÀÁÂÃÄÅ",
    "c": "cçÇ",
    "e": "eèéêëÈÉÊË",
    "i": "iìíîïÌÍÎÏ",
    "l": "lłŁ",
    "n": "nñÑ",
    "o": "oòóôõöøÒÓÔÕÖØ",
    "u": "uùúûüÙÚÛÜ",
    "y": "yýÿÝ",
}
_WORD = re.compile(r"\w+")


def closeness(words: str) -> Expression:
    """Two where the subject has the words one after the other, one where it has all of them, else none."""
    patterns = [_pattern(word) for word in _WORD.findall(fold(words))]
    if not patterns:
        return Value(0, IntegerField())
    every = Q(*(Q(title__iregex=rf"\m{pattern}") for pattern in patterns))
    in_a_row = Q(title__iregex=r"\m" + r"\w*\W+".join(patterns))
    # Most subjects are settled by the first word, which is looked for once.
    return Case(When(~every, then=0), When(in_a_row, then=2), default=1, output_field=IntegerField())


def _pattern(word: str) -> str:
    """The beginning of a word, for endings change with case, number and tense."""
    letters = "".join(f"[{_FORMS[letter]}]" if letter in _FORMS else re.escape(letter) for letter in beginning(word))
    return letters.replace("ss", "(?:ss|ß)")


def beginning(word: str) -> str:
    """What stays the same of a word in its other forms."""
    return word[: max(4, len(word) - 3)]
