"""The start page of the desk: own work, what is urgent, the team, what happened last; only what may be seen."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.desk.conftest import customer_writes, part, put, text_of
from tests.factories import AgentFactory, CustomerFactory, TicketFactory
from tickets.actions.progress import set_priority
from tickets.actions.replying import reply
from tickets.actions.routing import assign
from tickets.messages import Message
from tickets.models import Priority
from tickets.overview import load_of_team, urgent_for

START = "/desk/"


def figures(answer) -> dict[str, str]:
    return dict(
        re.findall(r'class="kpi" href="/desk/views/(\w+)/">.*?class="stat__value num">([^<]*)<', text_of(answer))
    )


def card(answer, name: str) -> str:
    return text_of(answer).split(f'id="dash-{name}"')[1].split("</section>")[0]


def test_the_desk_begins_here(bea, world):
    answer = bea.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == START
    assert "Hello, Bea Costa" in text_of(answer)
    assert 'href="/desk/next/"' in text_of(answer)


def test_own_work_is_counted_and_leads_to_its_tickets(bea, world, ticket):
    assign(ticket, world.bea, by=world.bea)
    TicketFactory(queue=world.support, customer=world.erik)
    assert figures(bea.get(START)) == {"mine": "1", "unassigned": "1", "new": "2", "due": "0", "reminder": "0"}


def test_urgent_is_what_is_mine_or_nobodys_and_does_not_wait(bea, world, ticket):
    waiting = put(TicketFactory(queue=world.support, customer=world.erik), "pending reminder", by=world.bea)
    theirs = TicketFactory(queue=world.support, customer=world.erik)
    assign(theirs, world.carlos, by=world.carlos)
    mine = TicketFactory(queue=world.billing, customer=world.erik)
    assign(mine, world.bea, by=world.bea)
    important = TicketFactory(queue=world.support, customer=world.erik)
    set_priority(important, Priority.objects.get(level=4), by=world.bea)
    assert [found.pk for found in urgent_for(world.bea)] == [important.pk, ticket.pk, mine.pk]
    assert waiting not in urgent_for(world.bea)
    shown = card(bea.get(START), "urgent")
    assert shown.index(important.number) < shown.index(ticket.number) < shown.index(mine.number)
    assert "Nobody has it." in shown


def test_a_customer_has_answered_only_where_somebody_had_answered_before(bea, world, ticket):
    assign(ticket, world.bea, by=world.bea)
    customer_writes(ticket, "It still hums.")
    assert "It is yours." in card(bea.get(START), "urgent")
    reply(ticket, Message(text="Is it plugged in?"), by=world.bea)
    assert "It is yours." in card(bea.get(START), "urgent")
    customer_writes(ticket, "It is.")
    assert "The customer has answered." in card(bea.get(START), "urgent")


def test_what_is_due_comes_first(world, ticket):
    important = TicketFactory(queue=world.support, customer=world.erik)
    set_priority(important, Priority.objects.get(level=5), by=world.bea)
    type(ticket).objects.filter(pk=ticket.pk).update(due_at=timezone.now() + timedelta(hours=1))
    assert [found.pk for found in urgent_for(world.bea)] == [ticket.pk, important.pk]


def test_the_team_is_who_shares_a_role_with_what_the_reader_may_see(bea, carlos, world, ticket):
    assign(ticket, world.carlos, by=world.carlos)
    put(TicketFactory(queue=world.support, customer=world.erik, owner=world.carlos), "pending reminder", by=world.bea)
    put(TicketFactory(queue=world.support, customer=world.erik, owner=world.carlos), "closed successful", by=world.bea)
    TicketFactory(queue=world.billing, customer=world.erik, owner=world.bea)
    AgentFactory(name="Olga Other")
    today = timezone.localtime().replace(hour=0, minute=0)
    loads = {
        load.person.name: (load.open, load.waiting, load.closed_today) for load in load_of_team(world.bea, since=today)
    }
    assert loads == {"Carlos Díaz": (1, 1, 1), "Bea Costa": (1, 0, 0), "Alex Berger": (0, 0, 0)}
    seen_by_carlos = {load.person.name: load.all for load in load_of_team(world.carlos, since=today)}
    assert seen_by_carlos == {"Carlos Díaz": 2, "Alex Berger": 0, "Bea Costa": 0}
    assert "Olga Other" not in text_of(carlos.get(START))


def test_who_is_away_is_marked(bea, world):
    world.carlos.away_from, world.carlos.substitute = date(2020, 1, 1), world.alex
    world.carlos.save()
    shown = card(bea.get(START), "team")
    assert "away, Alex Berger stands in" in shown
    assert "avatar__dot--away" in shown


def test_what_happened_last_stands_once_for_each_ticket(bea, world, ticket):
    assign(ticket, world.carlos, by=world.carlos)
    customer_writes(ticket, "It still hums.")
    shown = card(bea.get(START), "latest")
    assert shown.count(f"#{ticket.number}") == 1
    assert "wrote an email" in shown


def test_T48_hidden_tickets_change_nothing(carlos, world, ticket):
    plain = re.compile(r'csrfmiddlewaretoken" value="[^"]+|X-CSRFToken":"[^"]+')
    before = text_of(carlos.get(START))
    for owner in (None, world.bea, world.carlos):
        hidden = TicketFactory(queue=world.billing, customer=world.dana, title="Xylophone", owner=owner)
        set_priority(hidden, Priority.objects.get(level=5), by=world.bea)
    put(hidden, "closed successful", by=world.bea)
    assert plain.sub("", before) == plain.sub("", text_of(carlos.get(START)))


def test_a_part_is_answered_with_what_changes_alone(bea, world, ticket):
    answer = text_of(part(bea, START))
    assert answer.strip().startswith('<div class="dash" id="dash">')


def test_the_page_costs_the_same_for_many(bea, world, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            assert bea.get(START).status_code == 200
        return len(counted)

    bea.get(START)
    before = cost()
    for number in range(8):
        agent = AgentFactory()
        agent.groups.add(world.support_role)
        TicketFactory(queue=world.support, customer=CustomerFactory(), owner=agent if number % 2 else None)
    assert cost() == before <= 14
    for _number in range(3):
        customer_writes(TicketFactory(queue=world.support, customer=world.erik, owner=world.bea), "Hello?")
        assert cost() == before + 1


@pytest.mark.parametrize("who", ["dana"])
def test_customers_have_no_desk(world, signed_in, who):
    assert signed_in(getattr(world, who)).get(START).status_code == 404
