"""What becomes of files from the moment they come: asked about once, never lost, told where they are (T18)."""

import json
import re
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from automation.happenings import HAPPENINGS
from core.work import WorkRow
from mail.alarms import PATIENCE, troubles, watch
from mail.models import Incident, Letter
from tests.factories import TicketFactory
from tests.mail.mails import mail, raw
from tests.scanning.scanner import EICAR, NAME, nobody
from tickets import scanning
from tickets.actions.opening import Opening
from tickets.actions.replying import add_note
from tickets.actions.splitting import split
from tickets.events import broken_links
from tickets.messages import File, Message
from tickets.models import Attachment, FileCheck
from tickets.models.file_check import Scan
from tickets.sentences import cause_of, sentence_of
from web.common import live

pytestmark = pytest.mark.django_db
HARMLESS = b"Just words"


def letter(*contents: bytes, name: str = "bill.exe") -> bytes:
    message = mail("See the bill.")
    for content in contents:
        message.add_attachment(content, "application", "octet-stream", filename=name)
    return raw(message)


def states() -> list[str]:
    return list(FileCheck.objects.order_by("pk").values_list("state", flat=True))


def chip_of(page: str) -> str:
    """What the page says of the mark of its deadline."""
    found = re.search(r'id="chip"[^>]*value="([^"]*)"', page) or re.search(r'value="([^"]*)"[^>]*id="chip"', page)
    return unescape(found[1]) if found else ""


def later(monkeypatch: pytest.MonkeyPatch, span: timedelta) -> None:
    """Whatever asks for the time of work rows is told this much later."""
    now = timezone.now() + span
    monkeypatch.setattr(timezone, "now", lambda: now)


# ---- asked and told


def test_T18_a_virus_by_mail_is_on_its_ticket_and_not_given_out(receiver, world, scanner, drain, scan, signed_in):
    incoming = receiver.hand_in(letter(EICAR, HARMLESS))
    drain()
    incoming.refresh_from_db()
    assert incoming.state == "ticketed"
    ticket, bea = incoming.article.ticket, signed_in(world.bea)
    page = f"/desk/tickets/{ticket.number}/"
    assert b"Being checked for viruses" in bea.get(page).content
    scan()
    bad, good = ticket.articles.get(pk=incoming.article.pk).attachments.order_by("pk")
    assert (bad.verdict.scan, bad.verdict.found, good.verdict.scan) == (Scan.INFECTED, NAME, Scan.CLEAN)
    shown = bea.get(page).content.decode()
    assert f"Contains {NAME}; not given out" in shown
    assert reverse("attachment", args=[bad.uuid]) not in shown
    assert reverse("attachment", args=[good.uuid]) in shown
    assert bea.get(reverse("attachment", args=[bad.uuid])).status_code == 403
    assert bea.get(reverse("attachment", args=[good.uuid]))["X-Send-Blob"] == good.digest
    told = ticket.events.get(kind="article.infected")
    assert told.article == incoming.article
    assert sentence_of(told) == f"The virus scanner found {NAME} in the file “bill.exe”, which is not given out"
    assert cause_of(told) == "by the virus scanner"
    assert HAPPENINGS["infected"].kinds == {"article.infected"}
    assert broken_links(ticket) == []


def test_T18_customers_see_the_mark(take_in, world, scanner, scan, signed_in):
    ticket, dana = take_in(letter(EICAR)).article.ticket, signed_in(world.dana)
    page = f"/portal/requests/{ticket.number}/"
    shown = dana.get(page).content.decode()
    assert "Being checked for viruses" in shown
    again = unescape(re.search(r'id="thread"[^>]*hx-get="([^"]*)"', shown)[1])
    assert dana.get(again, headers={"HX-Request": "true"}).status_code == 204
    scan()
    news = dana.get(again, headers={"HX-Request": "true"}).content.decode()
    assert f"Contains {NAME}; not given out" in news


def test_T18_the_list_of_files_and_the_printed_page_have_the_mark(take_in, world, scanner, scan, signed_in):
    ticket, bea = take_in(letter(EICAR)).article.ticket, signed_in(world.bea)
    scan()
    listed = bea.get(reverse("desk:files", args=[ticket.number])).content.decode()
    assert f"Contains {NAME}; not given out" in listed
    assert reverse("attachment", args=[ticket.articles.first().attachments.get().uuid]) not in listed
    assert f"contains {NAME}" in bea.get(reverse("desk:paper", args=[ticket.number])).content.decode()


def test_T18_a_hostile_name_of_a_virus_is_text(take_in, world, scanner, scan, signed_in):
    scanner.found = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    ticket, bea = take_in(letter(EICAR)).article.ticket, signed_in(world.bea)
    scan()
    file = ticket.articles.first().attachments.get()
    pages = [
        bea.get(f"/desk/tickets/{ticket.number}/"),
        bea.get(reverse("desk:files", args=[ticket.number])),
        bea.get(reverse("attachment", args=[file.uuid])),
        signed_in(world.dana).get(f"/portal/requests/{ticket.number}/"),
    ]
    for page in pages:
        assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in page.content
        assert b"<script>alert(1)" not in page.content
        assert b"<img src=x" not in page.content


def test_T18_the_same_bytes_are_asked_about_once_and_told_of_on_each_ticket(take_in, scanner, scan, monkeypatch):
    first, second = take_in(letter(EICAR)).article, take_in(letter(EICAR, EICAR)).article
    scan()
    third = take_in(letter(EICAR)).article
    later(monkeypatch, scanning.QUIET)
    scan()
    assert scanner.asked == [EICAR]
    for article in (first, second, third):
        assert article.ticket.events.filter(kind="article.infected").count() == 1


def test_T18_what_is_known_to_be_clean_is_there_at_once(take_in, scanner, scan):
    take_in(letter(HARMLESS))
    scan()
    again = take_in(letter(HARMLESS)).article.attachments.get()
    assert again.give_out() == again.digest
    assert scanner.asked == [HARMLESS]


def test_T18_a_copy_on_another_ticket_is_told_of_there(take_in, world, scanner, scan):
    article = take_in(letter(EICAR)).article
    scan()
    opening = Opening(title="Apart", queue=world.support, customer=world.dana, channel="email")
    FileCheck.objects.update(due_at=None)  # nobody looks for others any more
    copy = split(article, opening, by=world.bea)
    scan()
    assert copy.attachments.get().verdict.scan == Scan.INFECTED
    assert copy.ticket.events.filter(kind="article.infected").count() == 1


def test_T18_a_page_that_is_open_learns_of_it(take_in, world, scanner, scan, signed_in, monkeypatch):
    heard: list[object] = []
    monkeypatch.setattr(live, "_tell_of_file", heard.append)
    monkeypatch.setattr(live, "after_commit", lambda act: act())
    ticket, bea = take_in(letter(EICAR, HARMLESS)).article.ticket, signed_in(world.bea)
    files = list(Attachment.objects.order_by("pk"))
    page = bea.get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert [f'name="waiting" value="{file.uuid}"' in page for file in files] == [True, True]
    ticket.refresh_from_db()
    asked = {"shown": ticket.version, "waiting": [str(file.uuid) for file in files] + ["x", "7"], "chip": chip_of(page)}
    news = reverse("desk:news", args=[ticket.number])
    assert bea.get(news, asked, headers={"HX-Request": "true"}).status_code == 204
    scan()
    assert heard == [[(ticket.pk, ticket.number)]] * 2
    parts = bea.get(news, asked, headers={"HX-Request": "true"}).content.decode()
    assert f'hx-target="#file-{files[0].uuid}"' in parts
    assert f"Contains {NAME}; not given out" in parts
    assert reverse("attachment", args=[files[1].uuid]) in parts


def test_T18_files_of_other_tickets_are_not_told_of(take_in, world, scanner, scan, signed_in):
    ticket, other = take_in(letter(EICAR)).article.ticket, take_in(letter(HARMLESS)).article
    scan()
    asked = {"shown": 0, "waiting": [str(other.attachments.get().uuid)]}
    answer = signed_in(world.bea).get(reverse("desk:news", args=[ticket.number]), asked, headers={"HX-Request": "true"})
    assert str(other.attachments.get().uuid) not in answer.content.decode()


# ---- the scanner is away, slow or confused


@pytest.mark.parametrize(("meanwhile", "is_given_out"), [("hold", False), ("mark", True)])
def test_T18_while_the_scanner_is_away_mail_becomes_tickets(
    take_in, world, settings, scanner, scan, signed_in, meanwhile, is_given_out, monkeypatch
):
    place, settings.SCANNER, settings.SCANNER_MEANWHILE = settings.SCANNER, nobody(), meanwhile
    incoming = take_in(letter(EICAR, HARMLESS))
    scan()
    assert (incoming.state, states()) == ("ticketed", [Scan.WAITING, Scan.WAITING])
    assert [row.attempts for row in FileCheck.objects.all()] == [0, 0]
    assert not FileCheck.objects.due().exists()
    file, bea = incoming.article.attachments.get(digest=FileCheck.objects.first().digest), signed_in(world.bea)
    answer = bea.get(reverse("attachment", args=[file.uuid]))
    assert answer.status_code == (200 if is_given_out else 409)
    page = bea.get(f"/desk/tickets/{incoming.article.ticket.number}/").content.decode()
    assert ("not checked for viruses yet" if is_given_out else "Being checked for viruses") in page
    settings.SCANNER = place
    later(monkeypatch, scanning.PAUSE)
    scan()
    assert sorted(states()) == sorted([Scan.INFECTED, Scan.CLEAN])
    assert sorted(scanner.asked) == sorted([EICAR, HARMLESS])


def test_T18_a_silent_scanner_is_asked_about_one_file_and_then_left_alone(take_in, scanner, scan, monkeypatch):
    monkeypatch.setattr(scanning.clamd.found_in, "__kwdefaults__", {"seconds": 0.2})
    scanner.mood = "silent"
    take_in(letter(b"one", b"two", b"three"))
    scan()
    assert len(scanner.asked) == 1
    assert sorted(FileCheck.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert not FileCheck.objects.due().exists()
    scanner.mood = ""
    later(monkeypatch, scanning.PAUSE + timedelta(seconds=1))
    scan()
    assert states() == [Scan.CLEAN] * 3


def test_T18_what_comes_while_the_scanner_is_away_does_not_look_for_it_again(take_in, scanner, scan, monkeypatch):
    tried = []

    def away(*_args: object) -> str:
        tried.append(1)
        raise scanning.clamd.Away("nobody")

    with monkeypatch.context() as patch:
        patch.setattr(scanning.clamd, "found_in", away)
        take_in(letter(b"one"))
        scan()
        take_in(letter(b"two"))
        scan()
    first, second = FileCheck.objects.order_by("pk")
    assert (len(tried), first.due_at, second.attempts) == (1, second.due_at, 0)
    later(monkeypatch, scanning.PAUSE)
    scan()
    assert states() == [Scan.CLEAN] * 2


@pytest.mark.parametrize("answer", [b"", b"Can't allocate memory ERROR", b"\xff\xfe", b"stream: OK or not"])
def test_T18_a_confused_scanner_is_asked_again_and_again(take_in, scanner, scan, answer):
    scanner.answer = answer
    take_in(letter(EICAR))
    for _try in range(12):
        FileCheck.objects.update(due_at=timezone.now())
        scan()
    row = FileCheck.objects.get()
    assert (row.state, row.parked_at, row.leased_until) == (Scan.WAITING, None, None)
    assert timezone.now() < row.due_at <= timezone.now() + FileCheck.backoff[-1]
    scanner.answer = None
    FileCheck.objects.update(due_at=timezone.now())
    scan()
    assert states() == [Scan.INFECTED]


def test_T18_what_kills_whoever_asks_is_given_up_and_stays_here(take_in, scanner, scan):
    take_in(letter(EICAR))
    FileCheck.objects.update(attempts=len(FileCheck.backoff) + 1)
    scan()
    row = FileCheck.objects.get()
    assert (row.state, row.parked_at is None, scanner.asked) == (Scan.WAITING, False, [])
    assert Attachment.objects.get().verdict.is_withheld


@pytest.mark.parametrize("point", ["settle", "tell", "_tell"])
def test_T18_a_worker_that_dies_is_followed_by_another(take_in, scanner, scan, monkeypatch, point):
    article = take_in(letter(EICAR)).article

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(scanning, point, die)
        with pytest.raises(KeyboardInterrupt):
            scan()
    assert Attachment.objects.get().verdict.is_withheld
    scan()
    assert not article.ticket.events.filter(kind="article.infected").exists()  # its lease still runs
    FileCheck.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    scan()
    assert states() == [Scan.INFECTED]
    later(monkeypatch, scanning.QUIET)
    scan()
    assert FileCheck.objects.get().due_at is None
    assert article.ticket.events.filter(kind="article.infected").count() == 1


def test_T18_two_answers_at_once_tell_once(take_in, scanner, scan):
    article = take_in(letter(EICAR)).article
    row = FileCheck.objects.get()
    scan()
    scanning.check(row)  # another worker that had it in hand all the while
    assert article.ticket.events.filter(kind="article.infected").count() == 1


def test_T18_one_worker_asks_at_a_time(take_in, scanner, scan):
    take_in(letter(EICAR))
    with connection.copy().cursor() as other:  # another session
        other.execute("SELECT pg_advisory_lock(%s, 0)", [scanning.ASKING])
        scan()
        assert scanner.asked == []
        other.execute("SELECT pg_advisory_unlock(%s, 0)", [scanning.ASKING])
        scan()
        other.connection.close()
    assert scanner.asked == [EICAR]


def test_T18_bytes_that_are_gone_need_no_answer(take_in, scanner, scan, monkeypatch):
    take_in(letter(EICAR))

    def gone(_digest: str) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(scanning, "open_blob", gone)
    scan()
    assert states() == []


def test_T18_what_is_not_kept_is_not_asked_about(world, scanner):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    with transaction.atomic():
        add_note(ticket, Message(text="x", files=[File("x", "text/plain", EICAR)]), by=world.bea)
        transaction.set_rollback(True)
    assert states() == []


# ---- what it costs


def test_T18_without_a_scanner_nothing_is_asked(take_in, world, signed_in, queries, program_page):
    with queries() as counted:
        ticket = take_in(letter(EICAR)).article.ticket
        pages = program_page(ticket)
    assert all(page.status_code == 200 for page in pages)
    assert [query["sql"] for query in counted if "filecheck" in query["sql"]] == []


def test_T18_with_one_there_is_one_question_for_each_page(take_in, world, scanner, scan, queries, program_page):
    ticket = take_in(letter(EICAR, HARMLESS)).article.ticket
    for number in range(4):
        files = [File(f"{number}-{n}", "text/plain", f"{number}-{n}".encode()) for n in range(3)]
        add_note(ticket, Message(text="See", files=files), by=world.bea)
    scan()
    program_page(ticket)
    with queries() as counted:
        pages = program_page(ticket)
    assert [page.status_code for page in pages] == [200] * len(pages)
    assert len([query for query in counted if "filecheck" in query["sql"]]) == len(pages)


def test_T18_keeping_files_costs_two_statements_and_known_ones_one(take_in, scanner, scan, queries):
    def asked(raw: bytes) -> int:
        with queries() as counted:
            take_in(raw)
        return len([query for query in counted if "filecheck" in query["sql"]])

    assert asked(letter(*(f"{n}".encode() for n in range(5)))) == 2
    scan()
    assert asked(letter(*(f"{n}".encode() for n in range(5)))) == 1


@pytest.fixture
def program_page(world, signed_in):
    """The pages on which a ticket's files stand, as an agent and as its customer."""

    def ask(ticket):
        bea, dana = signed_in(world.bea), signed_in(world.dana)
        return [
            bea.get(f"/desk/tickets/{ticket.number}/"),
            bea.get(reverse("desk:files", args=[ticket.number])),
            dana.get(f"/portal/requests/{ticket.number}/"),
        ]

    return ask


# ---- administrators


def test_T18_administrators_are_told_when_files_wait_too_long(take_in, world, settings, scan, signed_in, monkeypatch):
    settings.SCANNER = nobody()
    take_in(letter(EICAR, HARMLESS))
    scan()
    assert troubles() == []
    FileCheck.objects.update(added_at=timezone.now() - PATIENCE - timedelta(minutes=1))
    (trouble,) = troubles()
    assert (trouble.kind, trouble.number) == (Incident.Kind.SCANNER, 2)
    watch()
    assert Letter.objects.get().incident.kind == Incident.Kind.SCANNER
    alex = signed_in(world.alex)
    for page in ("/admin/", "/admin/health/"):
        assert b"2 files wait for the virus scanner" in alex.get(page).content
    assert str(settings.SCANNER).encode() in alex.get("/admin/health/").content


def test_T18_the_health_page_says_how_old_the_signatures_are(world, scanner, signed_in):
    assert b"ClamAV 1.4.3/27500/" in signed_in(world.alex).get("/admin/health/").content


# ---- files from before


def checked(**options: bool) -> dict[str, int]:
    out = StringIO()
    call_command("check_files", stdout=out, **options)
    return json.loads(out.getvalue())


def test_T18_files_from_before_are_given_out_until_they_are_checked(take_in, world, settings, scanner, scan):
    place, settings.SCANNER = settings.SCANNER, None
    article = take_in(letter(EICAR, HARMLESS)).article
    with pytest.raises(CommandError):
        checked()
    settings.SCANNER = nobody()
    with pytest.raises(CommandError):
        checked()
    assert [file.verdict.scan for file in Attachment.objects.all()] == [Scan.UNCHECKED] * 2
    settings.SCANNER = place
    assert checked() == {"clean": 1, "infected": 1}
    scan()
    assert article.ticket.events.filter(kind="article.infected").count() == 1
    assert checked() == {}
    assert len(scanner.asked) == 2


def test_T18_the_scanner_may_learn(take_in, world, scanner, scan, monkeypatch):
    scanner.answer = b"stream: OK"
    article = take_in(letter(EICAR)).article
    scan()
    assert states() == [Scan.CLEAN]
    scanner.answer = None
    assert checked() == {}
    assert checked(again=True) == {"infected": 1}
    scan()
    assert article.ticket.events.filter(kind="article.infected").count() == 1
    scanner.answer = b"stream: OK"
    assert checked(again=True) == {"clean": 1}
    assert article.attachments.get().give_out()


def test_T18_work_rows_are_swept_and_counted(db):
    assert issubclass(FileCheck, WorkRow)
    assert FileCheck.task == "tickets.tasks.check_file"
