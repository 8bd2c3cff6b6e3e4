"""Which messages join a ticket, and which must not."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from core.blobs import load
from mail.models import AutoReply, Outgoing
from tests.factories import TicketFactory
from tests.mail.mails import lines, raw_mail
from tests.mail.stories import DANA, EVE, answered, close, our_message_id
from tickets.actions import participants
from tickets.actions.progress import set_state
from tickets.actions.queues import save_queue
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import State, Ticket
from tickets.models.queue import FollowUp


def test_a_participant_with_a_reference_and_another_subject_joins_and_reopens(take_in, world):
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    back = take_in(raw_mail("Still broken.", subject="Something else", references=f"<x@y> {our_message_id(ticket)}"))
    ticket.refresh_from_db()
    assert (back.outcome, back.article.ticket) == ("follow_up", ticket)
    assert back.article.marks == []
    assert (ticket.state.name, ticket.closed_at, ticket.title) == ("open", None, "Printer does not print")
    assert back.trace == [{"step": "token", "found": ticket.number, "result": "sender takes part"}]


def test_a_reply_to_the_receipt_joins_too(take_in, world):
    ticket = take_in(raw_mail()).article.ticket
    receipt = Outgoing.objects.get()
    assert take_in(raw_mail("One more thing", in_reply_to=receipt.message_id)).article.ticket == ticket


def test_a_reference_to_ones_own_first_mail_joins_and_is_marked(take_in):
    ticket = take_in(raw_mail(message_id="<mine@acme.example>")).article.ticket
    back = take_in(raw_mail("I forgot something", in_reply_to="<mine@acme.example>"))
    assert (back.article.ticket, back.article.marks) == (ticket, [{"code": "unverified"}])


def test_a_participant_with_the_subject_tag_alone_joins_and_is_marked_as_unverified(take_in):
    ticket = take_in(raw_mail()).article.ticket
    back = take_in(raw_mail("And the scanner?", subject=f"AW: [#{ticket.number}] whatever"))
    assert (back.outcome, back.article.ticket) == ("follow_up", ticket)
    assert back.article.marks == [{"code": "unverified"}]


def test_somebody_an_agent_wrote_to_takes_part_from_then_on(take_in, world):
    ticket = take_in(raw_mail()).article.ticket
    mention = raw_mail("me too", sender=EVE, subject=f"[#{ticket.number}]")
    assert take_in(mention).outcome == "new"
    to = [{"name": "", "address": DANA}, {"name": "Eve", "address": "Eve@stranger.example"}]
    reply(ticket, Message(text="Both of you:", to=to), by=world.bea)
    joined = take_in(raw_mail("thanks", sender=EVE, in_reply_to=our_message_id(ticket)))
    assert (joined.outcome, joined.article.ticket) == ("follow_up", ticket)
    assert joined.article.author.email == "eve@stranger.example"


def test_t21_whoever_stands_in_cc_takes_part_and_sees_the_request_only_once_a_person_says_so(take_in, world):
    ticket = take_in(raw_mail(cc=EVE)).article.ticket
    assert not ticket.participants.exists()
    assert take_in(raw_mail("me too", sender=EVE, subject=f"[#{ticket.number}]")).outcome == "new"
    participants.add_address(ticket, "eve@stranger.example", by=world.dana)
    eve = ticket.participants.get().user
    told = Outgoing.objects.get(article__marks__contains=[{"code": "told of copy", "person": eve.pk}])
    joined = take_in(raw_mail("here I am", sender=EVE, in_reply_to=told.message_id))
    assert (joined.outcome, joined.article.ticket, joined.article.author) == ("follow_up", ticket, eve)
    assert Ticket.objects.of_customer(eve).filter(pk=ticket.pk).exists()


def test_t80_a_secret_link_that_is_quoted_opens_nothing_for_its_readers(take_in, world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    receipt = Outgoing.objects.get(article__ticket=ticket)
    sent = message_from_bytes(load(receipt.digest), policy=policy.default).get_body(("plain",)).get_content()
    quoted = "".join(f"> {line}\n" for line in sent.splitlines())
    back = take_in(raw_mail(f"Thanks!\n\n{quoted}", in_reply_to=receipt.message_id))
    assert back.article.ticket == ticket
    assert "/portal/link/" in sent
    assert "/portal/link/…/" in back.article.body


def test_t19_a_stranger_with_somebody_elses_number_gets_a_new_ticket_with_a_hint(take_in, world):
    ticket = answered(take_in, world)
    events = ticket.events.count()
    stranger = take_in(raw_mail("Tell me more", sender=EVE, subject=f"Re: [#{ticket.number}] Printer"))
    assert stranger.outcome == "new"
    assert stranger.article.ticket != ticket
    assert stranger.article.marks == [{"code": "names_ticket", "number": ticket.number}]
    assert ticket.events.count() == events
    assert stranger.trace[-1] == {"step": "tag", "found": ticket.number, "result": "sender does not take part"}


def test_a_stranger_with_a_real_reference_is_a_stranger_still(take_in, world):
    ticket = answered(take_in, world)
    forwarded = take_in(raw_mail("I got this", sender=EVE, in_reply_to=our_message_id(ticket)))
    assert forwarded.article.ticket != ticket
    assert forwarded.article.marks == [{"code": "names_ticket", "number": ticket.number}]


def test_t23_references_in_our_format_without_our_proof_are_foreign(take_in, world):
    ticket = answered(take_in, world)
    real = our_message_id(ticket)
    number, article, proof = real.strip("<>").partition("@")[0].split(".")
    other = take_in(raw_mail("other")).article
    forged = [
        f"<{number}.{article}.{'a' * len(proof)}@demo.example>",
        f"<{number}.{article}@demo.example>",
        f"<{other.ticket.number}.{article}.{proof}@demo.example>",
        f"<{number}.{other.uuid.hex}.{proof}@demo.example>",
        f"<{number}.{article}.{proof[:-1]}{'a' if proof[-1] != 'a' else 'b'}@demo.example>",
    ]
    for number, reference in enumerate(forged):
        back = take_in(raw_mail(f"forged {number}", in_reply_to=reference, references=reference))
        assert (back.outcome, back.article.marks, back.trace) == ("new", [], [])


def test_t26_a_from_that_can_be_read_in_two_ways_takes_part_in_nothing(take_in, world):
    ticket = answered(take_in, world)
    reference = our_message_id(ticket)
    ways = [
        [f"From: {DANA}", "From: eve@stranger.example"],
        [f"From: {DANA}, eve@stranger.example"],
        [f"From: =?utf-8?q?dana=40acme.example?= <{DANA}> <eve@stranger.example>"],
    ]
    for number, way in enumerate(ways):
        back = take_in(lines(*way, f"In-Reply-To: {reference}", f"Subject: {number}"))
        assert back.state == "quarantined" or back.article.ticket != ticket


ABSENT = [
    {"auto_submitted": "auto-replied (vacation)"},
    {"auto_submitted": "auto-generated"},
    {"precedence": "bulk"},
    {"precedence": "auto_reply"},
    {"x_autoreply": "yes"},
    {"return_path": "<>"},
    {"subject": "Automatic reply: Printer"},
]


@pytest.mark.parametrize("marks", ABSENT, ids=lambda marks: next(iter(marks.values())))
@pytest.mark.parametrize("policy", FollowUp.values)
def test_an_absence_notice_is_added_and_reopens_nothing(take_in, world, marks, policy):
    world.support.follow_up = policy
    save_queue(world.support, by=world.alex)
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    ticket.refresh_from_db()
    closed_at = ticket.closed_at
    back = take_in(raw_mail("I am on the beach.", in_reply_to=our_message_id(ticket), **marks))
    ticket.refresh_from_db()
    assert (back.outcome, back.article.ticket, back.article.marks) == ("follow_up", ticket, [{"code": "automatic"}])
    assert (ticket.state.name, ticket.closed_at) == ("closed successful", closed_at)
    assert list(back.article.events.values_list("kind", flat=True)) == ["article.added"]
    assert Outgoing.objects.filter(article__sender="system").count() == 1  # the receipt of the first mail


def test_an_absence_notice_leaves_a_waiting_ticket_waiting(take_in, world):
    ticket = answered(take_in, world)
    tomorrow = timezone.now() + timedelta(days=1)
    set_state(ticket, State.objects.get(name="pending reminder"), until=tomorrow, by=world.bea)
    take_in(raw_mail("On the beach.", in_reply_to=our_message_id(ticket), auto_submitted="auto-replied"))
    ticket.refresh_from_db()
    assert (ticket.state.name, ticket.pending_until) == ("pending reminder", tomorrow)


def test_mail_with_a_null_sender_that_answers_ours_reopens_nothing(take_in, world):
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    back = take_in(raw_mail("Gone fishing.", in_reply_to=our_message_id(ticket)), sender="")
    ticket.refresh_from_db()
    assert (back.article.ticket, ticket.state.name) == (ticket, "closed successful")


@pytest.mark.parametrize("marks", [{"list_id": "<team.acme.example>"}, {"x_auto_response_suppress": "All"}])
def test_a_persons_words_reopen_whatever_server_passed_them_on(take_in, world, marks):
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    back = take_in(raw_mail("Still broken.", in_reply_to=our_message_id(ticket), **marks))
    ticket.refresh_from_db()
    assert (back.article.ticket, back.article.marks, ticket.state.name) == (ticket, [], "open")


def test_a_sender_who_was_deactivated_is_quarantined(take_in, world):
    ticket = answered(take_in, world)
    world.dana.is_active = False
    world.dana.save()
    for headers in ({}, {"in_reply_to": our_message_id(ticket)}):
        incoming = take_in(raw_mail(f"I am back {headers}", **headers))
        assert (incoming.state, incoming.reason_code) == ("quarantined", "deactivated")
        assert incoming.article is None
    assert ticket.articles.filter(sender="customer").count() == 1


def test_a_closed_ticket_of_a_queue_that_refuses_keeps_the_message_stays_closed_and_says_so(
    take_in, world, drain, sink
):
    world.support.follow_up = "reject"
    save_queue(world.support, by=world.alex)
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    AutoReply.objects.update(at=timezone.now() - timedelta(hours=2))  # the receipt
    back = take_in(raw_mail("Still broken.", in_reply_to=our_message_id(ticket)))
    drain()
    ticket.refresh_from_db()
    assert (back.outcome, back.article.ticket, ticket.state.name) == ("rejected", ticket, "closed successful")
    notice = sink.sent[-1]
    assert notice.message["Subject"] == f"[#{ticket.number}] Your request is closed"
    assert (notice.sender, notice.message["Auto-Submitted"]) == ("", "auto-replied")


def test_a_closed_ticket_of_a_queue_that_continues_leads_to_a_new_one(take_in, world):
    world.support.follow_up = "new"
    save_queue(world.support, by=world.alex)
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    back = take_in(raw_mail("Still broken.", in_reply_to=our_message_id(ticket)))
    ticket.refresh_from_db()
    assert (back.outcome, ticket.state.name) == ("new", "closed successful")
    assert back.article.ticket != ticket
    assert back.article.ticket.customer == world.dana
