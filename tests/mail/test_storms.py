"""The breaker: more mail than anybody reads is kept, told once, and decided about once."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import ConfigChange
from core.memo import for_a_moment
from mail.models import Incoming, MailRules, Outgoing, Storm
from mail.storms import Rate, breaks, calm, came_of, drop, release
from sla.configuring import save_calendar, save_policy
from sla.models import Calendar, Policy, Target, TicketTargets
from tests.mail.mails import raw_mail
from tests.mail.proofs import proven, trust_the_receiver
from tickets.actions.replying import reply
from tickets.events import Refused
from tickets.messages import Message
from tickets.models import Ticket

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.get_default_timezone())
TEN = timedelta(minutes=10)
ROBOT = "robot@stranger.example"


@pytest.mark.parametrize(
    ("minutes", "limit", "is_storm"),
    [
        ([], 1, False),
        ([1], 1, True),
        ([11], 1, False),
        ([10], 1, False),  # just out of sight
        ([1, 2, 3], 4, False),
        ([1, 2, 3, 9], 4, True),
        ([1, 2, 3, 12], 4, False),
        ([1] * 100, 0, False),  # no limit
    ],
)
def test_when_one_message_is_too_many(minutes, limit, is_storm):
    before = [NOON - timedelta(minutes=number) for number in minutes]
    assert breaks(before, NOON, Rate(limit, TEN)) is is_storm


@pytest.fixture
def limits(world) -> MailRules:
    return MailRules.objects.create(storm_of_sender=3, storm_of_ticket=3)


def flood(take_in, number: int, **headers) -> list[Incoming]:
    return [take_in(raw_mail(f"no. {one}", sender=ROBOT, subject=f"Alarm {one}", **headers)) for one in range(number)]


def test_f21_a_storm_of_one_sender_makes_a_few_tickets_and_one_that_tells_of_it(take_in, limits, world):
    came = flood(take_in, 12)
    assert [one.state for one in came] == ["ticketed"] * 3 + ["quarantined"] * 9
    assert {one.reason_code for one in came[3:]} == {"storm"}
    storm = Storm.objects.get()
    assert (storm.kind, storm.about, storm.held, storm.state) == ("sender", ROBOT, 9, "blowing")
    assert Ticket.objects.count() == 4
    told = storm.ticket
    assert (told.queue, told.customer.is_system, told.title) == (world.support, True, f"Too much mail from {ROBOT}")
    (article,) = told.articles.all()
    assert (article.visible_to_customer, article.sender) == (False, "system")
    # nobody is written to about it, and the sender got one receipt
    assert [one.recipients[0]["address"] for one in Outgoing.objects.all()] == [ROBOT]
    assert take_in(raw_mail()).state == "ticketed"  # others are not held up


def test_f21_a_worker_that_remembers_no_storm_still_finds_the_one_that_has_just_begun(take_in, limits):
    with for_a_moment():
        came = flood(take_in, 6)
    assert [one.state for one in came] == ["ticketed"] * 3 + ["quarantined"] * 3
    assert Storm.objects.get().held == 3


def test_when_it_is_quiet_again_one_note_stands_for_all(take_in, limits):
    flood(take_in, 6)
    assert calm() == 0
    Storm.objects.update(last_at=timezone.now() - TEN - timedelta(seconds=1))
    assert calm() == 1
    storm = Storm.objects.get()
    assert storm.state == "over"
    _first, digest = storm.ticket.articles.order_by("pk")
    assert digest.body.startswith("It is quiet again. 3 messages were kept and wait for a decision.")
    assert "- Alarm 3\n- Alarm 4\n- Alarm 5" in digest.body
    assert digest.channel == "note"
    assert calm() == 0
    Incoming.objects.filter(sender=ROBOT).update(received_at=timezone.now() - timedelta(minutes=11))
    assert flood(take_in, 1)[0].state == "ticketed"  # and a new storm would be another one


def test_what_is_released_becomes_tickets_and_is_not_held_again(take_in, limits, drain, world):
    flood(take_in, 6)
    storm = Storm.objects.get()
    assert release(storm, by=world.alex)
    held = Incoming.objects.latest("pk")
    assert [line["step"] for line in held.journal] == ["received", "parsed", "quarantined", "received"]
    assert held.journal[-1]["released"] == "Alex Berger"
    drain()
    assert list(Incoming.objects.order_by("pk").values_list("state", flat=True)) == ["ticketed"] * 6
    assert Ticket.objects.filter(title__startswith="Alarm").count() == 6
    assert Storm.objects.get().state == "released"
    assert not release(storm, by=world.alex)
    assert not drop(storm, by=world.alex)
    change = ConfigChange.objects.get(kind="mail.storm")
    assert change.after == {"state": "released", "messages": 3}


def test_the_ticket_says_who_released_it_and_never_that_no_tickets_came_of_it(take_in, limits, drain, world):
    flood(take_in, 6)
    storm = Storm.objects.get()
    release(storm, by=world.alex)
    _told, note = storm.ticket.articles.order_by("pk")
    assert note.body.startswith(
        "Alex Berger released 3 messages that were kept: each becomes a ticket or joins its ticket."
    )
    assert "- Alarm 3\n- Alarm 4\n- Alarm 5" in note.body
    assert {name: found.count() for name, found in came_of(storm).items()} == {"opened": 0, "joined": 0, "waiting": 3}
    drain()
    assert {name: found.count() for name, found in came_of(storm).items()} == {"opened": 3, "joined": 0, "waiting": 0}
    Storm.objects.update(last_at=timezone.now() - TEN - timedelta(seconds=1))
    assert calm() == 0
    assert storm.ticket.articles.count() == 2


def test_after_the_digest_the_decision_is_a_note_of_its_own(take_in, limits, world):
    flood(take_in, 4)
    Storm.objects.update(last_at=timezone.now() - TEN - timedelta(seconds=1))
    calm()
    drop(Storm.objects.get(), by=world.alex)
    _told, digest, note = Storm.objects.get().ticket.articles.order_by("pk")
    assert digest.body.startswith("It is quiet again. 1 message was kept and waits for a decision.")
    assert note.body == "Alex Berger dropped 1 message that was kept: it becomes no ticket and stays in the ledger."


def test_what_is_dropped_stays_in_the_ledger(take_in, limits, drain, world):
    flood(take_in, 5)
    assert drop(Storm.objects.get(), by=world.alex)
    drain()
    assert list(Incoming.objects.order_by("pk").values_list("state", flat=True)) == ["ticketed"] * 3 + ["ignored"] * 2
    dropped = Incoming.objects.filter(state="ignored")
    assert set(dropped.values_list("reason_code", flat=True)) == {"discarded"}
    for one in dropped:
        assert {key: one.journal[-1][key] for key in ("step", "reason", "dropped")} == {
            "step": "ignored",
            "reason": "discarded",
            "dropped": "Alex Berger",
        }
    assert all(one.digest for one in Incoming.objects.all())


def test_a_storm_onto_one_ticket_by_many_senders(take_in, limits, world):
    ticket = take_in(raw_mail()).article.ticket
    sent = [
        take_in(raw_mail(f"no. {one}", subject=f"[#{ticket.number}] Printer", message_id=f"<{one}@acme.example>"))
        for one in range(4)
    ]
    # the sender's own limit comes first; without it the ticket has one
    assert sent[-1].state == "quarantined"
    MailRules.objects.update(storm_of_sender=0)
    Storm.objects.all().update(state="over")
    again = take_in(raw_mail("more", subject=f"[#{ticket.number}] Printer"))
    assert (again.state, again.storm.kind, again.storm.about) == ("quarantined", "ticket", ticket.number)
    assert again.storm.ticket.title == f"Too much mail to ticket {ticket.number}"
    assert ticket.articles.filter(sender="customer").count() == 3


def test_some_senders_may_send_as_much_as_they_want(take_in, limits):
    MailRules.objects.update(storm_never="stranger.example")
    assert {one.state for one in flood(take_in, 6)} == {"ticketed"}


def test_a_storm_costs_the_same_for_each_further_message(take_in, limits, queries):
    flood(take_in, 5)
    counted = []
    for number in range(2):
        with queries() as found:
            take_in(raw_mail(f"more {number}", sender=ROBOT, subject="x"))
        counted.append(len(found))
        flood(take_in, 5, x_round=str(number))
    assert counted[0] == counted[1]


def test_an_administrator_decides_on_its_page(take_in, limits, signed_in, world, drain):
    flood(take_in, 6)
    storm = Storm.objects.get()
    browser = signed_in(world.alex)
    assert ROBOT in browser.get("/admin/email/storms/").content.decode()
    page = browser.get(f"/admin/email/storms/{storm.pk}/").content.decode()
    assert "3 messages kept" in page
    assert "Alarm 3" in page
    assert f"Open #{storm.ticket.number}" in page
    held = Incoming.objects.latest("pk")
    answer = browser.post(f"/admin/email/storms/{storm.pk}/drop/", follow=True)
    assert "Alex Berger dropped it" in browser.get(f"/admin/email/incoming/{held.pk}/").content.decode()
    assert "Its messages are dropped." in answer.content.decode()
    assert Incoming.objects.filter(state="ignored").count() == 3


def test_forged_mail_does_not_silence_who_is_proven(take_in, limits, world):
    trust_the_receiver(world.alex)
    forged = [take_in(proven(raw_mail(f"no. {one}", subject=f"Pills {one}"), "fail")) for one in range(5)]
    assert [one.state for one in forged] == ["ticketed"] * 3 + ["quarantined"] * 2
    genuine = [take_in(proven(raw_mail(f"help {one}", subject=f"Help {one}"))) for one in range(5)]
    assert [one.state for one in genuine] == ["ticketed"] * 3 + ["quarantined"] * 2
    assert take_in(proven(raw_mail("no. 9", subject="Pills 9"), "fail")).state == "quarantined"


def test_forged_mail_to_a_ticket_does_not_keep_out_who_is_proven(take_in, limits, world):
    trust_the_receiver(world.alex)
    MailRules.objects.update(storm_of_sender=0)
    ticket = take_in(proven(raw_mail())).article.ticket
    about = f"[#{ticket.number}] Printer"
    forged = [take_in(proven(raw_mail(f"no. {one}", subject=about), "fail")) for one in range(4)]
    assert [one.state for one in forged] == ["ticketed"] * 3 + ["quarantined"]
    assert take_in(proven(raw_mail("still dark", subject=about))).state == "ticketed"


def test_nobody_can_be_answered_on_the_ticket_that_tells_and_nothing_is_promised(take_in, limits, world, signed_in):
    calendar = Calendar(name="Always", zone="UTC", hours={"mon": [["00:00", "24:00"]]}, is_default=True)
    save_calendar(calendar, by=world.alex)
    policy = Policy(name="Fast", condition={"all": []})
    save_policy(policy, [Target(kind="first_response", seconds=600)], by=world.alex)
    flood(take_in, 4)
    told = Storm.objects.get().ticket
    with pytest.raises(Refused):
        reply(told, Message(text="Stop it"), by=world.bea)
    assert told.articles.count() == 1
    page = signed_in(world.bea).get(f"/desk/tickets/{told.number}/").content.decode()
    assert 'data-for="note"' in page
    assert 'data-for="reply"' not in page
    assert TicketTargets.objects.exists()
    assert not TicketTargets.objects.filter(ticket=told).exists()
