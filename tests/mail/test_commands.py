"""Commands at the top of an agent's mail, and the header block of what is forwarded: tables."""

import pytest

from mail.commands import read_commands
from mail.forwards import Forwarded, is_forward, read_attached, read_forward, without_prefix
from mail.parse import parse
from tests.mail.mails import mail, raw


@pytest.mark.parametrize(
    ("text", "commands", "rest"),
    [
        ("#close\nDone, thank you.", ["#close"], "Done, thank you."),
        ("#note\n#owner bea@demo.example\n\nPlease look.\n", ["#note", "#owner bea@demo.example"], "Please look.\n"),
        ("\n  #Queue: Support::Hardware\r\ntext", ["#queue Support::Hardware"], "text"),
        ("#state pending reminder +2d", ["#state pending reminder +2d"], ""),
        ("#tag a, b", ["#tag a, b"], ""),
        ("Hello\n#close", [], "Hello\n#close"),
        ("#close\nbut\n#note", ["#close"], "but\n#note"),
        ("#owner\nwho?", [], "#owner\nwho?"),
        ("#hashtag is not a command", [], "#hashtag is not a command"),
        ("# close", [], "# close"),
        ("#1 is our best", [], "#1 is our best"),
        ("> #close", [], "> #close"),
        ("", [], ""),
    ],
)
def test_only_the_first_lines_are_commands(text, commands, rest):
    found, left = read_commands(text)
    assert ([str(one) for one in found], left) == (commands, rest)


def test_a_thousand_commands_are_not_obeyed():
    assert len(read_commands("#tag a\n" * 1_000)[0]) == 20


DANA = ("Dana Miller", "dana@acme.example", "Printer hums")
FORWARDS = {
    "gmail": """Please have a look.

---------- Forwarded message ---------
From: Dana Miller <dana@acme.example>
Date: Tue, 17 Nov 2026 at 09:12
Subject: Printer hums
To: Bea <bea@demo.example>

It hums.""",
    "outlook-en": """Please have a look.

________________________________
From: Dana Miller <dana@acme.example>
Sent: Tuesday, November 17, 2026 9:12 AM
To: Bea Costa
Subject: Printer hums

It hums.""",
    "outlook-de": """Please have a look.

Von: Dana Miller [mailto:dana@acme.example]
Gesendet: Dienstag, 17. November 2026 09:12
An: Bea Costa
Betreff: Printer hums

It hums.""",
    "thunderbird-de": """Please have a look.

-------- Weitergeleitete Nachricht --------
Betreff: \tPrinter hums
Datum: \tTue, 17 Nov 2026 09:12:00 +0100
Von: \tDana Miller <dana@acme.example>
An: \tbea@demo.example

It hums.""",
    "apple-en": """Please have a look.

Begin forwarded message:

> From: Dana Miller <dana@acme.example>
> Subject: Printer hums
> Date: 17. November 2026 at 09:12:00 CET
> To: bea@demo.example
>
> It hums.""",
    "outlook-es": """Please have a look.

De: Dana Miller <dana@acme.example>
Enviado el: martes, 17 de noviembre de 2026 9:12
Para: Bea Costa
Asunto: Printer hums

It hums.""",
    "gmail-pt": """Please have a look.

---------- Forwarded message ---------
De: Dana Miller <dana@acme.example>
Date: ter., 17 de nov. de 2026 09:12
Subject: Printer hums
To: <bea@demo.example>

It hums.""",
    "outlook-pt": """Please have a look.

De: Dana Miller <dana@acme.example>
Enviada em: terça-feira, 17 de novembro de 2026 09:12
Para: Bea Costa
Assunto: Printer hums

It hums.""",
    "bold": """Please have a look.

*From:* Dana Miller <dana@acme.example>
*Sent:* Tuesday, November 17, 2026 9:12 AM
*Subject:* Printer hums

It hums.""",
}


@pytest.mark.parametrize("client", FORWARDS)
def test_who_wrote_it_at_first_in_the_common_programs_and_four_languages(client):
    found = read_forward(FORWARDS[client])
    assert found == Forwarded(*DANA, "It hums.", "Please have a look.")


@pytest.mark.parametrize(
    "text",
    [
        "No block at all",
        "From: the beginning\nit did not work\n",
        "From: Dana <dana@acme.example>\nNo date and no subject here",
        "From: nobody\nSent: today\nSubject: x\n\ntext",
        "From: dana@acme.example, eve@evil.example\nSent: today\nSubject: x\n\ntext",
        "",
    ],
)
def test_what_names_no_single_sender_is_no_forward(text):
    assert read_forward(text) is None


def test_a_message_attached_as_a_whole_names_its_sender():
    inner = mail("It hums.", subject="Printer hums")
    outer = mail("See below.", subject="Fwd: Printer hums", sender="bea@demo.example")
    outer.add_attachment(inner)
    found = read_attached(parse(raw(outer)))
    assert found is not None
    assert (found.name, found.address, found.subject) == DANA


@pytest.mark.parametrize("subject", ["Fwd: x", "FW: x", "WG: x", "Rv: x", "ENC: x", "TR: x", "Fwd: WG: x"])
def test_a_forward_shows_in_its_subject(subject):
    assert is_forward(subject)
    assert not is_forward(f"Re: {subject}")
    assert without_prefix(subject) == "x"
