"""What does not leave after all: held back or put off, taken back by agents or from the outbox."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ConfigChange
from core.clock import pretend
from mail.models import Domain, Outgoing
from mail.tasks import send_outgoing
from mail.withdrawing import take_back, withdraw_outgoing
from tests.factories import AgentFactory, TicketFactory, role
from tickets.actions.progress import set_state
from tickets.actions.replying import NotYours, TooLate, reply
from tickets.messages import Message
from tickets.models import Article, Draft, State
from web.desk.delivery import delivery_of

HELD = "dana@gmial.com"


@pytest.fixture
def ticket(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    Outgoing.objects.all().delete()  # the receipt
    return ticket


def state(name: str) -> State:
    return State.objects.get(name=name)


def answer(ticket, by, *addresses: str, **more) -> Article:
    to = [{"name": "", "address": address} for address in addresses or ("dana@acme.example",)]
    return reply(ticket, Message(text="Turn it off.", to=to, **more.pop("message", {})), by=by, **more)


def row_of(article) -> Outgoing:
    return Outgoing.objects.get(article=article)


def put_off(article, sink, *, tries=1) -> Outgoing:
    """Its server says "not now"."""
    sink.answers["dana@acme.example"] = "450 4.2.0 greylisted"
    for _try in range(tries):
        attempt(article)
    return row_of(article)


def attempt(article) -> Outgoing:
    """One try, as if its time had come."""
    Outgoing.objects.filter(article=article, due_at__isnull=False).update(due_at=timezone.now())
    Domain.objects.update(free_at=None)
    send_outgoing(row_of(article).pk)
    return row_of(article)


def as_read(article) -> Article:
    return Article.objects.select_related("outgoing", "author").get(pk=article.pk)


# ---- by agents ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["bea", "carlos"])
def test_what_is_held_is_taken_back_by_whoever_may_answer_however_late(world, ticket, who):
    article = answer(ticket, world.bea, HELD, then=state("closed successful"))
    with pretend(timezone.now() + timedelta(days=2)):
        event = take_back(article, by=getattr(world, who))
    assert (event.kind, event.actor) == ("article.taken_back", getattr(world, who))
    assert (row_of(article).state, row_of(article).due_at) == ("withdrawn", None)
    article.refresh_from_db()
    ticket.refresh_from_db()
    assert not article.visible_to_customer
    assert ticket.state == state("new")
    assert take_back(article, by=world.carlos) is None


def test_a_state_that_was_changed_since_stays(world, ticket):
    article = answer(ticket, world.bea, HELD, then=state("closed successful"))
    for name in ("open", "closed successful"):
        set_state(ticket, state(name), by=world.carlos)
    take_back(article, by=world.bea)
    ticket.refresh_from_db()
    assert ticket.state == state("closed successful")


def test_what_is_tried_again_is_taken_back_and_never_leaves(world, ticket, sink):
    article = answer(ticket, world.bea)
    outgoing = put_off(article, sink)
    assert (outgoing.state, outgoing.attempts) == ("queued", 1)
    assert take_back(article, by=world.carlos).kind == "article.taken_back"
    sink.answers.clear()
    attempt(article)
    assert (sink.sent, row_of(article).state) == ([], "withdrawn")


def test_what_waited_behind_it_says_so_and_then_goes_at_once(world, ticket, sink):
    first = answer(ticket, world.bea)
    put_off(first, sink)
    second = answer(ticket, world.bea)
    assert attempt(second).due_at > timezone.now()
    assert delivery_of(as_read(second)).text == "Waits for an earlier message of this ticket"
    sink.answers.clear()
    take_back(first, by=world.bea)
    assert row_of(second).due_at <= timezone.now()


def test_not_while_a_worker_is_at_it_nor_when_somebody_has_it_nor_when_it_is_about_to_leave(world, ticket):
    article = answer(ticket, world.bea, "dana@acme.example", "x@acme.example")
    queued = {"state": "queued", "answer": ""}
    one, other = ({"address": address, **queued} for address in ("dana@acme.example", "x@acme.example"))
    later = timezone.now() + timedelta(minutes=5)
    rows = Outgoing.objects.filter(article=article)
    for changed in (
        {},
        {"leased_until": later, "due_at": timezone.now(), "last_error": "TryLater: 450"},
        # its worker is gone, and nobody knows how far it came
        {"leased_until": timezone.now() - timedelta(minutes=5), "last_error": "TryLater: 450"},
        {"leased_until": None, "due_at": later, "recipients": [one | {"state": "sent"}, other]},
        {"state": "sent", "due_at": None},
    ):
        if changed:
            rows.update(**changed)
        with pytest.raises(TooLate):
            take_back(article, by=world.bea)
    article.refresh_from_db()
    assert article.visible_to_customer


def test_T52_while_its_author_thinks_it_over_it_is_his_alone(world, ticket):
    soon = timezone.now() + timedelta(seconds=10)
    article = answer(ticket, world.bea, message={"send_at": soon})
    with pytest.raises(NotYours):
        take_back(article, by=world.carlos)
    assert not withdraw_outgoing(row_of(article), by=world.alex)
    assert take_back(article, by=world.bea)


def test_an_automatic_message_in_trouble_keeps_no_answer_waiting(world, sink):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    receipt = Outgoing.objects.get(ticket=ticket).article
    put_off(receipt, sink)
    assert row_of(receipt).state == "queued"
    sink.answers.clear()
    assert attempt(answer(ticket, world.bea)).state == "sent"
    assert attempt(receipt).state == "sent"


def test_an_automatic_message_without_trouble_goes_first(world, sink):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    receipt = Outgoing.objects.get(ticket=ticket).article
    written = answer(ticket, world.bea)
    assert attempt(written).state == "queued"
    attempt(receipt)
    assert attempt(written).state == "sent"


# ---- on the ticket ------------------------------------------------------------------------------


def test_a_colleague_gets_the_words_and_the_recipients_back_and_mends_them(world, ticket, signed_in, drain, sink):
    article = answer(ticket, world.bea, HELD, "erik@globex.example")
    browser, address = signed_in(world.carlos), f"/desk/articles/{article.pk}/take-back/"
    assert address in browser.get(f"/desk/tickets/{ticket.number}/").content.decode()
    done = browser.post(address, {}, headers={"HX-Request": "true"})
    assert done.status_code == 200
    assert "The message was not sent. You can go on writing." in done.content.decode()
    draft = Draft.objects.get(user=world.carlos, ticket=ticket)
    assert (draft.content["text"], draft.content["to"]) == ("Turn it off.", f"{HELD}, erik@globex.example")
    page = browser.get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert address not in page
    assert f"{HELD}, erik@globex.example" in page
    assert '<details class="composer__people" open>' in page
    drain()
    assert sink.sent == []


def test_who_may_only_read_is_offered_nothing_and_changes_nothing(world, ticket, signed_in):
    article = answer(ticket, world.bea, HELD)
    reader = AgentFactory(name="Nora Note", email="nora@demo.example")
    role("Readers", reader, read=world.support)
    browser, address = signed_in(reader), f"/desk/articles/{article.pk}/take-back/"
    assert address not in browser.get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert browser.post(address).status_code == 404
    assert row_of(article).state == "held"


def test_the_ticket_says_how_often_it_was_tried_and_when_it_is_tried_next(world, ticket, signed_in, sink):
    article = answer(ticket, world.bea)
    outgoing = put_off(article, sink, tries=3)
    page = signed_in(world.bea).get(f"/desk/tickets/{ticket.number}/").content.decode()
    at = timezone.localtime(outgoing.due_at).strftime("%H:%M")
    assert "Tried 3 times. Next try: today, " in page or "Tried 3 times. Next try: tomorrow, " in page
    assert at in page
    assert "TryLater" not in page
    assert f"/desk/articles/{article.pk}/take-back/" in page


# ---- from the outbox ----------------------------------------------------------------------------


def test_an_administrator_withdraws_also_what_the_system_wrote(world, drain, sink):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    receipt = Outgoing.objects.get(ticket=ticket)
    assert withdraw_outgoing(receipt, by=world.alex)
    receipt.refresh_from_db()
    assert (receipt.state, receipt.recipients[0]["state"]) == ("withdrawn", "withdrawn")
    change = ConfigChange.objects.latest("pk")
    assert (change.actor, change.after) == (world.alex, {"state": "withdrawn"})
    assert not withdraw_outgoing(receipt, by=world.alex)
    drain()
    assert sink.sent == []
