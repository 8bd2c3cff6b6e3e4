"""Excerpts: the words around a hit, whatever the ending, the case and the accents."""

import pytest

from web.desk.excerpts import LENGTH, pieces


def shown(text: str, words: str) -> str:
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces(text, words))


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("It hums and blinks.", "blinking", "It hums and [blinks]."),
        ("Zwei Bremshebel fehlen", "bremshebels", "Zwei [Bremshebel] fehlen"),
        ("La dirección nueva", "direccion", "La [dirección] nueva"),
        ("one two one", "one", "[one] two [one]"),
        ("A cat sat", "cat", "A [cat] sat"),
        ("A catalogue", "cat", "A [catalogue]"),
        ("Nothing here", "zebra", ""),
        ("Nothing here", "", ""),
        ("Nothing here", "!?", ""),
        ("", "zebra", ""),
    ],
)
def test_the_words_are_marked(text, words, expected):
    assert shown(text, words) == expected


def test_a_long_text_is_cut_around_the_first_hit():
    found = shown("word " * 100 + "zebra " + "more " * 200, "zebra")
    assert found.startswith("… ")
    assert "[zebra]" in found
    assert len(found) <= LENGTH + 10


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        # folded it is as long as before, but its letters stand elsewhere
        ("e\N{COMBINING ACUTE ACCENT} Straße und Bremse", "bremse", "e\N{COMBINING ACUTE ACCENT} Straße und [Bremse]"),
        ("e\N{COMBINING ACUTE ACCENT}e\N{COMBINING ACUTE ACCENT} \N{LATIN SMALL LIGATURE FFI} Rad", "rad", None),
        ("Die Straße", "strasse", "Die [Straße]"),
        ("under_bremse Bremse", "bremse", "under_bremse [Bremse]"),
    ],
)
def test_the_first_hit_is_found_whatever_folding_does_to_the_letters(text, words, expected):
    assert shown(text, words) == (expected or text.replace("Rad", "[Rad]"))
