"""The nursery reads what the limited child reads, and a worker survives whatever becomes of it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mail import nursery
from mail.parse import TooComplex, parse
from mail.sandbox import LimitExceeded
from tests.mail.test_parse_corpus import CORPUS
from tests.mail.test_parse_hostile import nested

MAIL = nursery.ORDINARY


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[nursery._Nursery]:
    """A worker that has read its first mail."""
    own = nursery._Nursery()
    monkeypatch.setattr(nursery, "_nursery", own)
    own.is_worth_it()
    yield own
    own.close()


def process_of(own: nursery._Nursery) -> int:
    assert own._process is not None
    return own._process.pid


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.eml")), ids=lambda path: path.stem)
def test_it_gives_the_same_message(path):
    raw = path.read_bytes()
    assert nursery.parse_apart(raw) == parse(raw)


def test_one_process_serves_all_mails(own):
    nursery.parse_apart(MAIL)
    first = process_of(own)
    nursery.parse_apart(MAIL)
    assert process_of(own) == first


def test_the_first_mail_of_a_process_needs_none(monkeypatch):
    own = nursery._Nursery()
    monkeypatch.setattr(nursery, "_nursery", own)
    assert nursery.parse_apart(MAIL) == parse(MAIL)
    assert own._process is None


def test_T14_too_complex_is_told_as_such():
    with pytest.raises(TooComplex, match="parts nested too deeply"):
        nursery.parse_apart(nested(5_000))
    assert nursery.parse_apart(MAIL) == parse(MAIL)


def test_F13_a_killed_nursery_costs_nothing(own):
    nursery.parse_apart(MAIL)
    killed = process_of(own)
    os.kill(killed, signal.SIGKILL)
    assert nursery.parse_apart(MAIL) == parse(MAIL)
    assert nursery.parse_apart(MAIL) == parse(MAIL)
    assert process_of(own) != killed


def test_F13_a_nursery_that_does_not_answer_is_given_up(own):
    nursery.parse_apart(MAIL)
    own._channel.settimeout(0.3)
    os.kill(process_of(own), signal.SIGSTOP)
    with pytest.raises(LimitExceeded, match="wall"):
        nursery.parse_apart(MAIL)
    assert nursery.parse_apart(MAIL) == parse(MAIL)


def test_it_holds_no_secret_of_ours(own, monkeypatch):
    monkeypatch.setenv("HELPDESK_SECRET_KEY", "the-key-of-the-house")
    nursery.parse_apart(MAIL)
    environment = Path(f"/proc/{process_of(own)}/environ").read_bytes()
    assert b"the-key-of-the-house" not in environment
    assert b"DATABASE_URL" not in environment


def test_it_has_no_files_of_the_worker(own, tmp_path):
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        nursery.parse_apart(MAIL)
        held = [str(link.readlink()) for link in Path(f"/proc/{process_of(own)}/fd").iterdir()]
    assert str(tmp_path / "open") not in held


def test_it_ends_with_its_worker(own):
    nursery.parse_apart(MAIL)
    process = own._process
    own._channel.close()
    assert process.wait(timeout=5) == 0
