"""How fast one domain is written to, by however many workers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mail.models import Domain, MailRules, Outgoing
from mail.pacing import LONGEST_PAUSE, admit, faster, forget, leave, pace, slower
from mail.tasks import send_outgoing
from tests.factories import TicketFactory
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import Ticket

ACME, GLOBEX = "acme.example", "globex.example"


@pytest.mark.parametrize(
    ("pause", "parallel", "per_minute", "expected"),
    [
        (0, 5, 0, (5, 0.0)),
        (0, 5, 30, (5, 2.0)),
        (0, 0, 0, (1, 0.0)),
        (10, 5, 0, (1, 10.0)),
        (10, 5, 3, (1, 20.0)),
    ],
)
def test_the_pace_of_a_domain(pause, parallel, per_minute, expected):
    found = pace(pause, parallel=parallel, per_minute=per_minute)
    assert (found.parallel, found.spacing) == expected


def test_a_pause_doubles_up_to_a_limit_and_halves_down_to_nothing():
    up, down = [0], [LONGEST_PAUSE]
    while up[-1] != LONGEST_PAUSE:
        up.append(slower(up[-1]))
    while down[-1]:
        down.append(faster(down[-1]))
    assert up == [0, 5, 10, 20, 40, 80, 160, 320, 640, 900]
    assert down == [900, 450, 225, 112, 56, 28, 14, 7, 3, 0]


def test_no_more_than_so_many_are_at_a_domain_at_once(db):
    MailRules.objects.create(domain_parallel=2)
    admitted = [admit(number, [ACME, GLOBEX]).domains for number in (1, 2)]
    assert admitted == [{ACME, GLOBEX}] * 2
    third = admit(3, [ACME, "else.example"])
    assert third.domains == {"else.example"}
    assert timezone.now() < third.again_at < timezone.now() + timedelta(seconds=5)
    assert admit(1, [ACME]).domains == {ACME}  # its own claim, after a crash, is in nobody's way
    leave(2, [ACME])
    assert admit(3, [ACME]).domains == {ACME}


def test_a_claim_of_somebody_who_died_ends_with_his_lease(db):
    MailRules.objects.create(domain_parallel=1)
    admit(1, [ACME])
    past = (timezone.now() - timedelta(seconds=1)).timestamp()
    Domain.objects.update(holders={"1": past})
    assert admit(2, [ACME]).domains == {ACME}


def test_so_many_per_minute(db):
    MailRules.objects.create(domain_per_minute=6)
    assert admit(1, [ACME]).domains == {ACME}
    leave(1, [ACME], took=[ACME])
    waits = admit(2, [ACME])
    assert waits.domains == frozenset()
    assert timezone.now() + timedelta(seconds=9) < waits.again_at < timezone.now() + timedelta(seconds=15)


def test_a_domain_that_says_later_gets_time_and_one_at_once(db):
    admit(1, [ACME])
    admit(2, [ACME])
    leave(1, [ACME], put_off=[ACME])
    assert Domain.objects.get().pause == 5
    Domain.objects.update(free_at=None)
    assert admit(3, [ACME]).domains == frozenset()  # the second one is still there
    leave(2, [ACME], put_off=[ACME])
    assert Domain.objects.get().pause == 10
    Domain.objects.update(free_at=None)
    assert admit(3, [ACME]).domains == {ACME}
    leave(3, [ACME], took=[ACME])
    assert Domain.objects.get().pause == 5


def test_domains_of_long_ago_are_forgotten(db):
    admit(1, [ACME, GLOBEX])
    Domain.objects.filter(name=ACME).update(seen_at=timezone.now() - timedelta(days=3))
    assert forget() == 1
    assert Domain.objects.get().name == GLOBEX


def opened(world, customer) -> Ticket:
    """A ticket whose receipt has gone."""
    ticket = TicketFactory(queue=world.support, customer=customer)
    Outgoing.objects.all().delete()
    return ticket


@pytest.fixture
def letters(world):
    """Two messages to Dana on tickets of their own, and one to Erik."""
    found = []
    tickets = [opened(world, customer) for customer in (world.dana, world.dana, world.erik)]
    for ticket in tickets:
        customer = ticket.customer
        to = [{"name": "", "address": customer.email}]
        found.append(reply(ticket, Message(text="Hello", to=to), by=world.bea).outgoing)
    return found


def test_f11_a_421_slows_its_domain_down_and_no_other_and_costs_the_others_no_try(letters, sink):
    first, second, third = letters
    sink.answers["dana@acme.example"] = "451 4.7.1 Slow down"
    for outgoing in letters:
        send_outgoing(outgoing.pk)
        outgoing.refresh_from_db()
    assert [(one.state, one.attempts) for one in letters] == [("queued", 1), ("queued", 0), ("sent", 1)]
    assert second.last_error == ""
    assert timezone.now() < second.due_at < timezone.now() + timedelta(seconds=15)
    assert Domain.objects.get(name="globex.example").pause == 0
    assert Domain.objects.get(name="acme.example").holders == {}


def test_of_one_message_those_go_first_whose_domain_has_room(world, sink):
    ticket = opened(world, world.dana)
    Domain.objects.create(name="acme.example", free_at=timezone.now() + timedelta(minutes=1), pause=60)
    to = [{"name": "", "address": address} for address in ("dana@acme.example", "erik@globex.example")]
    outgoing = reply(ticket, Message(text="Hello", to=to), by=world.bea).outgoing
    send_outgoing(outgoing.pk)
    outgoing.refresh_from_db()
    assert [one["state"] for one in outgoing.recipients] == ["queued", "sent"]
    assert (outgoing.state, sink.sent[0].recipients) == ("queued", ["erik@globex.example"])
    Domain.objects.update(free_at=None)
    Outgoing.objects.update(due_at=timezone.now())
    send_outgoing(outgoing.pk)
    outgoing.refresh_from_db()
    assert (outgoing.state, sink.sent[1].recipients) == ("sent", ["dana@acme.example"])
    assert sink.sent[0].message["Message-ID"] == sink.sent[1].message["Message-ID"]


def test_the_order_on_one_ticket_is_kept_for_each_recipient(world, sink):
    ticket = opened(world, world.dana)
    dana = [{"name": "", "address": "dana@acme.example"}]
    both = [*dana, {"name": "", "address": "erik@globex.example"}]
    first = reply(ticket, Message(text="One", to=dana), by=world.bea).outgoing
    second = reply(ticket, Message(text="Two", to=both), by=world.bea).outgoing
    send_outgoing(second.pk)
    second.refresh_from_db()
    assert sink.sent[0].recipients == ["erik@globex.example"]
    assert (second.state, second.attempts) == ("queued", 0)
    send_outgoing(first.pk)
    Outgoing.objects.filter(pk=second.pk).update(due_at=timezone.now())
    send_outgoing(second.pk)
    texts = [sent.message.get_body(("plain",)).get_content().strip() for sent in sink.sent]
    assert texts == ["Two", "One", "Two"]
    assert [sent.recipients for sent in sink.sent[1:]] == [["dana@acme.example"], ["dana@acme.example"]]
