"""One go at many tickets is one mail and one line in the bell for each person, and nothing is lost by it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from automation.models import HouseNews, Notice, NoticeDelivery
from automation.notices.bell import lines, new_lines, news_of, unread_count
from automation.notices.digest import digest_for
from automation.notices.folding import FEW, count_folded, wave_of
from automation.notices.house import save_levels, save_text
from automation.notices.news import tell_endpoint_off
from automation.notices.occasions import OCCASIONS
from automation.tasks import send_notice
from mail.models import Letter
from mail.pools import TryLater
from tests.automation.endpoints import endpoint
from tests.automation.notices import forget, make_due, postbox, send_due, tell
from tests.factories import TicketFactory
from tickets.actions.replying import receive
from tickets.actions.routing import assign
from tickets.bulk import run_job, start_job
from tickets.messages import Message
from tickets.models import State, Ticket
from tickets.models.ticket import Channel
from web.common.live import desk_token, opened_by

__all__ = ["postbox"]
pytestmark = pytest.mark.django_db
MANY = FEW + 2


@pytest.fixture
def tickets(world) -> list[Ticket]:
    """Those of Carlos, who wants to be told by mail, too, when their status changes."""
    save_levels(OCCASIONS["state"], {"owner": {"bell": "on", "mail": "on", "webhook": "off"}}, by=world.alex)
    found = [TicketFactory(queue=world.support, customer=world.dana, title=f"Printer {n}") for n in range(MANY)]
    for ticket in found:
        assign(ticket, world.carlos, by=world.alex)
    forget()
    return found


def closed(world, tickets) -> None:
    """A colleague closes them in one go."""
    job = start_job(tickets, [{"do": "close", "to": State.objects.get(name="closed successful").pk}], by=world.alex)
    run_job(job)
    for ticket in tickets:
        tell(ticket)


def calm() -> None:
    """Some minutes later."""
    NoticeDelivery.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    make_due()


def states() -> set[str]:
    return set(NoticeDelivery.objects.values_list("state", flat=True))


def test_many_tickets_closed_at_one_go_are_one_mail_and_one_line(world, tickets, postbox, signed_in):
    closed(world, tickets)
    assert Notice.objects.filter(user=world.carlos).count() == NoticeDelivery.objects.count() == MANY
    calm()
    send_due()
    (mail,) = postbox.mails
    assert mail["Subject"] == f"New status: {MANY} tickets"
    assert (mail["References"], mail["In-Reply-To"]) == (None, None)
    text = mail.get_content()
    assert all(f"#{ticket.number} {ticket.title}" in text for ticket in tickets)
    assert all(f"/desk/tickets/{ticket.number}/" in text for ticket in tickets)
    assert states() == {"sent"}
    send_due()
    assert len(postbox.mails) == 1
    # and the bell
    assert unread_count(world.carlos) == 1
    carlos = signed_in(world.carlos)
    panel = carlos.get(reverse("desk:notices_panel")).content.decode()
    assert f"And {MANY - 1} more tickets at one go" in panel
    (line,) = lines(world.carlos)
    assert f"?wave={line.wave}" in panel
    page = carlos.get(reverse("desk:notices"), {"wave": line.wave}).content.decode()
    assert all(f"#{ticket.number}" in page for ticket in tickets)
    carlos.post(reverse("desk:notice_mark", args=[line.pk]), {"as": "read"})
    assert unread_count(world.carlos) == 0
    assert not new_lines(world.carlos).exists()


def test_a_few_are_told_one_by_one(world, tickets, postbox):
    closed(world, tickets[: FEW - 1])
    calm()
    send_due()
    assert len(postbox.mails) == FEW - 1
    assert unread_count(world.carlos) == lines(world.carlos).count() == FEW - 1


def test_it_is_waited_for_until_no_more_come_but_not_for_ever(world, tickets, postbox):
    closed(world, tickets)
    make_due()
    send_due()
    assert (len(postbox.mails), states()) == (0, {"waiting"})
    assert set(NoticeDelivery.objects.values_list("attempts", flat=True)) == {0}
    assert not NoticeDelivery.objects.due().exists()
    # the first of them is old, the latest is not
    first = NoticeDelivery.objects.order_by("pk").first()
    NoticeDelivery.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(minutes=16))
    make_due()
    send_due()
    assert (len(postbox.mails), states()) == (1, {"sent"})


def test_whoever_is_woken_beside_the_first_waits_for_it(world, tickets, postbox):
    closed(world, tickets)
    calm()
    second = NoticeDelivery.objects.order_by("pk")[1]
    send_notice(second.pk)
    second.refresh_from_db()
    assert (len(postbox.mails), second.attempts, second.due_at > timezone.now()) == (0, 0, True)
    make_due()
    send_due()
    assert (len(postbox.mails), states()) == (1, {"sent"})


def test_a_server_that_is_away_gets_all_of_them_later_as_one_mail(world, tickets, postbox):
    closed(world, tickets)
    calm()
    postbox.answer = TryLater("away")
    send_due()
    postbox.answer = None
    assert states() == {"waiting"}
    make_due()
    NoticeDelivery.objects.filter(carrier__isnull=False).update(due_at=None)
    send_due()
    assert (len(postbox.mails), states()) == (1, {"sent"})


def test_who_may_not_see_some_of_them_hears_of_the_others(world, tickets, postbox):
    closed(world, tickets)
    Ticket.objects.filter(pk=tickets[0].pk).update(queue=world.billing)
    calm()
    send_due()
    (mail,) = postbox.mails
    assert mail["Subject"] == f"New status: {MANY - 1} tickets"
    assert "Printer 0" not in mail.get_content()
    assert states() == {"sent", "dropped"}


def test_administrators_word_the_mail_about_many(world, tickets, postbox):
    body = "{{ person.first_name }}, {{ number }}:{% for each in tickets %} {{ each.number }} {{ each.title }};{% endfor %}"
    save_text("many", "", subject="{{ how_many }} | {{ notice }}", body=body, by=world.alex)
    closed(world, tickets)
    calm()
    send_due()
    assert postbox.mails[0]["Subject"] == f"{MANY} tickets | New status"
    told = " ".join(f"{ticket.number} {ticket.title};" for ticket in tickets)
    assert postbox.mails[0].get_content().strip() == f"{world.carlos.name.partition(' ')[0]}, {MANY}: {told}"


def test_a_wording_that_cannot_be_read_is_the_stock_text_and_reaches_nothing(world, tickets, postbox):
    save_text("many", "", subject="{{", body="x", by=world.alex)
    closed(world, tickets)
    calm()
    send_due()
    assert postbox.mails[0]["Subject"] == f"New status: {MANY} tickets"
    save_text("many", "", subject="S", body="{{ tickets[0].queue.name }}{{ person.password }}.", by=world.alex)  # T58
    for ticket in tickets:
        assign(Ticket.objects.get(pk=ticket.pk), world.bea, by=world.alex)
        tell(ticket)
    forget()
    closed_again = [Ticket.objects.get(pk=ticket.pk) for ticket in tickets]
    for ticket in closed_again:
        assign(ticket, world.carlos, by=world.alex)
        tell(ticket)
    calm()
    send_due()
    assert postbox.mails[-1].get_content().strip() == "."


def test_customers_are_told_of_many_requests_in_words_of_their_own(world, tickets):
    rows = [
        NoticeDelivery(
            user=world.dana,
            ticket=ticket,
            event=ticket.events.order_by("-pk")[0],
            occasion="request_closed",
            relation="customer",
        )
        for ticket in tickets
    ]
    words = digest_for(world.dana, rows)
    assert words.subject == f"Request closed: {MANY} requests"
    assert all(f"{ticket.number} {ticket.title}\n" in words.body for ticket in tickets)
    assert "/desk/" not in words.body
    assert world.carlos.name not in words.body  # nothing that only agents may know
    save_text("many_requests", "", subject="S", body="{{ tickets[0].what }}{{ tickets.size }}", by=world.alex)
    forget()
    assert digest_for(world.dana, rows).body == str(MANY)


def test_what_people_say_is_never_folded(world, tickets, postbox):
    for ticket in tickets:
        receive(ticket, Message(text="It hums."), channel=Channel.EMAIL, by=world.dana)
        tell(ticket)
    calm()
    send_due()
    assert len(postbox.mails) == unread_count(world.carlos) == MANY


def test_two_jobs_are_two_waves(world, tickets):
    event, other = (ticket.events.order_by("-pk").first() for ticket in tickets[:2])
    assert wave_of(event, "assigned") == wave_of(other, "assigned") != 0
    event.cause_reference, other.cause_reference = "job 1", "job 1"
    other.at += timedelta(hours=1)
    assert wave_of(event, "assigned") == wave_of(other, "assigned")
    other.cause_reference = "job 2"
    assert wave_of(event, "assigned") != wave_of(other, "assigned")
    assert wave_of(event, "answered") == 0


@pytest.mark.parametrize(("waves", "number"), [([], 0), ([0, 0], 2), ([7] * 4, 4), ([7] * 5 + [0] + [8] * 2, 4)])
def test_lines_are_counted(waves, number):
    assert count_folded(waves) == number


def test_administrators_hear_that_a_webhook_was_switched_off(world, signed_in):
    row = endpoint(world, "https://a.example/")
    tell_endpoint_off(row)
    (news,) = HouseNews.objects.all()
    assert (news.user, unread_count(world.alex), unread_count(world.carlos)) == (world.alex, 1, 0)
    letter = Letter.objects.get()
    assert letter.address == world.alex.email
    assert letter.data["subject"] == "A webhook was switched off by itself: Chat"
    assert f"/admin/webhooks/{row.pk}/" in letter.data["body"]
    alex = signed_in(world.alex)
    assert "A webhook was switched off by itself" in alex.get(reverse("desk:notices_panel")).content.decode()
    alex.get(reverse("setup:webhook", args=[row.pk]))
    assert unread_count(world.alex) == 0


def test_the_bell_of_administrators_rings_at_once_and_says_no_more(
    world, monkeypatch, django_capture_on_commit_callbacks
):
    heard = []
    monkeypatch.setattr("web.common.live._redis", lambda: Heard(heard))
    with django_capture_on_commit_callbacks(execute=True):
        tell_endpoint_off(endpoint(world, "https://a.example/"))
    assert heard == [(f"live.person.{world.alex.pk}", "notices")]
    world.alex.groups.clear()  # whoever sees no queue is told of the house all the same
    assert f"person.{world.alex.pk}" in opened_by(desk_token(User.objects.get(pk=world.alex.pk))).channels


class Heard:
    """Redis, as far as hints go."""

    def __init__(self, heard: list) -> None:
        self.heard = heard

    def pipeline(self, **_options):
        return self

    def publish(self, channel: str, hint: str) -> None:
        self.heard.append((channel, hint))

    def execute(self) -> None:
        pass


def test_who_is_no_administrator_any_more_hears_nothing_of_the_house(world):
    tell_endpoint_off(endpoint(world, "https://a.example/"))
    world.alex.is_administrator = False
    assert (unread_count(world.alex), news_of(world.alex).count()) == (0, 0)
