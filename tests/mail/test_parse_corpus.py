"""Messages as real programs write them, whole: what the parser makes of each."""

from pathlib import Path

import pytest

from core.html import clean
from mail.parse import parse
from mail.parsing.frame import pack, unpack
from mail.replies import split_html, split_reply

CORPUS = Path(__file__).parent / "corpus"
NAMES = sorted(path.stem for path in CORPUS.glob("*.eml"))


def read(name: str):
    return parse((CORPUS / f"{name}.eml").read_bytes())


# name: (subject, sender, first words of the new part of the text, attachments)
EXPECTED = {
    "apple-mail-inline-pdf": (
        "Contract",
        "erik@globex.example",
        "First the contract:\n\nAnd that was it.",
        ["Vertrag Müller.pdf"],
    ),
    "broken-everything": (
        "Half an encoded word and Grüß",
        "dana@acme.example",
        "Words in café and crème",
        ["résumé.doc"],
    ),
    "chinese-gb2312-superset": ("打印机問題", "lilei@acme.example", "打印机壞了,请帮忙。", []),
    "crlf-free-cron": (
        "Cron <root@server> /usr/local/bin/backup",
        "root@server.acme.example",
        "backup: disk full on /var",
        [],
    ),
    "cyrillic-unlabelled": (
        "Принтер не работает",
        "ivan@acme.example",
        "Здравствуйте, принтер в кабинете не работает.",
        [],
    ),
    "forward-as-attachment": ("Fwd: please handle", "bea@demo.example", "See attached.", ["Drücker broken.eml"]),
    "gmail-reply-html": (
        "Re: [#48213] Printer on the second floor",
        "dana@acme.example",
        "It prints again – thank you!\n\nDana",
        [],
    ),
    "hostile-identity": ("[#1] Bcc: victim@good.example", "eve@evil.example", "Dear agent,", []),
    "invitation": (
        "Invitation: Migration",
        "ute.vogel@globex.example",
        "You are invited.",
        ["invitation.ics", "invite.ics"],
    ),
    "iphone-spanish": ("Re: [#48215] Contraseña", "jose@acme.example", "Ya funciona, ¡gracias!", []),
    "japanese-iso2022": ("プリンターの件", "yamada@acme.example", "プリンターが動きません。", []),
    "list-footer": (
        "[users] Coffee machine",
        "erik@globex.example",
        "It leaks.\n\n_______________________________________________\nusers mailing list",
        [],
    ),
    "outlook-reply-de": (
        "AW: [#48214] VPN geht nicht",
        "juergen.kraemer@globex.example",
        "Guten Tag,\n\nleider immer noch dasselbe, siehe Bild.\n\nMit freundlichen Grüßen\nJürgen Krämer",
        ["image001.png"],
    ),
    "portuguese-latin1-8bit": (
        "Impressora não funciona",
        "joao@acme.example",
        "A impressora não está a imprimir. Solução?",
        [],
    ),
    "postfix-dsn": (
        "Undelivered Mail Returned to Sender",
        "MAILER-DAEMON@mx.demo.example",
        "I'm sorry to have to inform you that your message could not be delivered.",
        ["delivery-status.txt", "[#48216] Your order.eml"],
    ),
    "smime-signed": ("signed", "erik@globex.example", "Signed words.", ["smime.p7s"]),
    "thunderbird-flowed": (
        "Frage zur Rechnung €",
        "zoe@globex.example",
        "Guten Tag,\n\ndies ist ein langer Absatz, der von dem Programm auf mehrere Zeilen verteilt worden ist.",
        [],
    ),
    "vacation-gmail": ("On holiday Re: [#48217] Invoice", "dana@acme.example", "I am away until Monday.", []),
    "winmail": ("TNEF", "ute.vogel@globex.example", "Rich text “inside”.", ["winmail.dat"]),
}


def test_every_message_of_the_corpus_is_expected():
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_message_is_read(name):
    subject, sender, words, attachments = EXPECTED[name]
    message = read(name)
    assert message.subject == subject
    assert message.from_.address == sender
    assert split_reply(message.text).visible.rstrip() == words
    assert [attachment.name for attachment in message.attachments] == attachments


@pytest.mark.parametrize("name", NAMES)
def test_the_message_survives_the_way_out_of_the_child(name):
    message = read(name)
    assert unpack(pack(message)) == message


def test_html_replies_show_what_is_new():
    visible = split_html(clean(read("gmail-reply-html").html)).visible
    assert visible == '<div dir="ltr">It prints again – thank you!<div><br></div><div>Dana</div></div><br>'
    outlook = split_html(clean(read("outlook-reply-de").html))
    assert "siehe Bild" in outlook.visible
    assert "Demo Support" not in outlook.visible
    assert "Bitte starten Sie den Rechner neu." in outlook.quoted


def test_the_signs_of_the_delivery_report():
    message = read("postfix-dsn")
    assert message.return_path == ""
    assert message.automatic == "Auto-Submitted: auto-replied"
    assert message.bounce.original_message_id == "<48216.0f5b.mac@demo.example>"
    (failed,) = message.bounce.recipients
    assert (failed.address, failed.action, failed.status) == ("gone@acme.example", "failed", "5.1.1")


def test_what_was_repaired_is_told():
    assert read("broken-everything").notes == (
        "mbox separator line skipped",
        "boundary wrong or missing: guessed",
        "charset UTF8 was wrong: used windows-1252",
        "date cannot be read",
    )
    assert read("cyrillic-unlabelled").notes == ("charset unknown: used windows-1251",)


def test_T26_the_hostile_sender_is_unproven():
    message = read("hostile-identity")
    assert message.from_ambiguous
    assert [address.address for address in message.from_addresses] == ["eve@evil.example", "alice@good.example"]
