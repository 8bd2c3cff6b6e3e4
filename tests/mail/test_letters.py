"""The corpus (tests/mail/letters): what the parser makes of each mail in it, and that nothing gets lost on the way."""

import pytest

from mail.parse import parse
from mail.parsing.frame import pack, unpack
from mail.printing import print_form
from tests.mail.letters import LETTERS
from tests.mail.letters.builder import Letter


def pytest_generate_tests(metafunc):
    if "letter" in metafunc.fixturenames:
        metafunc.parametrize("letter", LETTERS, ids=lambda letter: letter.name)


def test_the_corpus_is_large_and_no_name_is_there_twice():
    names = [letter.name for letter in LETTERS]
    assert len(names) == len(set(names))
    assert len(names) >= 200


def test_the_mail_is_read_as_it_should_be(letter: Letter):
    message = parse(letter.raw)
    assert message.text.strip() == letter.text
    assert message.subject == letter.subject
    assert (message.from_.address if message.from_ else "") == letter.sender
    assert (message.from_.name if message.from_ else "") == letter.sender_name
    assert [(a.name, a.content) for a in message.attachments] == list(letter.files)
    assert [a.name for a in message.attachments if a.inline] == list(letter.shown)
    assert letter.html in message.html
    assert bool(letter.html) is bool(message.html)
    assert list(message.notes) == list(letter.notes)
    assert message.protection == letter.protection
    assert message.is_automatic is letter.automatic
    failed = [(r.address, r.action, r.status) for r in message.bounce.recipients] if message.bounce else None
    assert failed == letter.failed
    assert (message.bounce.original_message_id if message.bounce else "") == letter.original
    assert unpack(pack(message)) == message
    assert print_form(letter.raw)["subject"] == letter.subject


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["line-feeds", "both"])
def test_the_kind_of_line_end_makes_no_difference_to_the_words(letter: Letter, ends: bytes):
    if b"\n" not in letter.raw or b"\r\r" in letter.raw:
        return
    raw = letter.raw.replace(b"\r\n", b"\n").replace(b"\n", ends)
    assert parse(raw).text.strip() == letter.text
