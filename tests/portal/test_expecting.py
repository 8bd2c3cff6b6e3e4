"""What customers are told to expect: in plain words, and never a promise that has passed."""

import re

import pytest
from django.urls import reverse

from accounts.models import Membership
from sla.configuring import save_calendar
from tests.desk.conftest import text_of
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, at, on
from tickets.actions.progress import set_state
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import State, Ticket


def opened(world, day: int = 0, moment: str = "10:00") -> Ticket:
    with on(day, moment):
        return TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")


def page_at(client, ticket: Ticket, day: int, moment: str) -> str:
    with on(day, moment):
        return text_of(client.get(reverse("portal:request", args=[ticket.number])))


def expected(page: str) -> str:
    found = re.search(r'class="pexpect[^>]*>(.*?)</p>', page, re.S)
    return " ".join(re.sub(r"<[^>]*>", "", found[1]).split()) if found else ""


def waits(ticket: Ticket, world, *, say: str = "") -> None:
    pending = State.objects.get(name="pending reminder")
    if say:
        reply(ticket, Message(text=say), by=world.bea, then=pending, until=at(9, "12:00"))
    else:
        set_state(ticket, pending, until=at(9, "12:00"), by=world.bea)


@pytest.mark.parametrize(
    ("hours", "day", "moment", "words"),
    [
        (2, 0, "10:05", "You can expect an answer by today, 12:00 UTC."),
        (10, 0, "10:05", "You can expect an answer by tomorrow, 12:00 UTC."),
        (26, 0, "10:05", "You can expect an answer by Thursday, 12:00 UTC."),
        (58, 0, "10:05", "You can expect an answer by 11 Mar, 12:00 UTC."),
        (2, 0, "12:00", "We are late with this. You are not forgotten: we will write to you as soon as we can."),
        (2, 1, "09:00", "We are late with this. You are not forgotten: we will write to you as soon as we can."),
    ],
)
def test_the_request_says_when_an_answer_comes(dana, world, sla, hours, day, moment, words):
    sla(first_response=hours * HOUR)
    ticket = opened(world)
    assert expected(page_at(dana, ticket, day, moment)) == words


def test_times_are_those_of_the_installation_until_a_zone_is_chosen(dana, world, sla, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    sla(first_response=2 * HOUR)
    ticket = opened(world)
    assert expected(page_at(dana, ticket, 0, "10:05")) == "You can expect an answer by today, 13:00 CET."
    world.dana.time_zone = "UTC"
    world.dana.save()
    assert expected(page_at(dana, ticket, 0, "10:05")) == "You can expect an answer by today, 12:00."


def test_without_a_promise_nothing_is_said(dana, world, sla):
    sla(solution=HOUR)
    ticket = opened(world)
    assert expected(page_at(dana, ticket, 0, "10:05")) == ""
    assert expected(page_at(dana, ticket, 0, "12:05")) == ""


def test_an_answer_ends_the_promise_and_a_question_begins_the_next(dana, world, sla):
    sla(first_response=2 * HOUR, next_response=3 * HOUR)
    ticket = opened(world)
    with on(0, "11:00"):
        reply(ticket, Message(text="Hello"), by=world.bea)
    assert expected(page_at(dana, ticket, 0, "11:05")) == ""
    with on(0, "12:00"):
        dana.post(reverse("portal:answer", args=[ticket.number]), {"text": "And now?"})
    assert expected(page_at(dana, ticket, 0, "12:05")) == "You can expect an answer by today, 15:00 UTC."


def test_a_promised_update_is_news_and_no_answer(dana, world, sla):
    sla(update=8 * HOUR)
    ticket = opened(world)
    with on(0, "11:00"):
        reply(ticket, Message(text="We are at it"), by=world.bea)
    assert expected(page_at(dana, ticket, 0, "11:05")) == "You will hear from us again by tomorrow, 11:00 UTC."


def test_what_waits_for_the_customer_says_so(dana, world, sla):
    sla(first_response=2 * HOUR, solution=8 * HOUR)
    ticket = opened(world)
    with on(0, "11:00"):
        waits(ticket, world, say="Which printer is it?")
    page = page_at(dana, ticket, 3, "11:00")
    assert expected(page) == "We are waiting for your answer. Our time goes on when you have written."


def test_who_looks_for_a_colleague_is_told_whose_answer_is_missing(world, sla, signed_in):
    sla(first_response=2 * HOUR, solution=8 * HOUR)
    ticket = opened(world)
    Ticket.objects.filter(pk=ticket.pk).update(organisation=world.acme)
    Membership.objects.create(user=world.erik, organisation=world.acme, sees_all=True, is_primary=False)
    with on(0, "11:00"):
        waits(ticket, world, say="Which printer is it?")
    page = page_at(signed_in(world.erik), ticket, 0, "12:00")
    assert expected(page).startswith("We are waiting for an answer from Dana Miller.")


def test_pauses_of_our_own_are_not_explained(dana, world, sla):
    sla(first_response=2 * HOUR)
    ticket = opened(world)
    with on(0, "11:00"):
        waits(ticket, world)
    assert expected(page_at(dana, ticket, 0, "13:00")) == ""


def test_lists_say_it_in_a_few_words_for_one_query(dana, world, sla, queries):
    sla(first_response=10 * HOUR)
    opened(world)

    def cost(url: str) -> tuple[int, str]:
        with on(0, "10:05"), queries() as counted:
            text = text_of(dana.get(url))
        return len(counted), text

    urls = [reverse("portal:home"), reverse("portal:requests")]
    few = [(cost(url), cost(url))[1] for url in urls]
    assert all("Answer by tomorrow, 12:00" in text for _number, text in few)
    for _number in range(10):
        opened(world)
    assert [cost(url)[0] for url in urls] == [number for number, _text in few]
    with on(1, "13:00"):
        late = text_of(dana.get(urls[0]))
    assert "We are late with our answer" in late
    assert "Answer by" not in late


def test_an_open_page_learns_that_the_promise_has_passed(dana, world, sla):
    sla(first_response=2 * HOUR)
    ticket = opened(world)
    url = re.search(r'hx-get="([^"]*seen=[^"]*)"', page_at(dana, ticket, 0, "11:00"))[1].replace("&amp;", "&")
    with on(0, "11:30"):
        assert dana.get(url, headers={"HX-Request": "true"}).status_code == 204
    with on(0, "12:30"):
        answer = dana.get(url, headers={"HX-Request": "true"})
    assert "We are late with this." in text_of(answer)


def test_customers_never_see_clocks_marks_or_levels(dana, world, sla, office):
    sla("Gold", first_response=2 * HOUR, solution=3 * HOUR, warnings=[50], levels=[HOUR])
    ticket = opened(world)
    with on(1, "16:00"):
        save_calendar(office, by=world.alex)
        reply(ticket, Message(text="Sorry"), by=world.bea)
    page = page_at(dana, ticket, 1, "16:30")
    assert not re.search(r"Gold|Escalation|escalation|50 ?%|Office|SLA", page)
