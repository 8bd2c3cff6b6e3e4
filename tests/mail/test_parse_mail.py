"""`parse_mail`, as others call it: any bytes in, one line of JSON out, and never a complaint."""

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.mail.letters.builder import PDF, mail, part, with_parts

NAMES = {
    "subject", "from", "reply_to", "to", "cc", "date", "message_id", "in_reply_to", "references", "text", "html",
    "attachments", "auto_submitted", "is_bounce",
}  # fmt: skip
FILE_NAMES = {"name", "content_type", "size", "sha256", "inline", "content_id"}
ORDINARY = with_parts(
    "mixed", part("text/plain; charset=utf-8", "Größe 🖨️"), part("application/pdf; name=plan.pdf", PDF)
)


@pytest.fixture
def parse_mail(monkeypatch, capsys):
    def run(raw: bytes, *files: str) -> list[dict]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        call_command("parse_mail", *files)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


@pytest.mark.parametrize(
    "raw",
    [
        ORDINARY,
        b"",
        b"\0" * 1_000,
        b"\xff\xfe\xfd",
        b"just words",
        b"X-A: b\r\n" * 100_000 + b"\r\nx",
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10_000,
        b"From: a@b.example\r\n\r\n" + b"x" * 5_000_000,
        "From: \ud800\r\n".encode("utf-8", "surrogatepass") + b"Subject: \xed\xa0\x80\r\n\r\n\xed\xa0\x80",
    ],
    ids=["ordinary", "empty", "nul", "bytes", "words", "headers", "parts", "long", "surrogates"],
)
def test_any_bytes_give_one_line_with_the_agreed_names(parse_mail, raw):
    (form,) = parse_mail(raw)
    assert set(form) >= NAMES
    assert all(set(file) == FILE_NAMES for file in form["attachments"])


def test_what_is_too_complex_shows_its_beginning_and_is_kept_whole(parse_mail):
    raw = mail(
        "Content-Type: multipart/mixed; boundary=b", body=b"--b\r\n\r\nIt hums.\r\n" + b"--b\r\n\r\nx\r\n" * 100_000
    )
    (form,) = parse_mail(raw)
    assert (form["subject"], form["from"]["address"]) == ("Printer", "dana@acme.example")
    assert form["text"].startswith("It hums.\n\nx")
    assert form["notes"][0] == "too complex: too many parts"
    assert [(file["name"], file["size"]) for file in form["attachments"]] == [("message.eml", len(raw))]


def test_several_files_give_a_line_each(parse_mail, tmp_path):
    (tmp_path / "one.eml").write_bytes(ORDINARY)
    (tmp_path / "two.eml").write_bytes(b"")
    one, two = parse_mail(b"not read", str(tmp_path / "one.eml"), str(tmp_path / "two.eml"))
    assert (one["text"], one["attachments"][0]["name"], two["text"]) == ("Größe 🖨️", "plan.pdf", "")


def test_a_file_that_is_not_there_is_told(parse_mail, tmp_path):
    with pytest.raises(CommandError, match=r"missing\.eml cannot be read: No such file or directory\."):
        parse_mail(b"", str(tmp_path / "missing.eml"))


def test_a_narrow_terminal_gets_the_same_in_escapes(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ORDINARY)))
    call_command("parse_mail", stdout=out)
    out.seek(0)
    assert json.loads(out.read())["text"] == "Größe 🖨️"
