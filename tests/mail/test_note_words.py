"""Whatever the parser notes is said to people in sentences."""

import re
from pathlib import Path

import pytest

from mail import parse
from mail.note_words import in_words
from mail.parse import parse as read
from tests.mail.test_parse_corpus import CORPUS

SOURCES = [Path(parse.__file__), *sorted((Path(parse.__file__).parent / "parsing").glob("*.py"))]
NOTED = re.compile(r"""(?:notes\.append\(|_note\(notes, )(f?)"([^\n]*?)"\)""")


def notes_of_the_parser() -> list[str]:
    """As they stand in its source, with a word where it puts in a value."""
    found = []
    for path in SOURCES:
        for is_filled, words in NOTED.findall(path.read_text()):
            filled = re.sub(r"\{reason\}", "charset x was wrong", words) if is_filled else words
            found.append(re.sub(r"\{[^{}]*\}", "x", filled) if is_filled else filled)
    return found


def test_every_note_of_the_parser_has_a_sentence():
    notes = notes_of_the_parser()
    assert len(notes) >= 25
    assert [note for note in notes if in_words(note).text == note] == []
    assert [note for note in notes if not in_words(note).text.endswith(".")] == []
    for note in ("charset unknown: used utf-8", "too complex: too many parts"):
        assert in_words(note).text != note


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.eml")), ids=lambda path: path.stem)
def test_every_note_about_real_mail_has_a_sentence(path):
    for note in read(path.read_bytes()).notes:
        assert in_words(note).text != note


@pytest.mark.parametrize(
    ("note", "text", "is_damage"),
    [
        (
            "very long text: the whole is attached",
            "Its text is very long: this is the beginning, all is attached.",
            False,
        ),
        (
            "charset UTF8 was wrong: used windows-1252",
            "It says that its letters are written as UTF8, but they are not. They are read as windows-1252.",
            True,
        ),
        (
            "application/x-y alternative left out",
            "A second form of the same text, made for programs (application/x-y), is left out.",
            False,
        ),
        ("100 % of an older version", "100 % of an older version", True),
        (
            "charset 5%s is not known",
            "It names a way of writing letters that is not known (5%s). Some letters may be wrong.",
            False,
        ),
    ],
)
def test_the_words_of_a_note(note, text, is_damage):
    noted = in_words(note)
    assert (noted.text, noted.is_damage) == (text, is_damage)
