"""What leaves by mail: not with a virus, and not before its files have been looked at (T18)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.tokens import issue_token
from mail.models import Outgoing
from mail.sending import FOR_THE_SCANNER
from tests.factories import TicketFactory
from tests.mail.mails import PNG
from tests.scanning.scanner import EICAR, NAME
from tickets import scanning
from tickets.actions.replying import add_note, forward, receive, reply
from tickets.messages import File, Message
from tickets.models import Article, FileCheck, Ticket
from tickets.models.file_check import Scan

pytestmark = pytest.mark.django_db
NAMES = {"name": "offer.exe", "content_type": "application/octet-stream"}


@pytest.fixture
def ticket(world) -> Ticket:
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    Outgoing.objects.all().delete()  # the receipt
    return ticket


def answered(ticket: Ticket, world, content: bytes, **more) -> Article:
    return reply(ticket, Message(text="Here it is", files=[File(content=content, **NAMES)], **more), by=world.bea)


def sent_of(article: Article) -> Outgoing:
    return Outgoing.objects.get(article=article)


def test_T18_a_message_waits_for_its_files_and_leaves_as_soon_as_they_are_clean(
    ticket, world, scanner, scan, sink, drain, signed_in
):
    article = answered(ticket, world, b"Harmless")
    drain()
    waiting = sent_of(article)
    assert (sink.sent, waiting.state, waiting.attempts) == ([], Outgoing.State.QUEUED, 0)
    assert timezone.now() < waiting.due_at <= timezone.now() + FOR_THE_SCANNER
    page = f"/desk/tickets/{ticket.number}/"
    assert b"Not sent yet, its files are being checked for viruses" in signed_in(world.bea).get(page).content
    scan()
    assert b"Waiting to be sent" in signed_in(world.bea).get(page).content
    drain()
    assert sent_of(article).state == Outgoing.State.SENT
    assert [part.get_filename() for part in sink.sent[0].message.iter_attachments()] == ["offer.exe"]


def test_T18_a_message_with_a_virus_stays_and_says_why(ticket, world, scanner, scan, sink, drain, signed_in):
    article = answered(ticket, world, EICAR)
    drain()
    scan()
    drain()
    kept = sent_of(article)
    assert (sink.sent, kept.state, kept.due_at) == ([], Outgoing.State.FAILED, None)
    page = signed_in(world.bea).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "A file of this message contains a virus, so the message was not sent." in page
    assert f"Contains a virus ({NAME}): offer.exe" in page
    assert ticket.events.filter(kind="mail.failed", article=article).count() == 1


def test_T18_sending_it_again_changes_nothing_until_it_is_cleared(ticket, world, scanner, scan, sink, drain, signed_in):
    article = answered(ticket, world, EICAR)
    scan()
    drain()
    bea = signed_in(world.bea)
    bea.post(reverse("desk:send_again", args=[article.pk]))
    drain()
    assert (sink.sent, sent_of(article).state) == ([], Outgoing.State.FAILED)
    FileCheck.objects.update(state=Scan.CLEAN)
    bea.post(reverse("desk:send_again", args=[article.pk]))
    drain()
    assert (len(sink.sent), sent_of(article).state) == (1, Outgoing.State.SENT)


@pytest.mark.parametrize(("meanwhile", "state"), [("hold", "failed"), ("mark", "sent")])
def test_T18_a_file_that_is_too_large_for_the_scanner(
    ticket, world, scanner, scan, sink, drain, settings, meanwhile, state
):
    scanner.most, settings.SCANNER_MEANWHILE = 3, meanwhile
    article = answered(ticket, world, b"Harmless")
    scan()
    drain()
    assert sent_of(article).state == state


def test_T18_only_marked_files_leave_meanwhile(ticket, world, scanner, sink, drain, settings):
    settings.SCANNER_MEANWHILE = "mark"
    article = answered(ticket, world, b"Harmless")
    drain()
    assert (len(sink.sent), sent_of(article).state) == (1, Outgoing.State.SENT)


def test_T18_what_may_be_taken_back_is_not_hurried(ticket, world, scanner, scan, sink, drain):
    send_at = timezone.now() + timedelta(minutes=5)
    article = answered(ticket, world, b"Harmless", send_at=send_at)
    scan()
    drain()
    assert (sink.sent, sent_of(article).due_at) == ([], send_at)


def test_T18_without_files_nothing_is_asked(ticket, world, scanner, sink, drain, queries):
    article = reply(ticket, Message(text="Just words"), by=world.bea)
    with queries() as counted:
        drain()
    assert sent_of(article).state == Outgoing.State.SENT
    assert [query for query in counted if "filecheck" in query["sql"]] == []


# ---- passing on


@pytest.fixture
def received(ticket, world, scanner, scan) -> Article:
    """A message with a virus, a harmless file, and a picture with a virus in its words."""
    files = [
        File("bill.exe", "application/octet-stream", EICAR),
        File("words.txt", "text/plain", b"Harmless"),
        File("seal.png", "image/png", PNG + EICAR, is_inline=True, content_id="seal@acme"),
    ]
    message = Message(text="See", html='<p>See <img src="cid:seal@acme" alt="Seal"></p>', files=files)
    article = receive(ticket, message, channel="email", by=world.dana)
    scan()
    return article


def test_T18_a_virus_is_not_offered_to_be_passed_on(received, world, signed_in):
    form = signed_in(world.bea).get(f"/desk/tickets/{received.ticket.number}/forward/?of={received.pk}")
    shown = form.content.decode().partition("composer__kept")[2].partition("</fieldset>")[0]
    assert "words.txt" in shown
    assert "bill.exe" not in shown


def test_T18_a_virus_that_was_chosen_before_is_refused(received, world, signed_in):
    data = {"to": "erik@globex.example", "subject": "Fwd", "text": "See", "of": received.pk, "quoted": "on"}
    data |= {"kept": received.attachments.get(name="bill.exe").pk}
    answer = signed_in(world.bea).post(f"/desk/tickets/{received.ticket.number}/forward/", data)
    assert answer.status_code == 422
    assert b"A file that is not given out cannot go along." in answer.content
    assert not Outgoing.objects.exists()


def test_T18_what_is_passed_on_comes_without_it(received, world, signed_in, sink, drain, scan):
    data = {"to": "erik@globex.example", "subject": "Fwd", "text": "See", "of": received.pk, "quoted": "on"}
    data |= {"kept": received.attachments.get(name="words.txt").pk}
    answer = signed_in(world.bea).post(f"/desk/tickets/{received.ticket.number}/forward/", data)
    assert answer.status_code == 302, answer.content
    Outgoing.objects.update(due_at=timezone.now())  # the time to take it back is over
    Article.objects.update(send_at=None)
    drain()
    assert [EICAR in sent.raw for sent in sink.sent] == [False]
    assert [part.get_filename() for part in sink.sent[0].message.iter_attachments()] == ["words.txt"]


def test_T18_its_page_has_no_picture_with_a_virus_in_it(received, world, signed_in):
    page = signed_in(world.bea).get(f"/desk/tickets/{received.ticket.number}/").content.decode()
    assert reverse("inline_image", args=[received.attachments.get(name="seal.png").uuid]) not in page
    assert page.count(f"Contains {NAME}; not given out") == 2
    FileCheck.objects.update(state=Scan.CLEAN)
    page = signed_in(world.bea).get(f"/desk/tickets/{received.ticket.number}/").content.decode()
    assert reverse("inline_image", args=[received.attachments.get(name="seal.png").uuid]) in page


def test_T18_whoever_forwards_all_by_force_sends_nothing(received, world, sink, drain):
    files = [File(one.name, one.content_type, one.own_content()) for one in received.attachments.all()]
    to = [{"name": "", "address": "erik@globex.example"}]
    article = forward(received.ticket, Message(text="All", subject="Fwd", to=to, files=files), by=world.bea)
    drain()
    assert (sink.sent, sent_of(article).state) == ([], Outgoing.State.FAILED)


def test_T18_programs_pass_on_what_is_given_out(received, world, sink, drain):
    _token, secret = issue_token(world.bea, name="robot")
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    url = reverse("api:article_forward", args=[received.ticket.number, received.pk])
    data: dict[str, object] = {"to": ["erik@globex.example"], "body": "See"}
    chosen = data | {"files": [str(received.attachments.get(name="bill.exe").uuid)]}
    refused = program.post(url, chosen, content_type="application/json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["files"])
    assert program.post(url, data, content_type="application/json").status_code == 201
    drain()
    assert [EICAR in sent.raw for sent in sink.sent] == [False]
    assert [part.get_filename() for part in sink.sent[0].message.iter_attachments()] == ["words.txt"]


# ---- at the same time


@pytest.mark.django_db(transaction=True)
def test_T18_a_file_that_is_on_its_way_while_others_are_told_is_told_of_later(world, scanner, scan, monkeypatch):
    file = File("bill.exe", "application/octet-stream", EICAR)
    first, second = (TicketFactory(queue=world.support, customer=world.dana) for _n in range(2))
    add_note(first, Message(text="See", files=[file]), by=world.bea)

    def work() -> None:
        try:
            scan()
        finally:
            connection.close()

    with transaction.atomic():
        add_note(second, Message(text="See", files=[file]), by=world.bea)
        worker = threading.Thread(target=work)
        worker.start()
        worker.join(10)
        assert FileCheck.objects.get().state == Scan.INFECTED
    told = [ticket.events.filter(kind="article.infected") for ticket in (first, second)]
    assert [events.count() for events in told] == [1, 0]
    now = timezone.now() + scanning.QUIET
    monkeypatch.setattr(timezone, "now", lambda: now)
    scan()
    assert [events.count() for events in told] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_T18_two_messages_with_the_same_virus_do_not_hinder_each_other(world, scanner, scan, monkeypatch):
    """Both say that there is something to be told of, whoever commits first."""
    file = File("bill.exe", "application/octet-stream", EICAR)
    tickets = [TicketFactory(queue=world.support, customer=world.dana) for _n in range(4)]
    add_note(tickets[0], Message(text="See", files=[file]), by=world.bea)
    scan()
    FileCheck.objects.update(due_at=None)
    ready = threading.Barrier(3)

    def keep(ticket: Ticket) -> None:
        try:
            ready.wait(10)
            add_note(ticket, Message(text="See", files=[file]), by=world.bea)
        finally:
            connection.close()

    threads = [threading.Thread(target=keep, args=[ticket]) for ticket in tickets[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    scan()
    assert [ticket.events.filter(kind="article.infected").count() for ticket in tickets] == [1] * 4
