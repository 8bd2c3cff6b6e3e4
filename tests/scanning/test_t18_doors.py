"""Every door that gives out bytes asks what the virus scanner says of them (T18)."""

import ast
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.tokens import issue_token
from knowledge.actions.drafting import add_file, save_draft, start_article
from knowledge.actions.publishing import publish
from knowledge.models import ArticleFile
from knowledge.writing import Facts, Words
from tests.conftest import World
from tests.knowledge.library import category
from tests.mail.mails import PNG, mail, raw
from tests.otrs.conftest import Script
from tests.scanning.scanner import EICAR
from tickets.actions.replying import reply
from tickets.messages import File, Message
from tickets.models import Article, FileCheck, Picture
from tickets.models.file_check import Scan
from tickets.pictures import keep_picture
from tickets.secret_links import make

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
VIRUS, PICTURE = b"MZ" + EICAR, PNG + EICAR


def letter() -> bytes:
    message: EmailMessage = mail("See the bill.")
    message.add_alternative('<p>See <img src="cid:seal@acme"></p>', subtype="html")
    message.add_attachment(VIRUS, "application", "x-msdownload", filename="bill.exe")
    message.add_attachment(PICTURE, "image", "png", filename="seal.png", cid="<seal@acme>", disposition="inline")
    return raw(message)


@dataclass
class Everywhere:
    """The same bytes wherever there can be some, and browsers and programs of everybody who may have them."""

    article: Article
    answer: Article
    knowledge: tuple[ArticleFile, ArticleFile]
    drafted: Picture
    bea: Client
    alex: Client
    dana: Client
    visitor: Client
    bea_program: Client
    alex_program: Client
    dana_program: Client

    def file(self, name: str, of: Article | None = None) -> str:
        return str((of or self.article).attachments.get(name=name).uuid)


@pytest.fixture
def everywhere(world: World, take_in, signed_in, scanner) -> Everywhere:
    article = take_in(letter()).article
    files = [File("offer.exe", "application/x-msdownload", VIRUS)]
    answer = reply(article.ticket, Message(text="See here", files=files), by=world.bea)
    visitor = Client()
    visitor.get(make(article.ticket, world.dana, address=world.dana.email).partition(":8000")[2])
    return Everywhere(
        article,
        answer,
        _published(world),
        keep_picture(File("x.png", "image/png", PICTURE), by=world.bea),
        signed_in(world.bea),
        signed_in(world.alex),
        signed_in(world.dana),
        visitor,
        *(_program(person) for person in (world.bea, world.alex, world.dana)),
    )


def _program(person) -> Client:
    return Client(headers={"Authorization": f"Bearer {issue_token(person, name='robot')[1]}"})


def _published(world: World) -> tuple[ArticleFile, ArticleFile]:
    article = start_article(Facts(category("Printers"), "public"), "en", Words("Jam", "<p>x</p>"), by=world.alex)
    file = add_file(article, File("manual.exe", "application/octet-stream", VIRUS), by=world.alex)
    shown = add_file(article, File("jam.png", "image/png", PICTURE, is_inline=True, content_id="jam"), by=world.alex)
    words = Words("Jam", '<p><img src="cid:jam" alt="Jam"></p>', files=(file,))
    save_draft(article, "en", words, by=world.alex)
    publish(article.translations.get(), by=world.alex)
    return file, shown


Door = Callable[[Everywhere], HttpResponse]
DOORS: dict[str, Door] = {
    "agent, file": lambda e: e.bea.get(reverse("attachment", args=[e.file("bill.exe")])),
    "agent, picture": lambda e: e.bea.get(reverse("inline_image", args=[e.file("seal.png")])),
    "agent, picture as a file": lambda e: e.bea.get(reverse("attachment", args=[e.file("seal.png")])),
    "agent, file of an answer": lambda e: e.bea.get(reverse("attachment", args=[e.file("offer.exe", e.answer)])),
    "agent, original": lambda e: e.bea.get(reverse("desk:original", args=[e.article.pk])),
    "agent, source": lambda e: e.bea.get(reverse("desk:source", args=[e.article.pk])),
    "agent, raw": lambda e: e.bea.get(reverse("desk:raw", args=[e.article.pk])),
    "agent, raw answer": lambda e: e.bea.get(reverse("desk:raw", args=[e.answer.pk])),
    "agent, source of an answer": lambda e: e.bea.get(reverse("desk:source", args=[e.answer.pk])),
    "agent, picture of a draft": lambda e: e.bea.get(reverse("desk:picture", args=[e.drafted.uuid])),
    "agent, file of knowledge": lambda e: e.bea.get(reverse("desk:knowledge_file", args=[e.knowledge[0].uuid])),
    "agent, picture of knowledge": lambda e: e.bea.get(reverse("desk:knowledge_file", args=[e.knowledge[1].uuid])),
    "customer, file": lambda e: e.dana.get(reverse("attachment", args=[e.file("bill.exe")])),
    "customer, picture": lambda e: e.dana.get(reverse("inline_image", args=[e.file("seal.png")])),
    "customer, file of an answer": lambda e: e.dana.get(reverse("attachment", args=[e.file("offer.exe", e.answer)])),
    "link, file": lambda e: e.visitor.get(reverse("attachment", args=[e.file("bill.exe")])),
    "link, picture": lambda e: e.visitor.get(reverse("inline_image", args=[e.file("seal.png")])),
    "visitor, file of knowledge": lambda e: Client().get(reverse("kb:file", args=[e.knowledge[0].uuid])),
    "visitor, picture of knowledge": lambda e: Client().get(reverse("kb:picture", args=[e.knowledge[1].uuid])),
    "administrator, raw": lambda e: e.alex.get(reverse("setup:incoming_raw", args=[e.article.incoming.pk])),
    "administrator, raw answer": lambda e: e.alex.get(reverse("setup:outgoing_raw", args=[e.answer.outgoing.pk])),
    "program, file": lambda e: e.bea_program.get(reverse("api:attachment", args=[e.file("bill.exe")])),
    "program of a customer": lambda e: e.dana_program.get(reverse("api:attachment", args=[e.file("bill.exe")])),
    "program, file of knowledge": lambda e: e.bea_program.get(reverse("api:kb_file", args=[e.knowledge[0].uuid])),
    "program, raw": lambda e: e.alex_program.get(reverse("api:incoming_raw", args=[e.article.incoming.pk])),
    "program, raw answer": lambda e: e.alex_program.get(reverse("api:outgoing_raw", args=[e.answer.outgoing.pk])),
}


def given_out(answer: HttpResponse) -> bool:
    return answer.status_code == 200 and (
        "X-Send-Blob" in answer or b"EICAR" in answer.content or b"See" in answer.content
    )


def test_T18_all_doors_are_open_to_clean_files_and_closed_to_viruses(everywhere, scanner, scan):
    """One world for all doors; each is asked in each state that a file can be in."""
    waiting = {name: door(everywhere) for name, door in DOORS.items()}
    assert {name: answer.status_code for name, answer in waiting.items()} == dict.fromkeys(DOORS, 409)
    assert {answer["Retry-After"] for answer in waiting.values()} == {"30"}
    scan()
    assert set(FileCheck.objects.values_list("state", flat=True)) == {Scan.INFECTED}
    infected = {name: door(everywhere) for name, door in DOORS.items()}
    assert {name: answer.status_code for name, answer in infected.items()} == dict.fromkeys(DOORS, 403)
    for answer in (*waiting.values(), *infected.values()):
        assert b"STANDARD-ANTIVIRUS" not in answer.content
        assert "X-Send-Blob" not in answer
    FileCheck.objects.update(state=Scan.CLEAN)
    clean = {name: door(everywhere) for name, door in DOORS.items()}
    assert {name: given_out(answer) for name, answer in clean.items()} == dict.fromkeys(DOORS, True)


def test_T18_marked_files_are_given_out_meanwhile_and_viruses_are_not(everywhere, settings, scan):
    settings.SCANNER_MEANWHILE = "mark"
    assert {name: given_out(door(everywhere)) for name, door in DOORS.items()} == dict.fromkeys(DOORS, True)
    scan()
    assert {name: door(everywhere).status_code for name, door in DOORS.items()} == dict.fromkeys(DOORS, 403)


@pytest.mark.parametrize(("meanwhile", "status"), [("hold", 403), ("mark", 200)])
def test_T18_what_is_too_large_to_be_checked(everywhere, scanner, scan, settings, meanwhile, status):
    scanner.most, settings.SCANNER_MEANWHILE = 10, meanwhile
    scan()
    assert set(FileCheck.objects.values_list("state", flat=True)) == {Scan.TOO_LARGE}
    assert {name: door(everywhere).status_code for name, door in DOORS.items()} == dict.fromkeys(DOORS, status)


def test_T18_what_was_downloaded_before_is_not_confirmed(everywhere, scan):
    url = reverse("attachment", args=[everywhere.file("bill.exe")])
    FileCheck.objects.update(state=Scan.CLEAN)
    known = everywhere.bea.get(url)["ETag"]
    assert everywhere.bea.get(url, headers={"If-None-Match": known}).status_code == 304
    FileCheck.objects.update(state=Scan.INFECTED)
    assert everywhere.bea.get(url, headers={"If-None-Match": known}).status_code == 403


def test_T18_rights_come_first(everywhere, world, signed_in, scan):
    scan()
    url = reverse("attachment", args=[everywhere.file("bill.exe")])
    assert signed_in(world.erik).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_T18_programs_hear_what_it_is(everywhere, scan):
    url = reverse("api:attachment", args=[everywhere.file("bill.exe")])
    number = everywhere.article.ticket.number
    waiting = everywhere.bea_program.get(url)
    assert (waiting["Content-Type"], waiting.json()) == (
        "application/problem+json",
        {
            "type": "about:blank",
            "title": "Conflict",
            "status": 409,
            "detail": "This file is being checked for viruses. Please try again in a moment.",
            "scan": "waiting",
        },
    )
    scan()
    assert everywhere.bea_program.get(url).json() == {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "detail": "The virus scanner found Eicar-Test-Signature in this file. It is not given out.",
        "scan": "infected",
    }
    shown = everywhere.bea_program.get(reverse("api:articles", args=[number])).json()["results"]
    assert [file["scan"] for one in shown for file in one["attachments"]] == ["infected"] * 3


def test_T18_articles_of_the_knowledge_base_have_the_mark(everywhere, scan):
    file = everywhere.knowledge[0]
    pages = [
        lambda: everywhere.bea.get(reverse("desk:knowledge_article", args=[file.article.number])),
        lambda: Client().get(reverse("kb:article", args=[file.article.number, "jam"])),
    ]
    for page in pages:
        assert "Being checked for viruses" in page().content.decode()
    scan()
    for page in pages:
        shown = page().content.decode()
        assert "Contains Eicar-Test-Signature; not given out" in shown
        assert str(file.uuid) not in shown
    shown = everywhere.bea_program.get(reverse("api:kb_article", args=[file.article.number])).json()
    assert [one["scan"] for one in shown["files"]] == ["infected"] * 2


def test_T18_clients_of_otrs_get_the_ticket_without_the_bytes(everywhere, world, scan):
    made = Script({})("POST", "session_create", {"UserLogin": world.bea.email, "Password": "demo"})
    bea = Script({"SessionID": made["SessionID"]})

    def contents() -> list[bytes]:
        asked = {"AllArticles": 1, "Attachments": 1}
        (ticket,) = bea("GET", "ticket", asked, TicketID=everywhere.article.ticket_id)["Ticket"]
        return [b64decode(file["Content"]) for one in ticket["Article"] for file in one.get("Attachment", ())]

    assert contents() == [b"", b"", b""]
    scan()
    assert contents() == [b"", b"", b""]
    FileCheck.objects.update(state=Scan.CLEAN)
    assert sorted(contents()) == sorted([VIRUS, PICTURE, VIRUS])


# Who reads a blob by its digest, or has one sent. Whoever is new here decides whether he is a door: then he asks
# `give_out`, and stands in DOORS above.
INSIDE = {
    "core/blobs.py": "the storage itself",
    "tickets/scanning.py": "asks the scanner",
    "tickets/models/file_check.py": "the rule",
    "web/common/files.py": "asks `give_out` for what came as a file",
    "web/common/sendfile.py": "sends what a view has decided about",
    "web/common/brands.py": "logos that administrators have set",
    "web/desk/views/drafts.py": "asks `give_out`",
    "web/desk/views/sources.py": "asks `give_out_message`",
    "web/desk/views/report_sending.py": "files of reports are made here",
    "web/setup/views/ledger.py": "asks `give_out_message`",
    "web/setup/views/outbox.py": "asks `give_out_message`",
    "web/setup/views/imports.py": "lines of an import, made here",
    "web/setup/views/quarantine.py": "messages of no ticket, for administrators alone",
    "web/setup/letter.py": "shows the words of a letter",
    "api/v1/mail/incoming.py": "asks `give_out_message`",
    "api/v1/mail/outgoing.py": "asks `give_out_message`",
    "api/v1/imports/views.py": "lines of an import, made here",
    "api/v1/reports/answers.py": "files of reports are made here",
    "mail/intake.py": "reads a message that came",
    "mail/release.py": "makes a ticket of a message, whose files are checked then",
    "mail/strays.py": "looks for lost messages",
    "mail/letters.py": "encloses files of reports",
    "mail/sending.py": "asks `give_out_message`",
    "imports/reading/kept_rows.py": "lines of an import",
    "imports/working.py": "lines of an import",
    "helpdesk/operation/checking.py": "compares digests",
}
# Copies that stay in the house.
OWN = {
    "tickets/models/file_check.py",
    "tickets/pictures.py",
    "tickets/actions/splitting.py",
    "web/common/forwarding.py",
    "web/desk/forms/writing.py",
    "api/v1/passing_on.py",
    "mail/outbox.py",
}


def test_T18_no_door_is_forgotten():
    apps = ("core", "accounts", "tickets", "knowledge", "mail", "sla", "automation", "processes", "reports", "imports")
    reading, copying = {"core/blobs.py"}, set()
    for app in (*apps, "web", "api", "helpdesk"):
        for path in (ROOT / app).rglob("*.py"):
            text, place = path.read_text(), str(path.relative_to(ROOT))
            if "own_content" in text:
                copying.add(place)
            if {"load", "open_blob"} & _taken_from(text, "core.blobs") or "send_blob(" in text:
                reading.add(place)
    assert reading == set(INSIDE)
    assert copying == OWN


def _taken_from(text: str, module: str) -> set[str]:
    if module not in text:
        return set()
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom) and node.module == module]
    return {alias.name for node in imports for alias in node.names}
