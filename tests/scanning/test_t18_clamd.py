"""What `clamd` may say, and what is made of it."""

import io
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core import clamd
from tests.scanning.scanner import EICAR, NAME, Scanner, nobody, running

ROOT = Path(__file__).resolve().parents[2]


def asked(scanner: Scanner, content: bytes, *, seconds: float = 10) -> str:
    return clamd.found_in(io.BytesIO(content), scanner.place, seconds=seconds)


@pytest.fixture
def scanner():
    with running() as scanner:
        yield scanner


@pytest.mark.parametrize("content", [b"", b"Hello", os.urandom(300_000)])
def test_T18_all_bytes_are_sent_and_nothing_is_found(scanner, content):
    assert asked(scanner, content) == ""
    assert scanner.asked == [content]


def test_T18_the_name_of_what_is_found(scanner):
    assert asked(scanner, b"x" * 100_000 + EICAR) == NAME


@pytest.mark.parametrize("size", [2_000_000, 30_000_000])
def test_T18_too_large_is_an_answer_even_when_it_hangs_up_in_the_middle(scanner, size):
    with pytest.raises(clamd.TooLarge):
        asked(scanner, bytes(size))


def test_T18_nobody_there():
    with pytest.raises(clamd.Away):
        clamd.found_in(io.BytesIO(b"x"), nobody())
    with pytest.raises(clamd.Away):
        clamd.found_in(io.BytesIO(b"x"), clamd.Place(path="/nowhere/clamd.ctl"))


def test_T18_silence_ends(scanner):
    scanner.mood = "silent"
    with pytest.raises(clamd.Silent):
        asked(scanner, b"Hello", seconds=0.3)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: ",
        b"OK",
        b"stream: OK FOUND it",
        b"Can't allocate memory ERROR",
        b"\xff\xfe\x00stream: OK",
        b"stream: Can't open file or directory ERROR",
        b"UNKNOWN COMMAND",
        b"x" * 100_000,
    ],
)
def test_T18_any_other_answer_says_nothing_about_the_file(scanner, answer):
    scanner.answer = answer
    with pytest.raises(clamd.Failed):
        asked(scanner, b"Hello")


def test_T18_hanging_up_says_nothing_about_the_file(scanner):
    scanner.mood = "rude"
    with pytest.raises(clamd.Failed):
        asked(scanner, bytes(500_000))


def test_T18_a_hostile_name_is_one_short_clean_line(scanner):
    scanner.answer = b"stream: \x1b[31m<script>\r\nalert(1)\x07</script>" + b"A" * 3_000 + b" FOUND"
    found = asked(scanner, b"Hello")
    assert len(found) == clamd.LONGEST_NAME
    assert found.isprintable()
    scanner.answer = b"stream:  FOUND"
    assert asked(scanner, b"Hello") == "?"


def test_T18_the_version(scanner):
    assert clamd.version(scanner.place).startswith("ClamAV 1.4.3/27500/")
    with pytest.raises(OSError):
        clamd.version(nobody())


def test_T18_through_a_socket_of_this_machine(tmp_path):
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "clamd.ctl"))
        door.listen()
        place = clamd.place(f"unix://{tmp_path}/clamd.ctl")
        threading.Thread(target=lambda: Scanner(place).serve(door.accept()[0]), daemon=True).start()
        assert clamd.found_in(io.BytesIO(EICAR), place) == NAME


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("", None),
        (" ", None),
        ("tcp://clamav", clamd.Place(host="clamav", port=3310)),
        ("tcp://127.0.0.1:3311", clamd.Place(host="127.0.0.1", port=3311)),
        ("tcp://[::1]:3310", clamd.Place(host="::1", port=3310)),
        ("unix:///run/clamav/clamd.ctl", clamd.Place(path="/run/clamav/clamd.ctl")),
    ],
)
def test_T18_where_it_is(words, place):
    assert clamd.place(words) == place


@pytest.mark.parametrize(
    "words", ["clamav:3310", "http://clamav:3310", "tcp://", "tcp://x:99999", "unix://clamd.ctl", "unix:clamd", "on"]
)
def test_T18_a_wrong_place_is_said_at_the_start(words):
    with pytest.raises(ValueError, match="write tcp://host:3310 or unix:///run/clamav/clamd.ctl"):
        clamd.place(words)


def test_T18_a_wrong_word_for_meanwhile_is_said_at_the_start():
    given = os.environ | {"HELPDESK_SCANNER_MEANWHILE": "perhaps", "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
    asked = "import django; django.setup()"
    done = subprocess.run([sys.executable, "-c", asked], env=given, cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    assert done.returncode
    assert done.stderr.strip().endswith("HELPDESK_SCANNER_MEANWHILE is 'perhaps': write hold or mark")
