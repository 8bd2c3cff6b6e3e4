"""Every clock, from its start to its end, by what people do."""

import pytest

from sla.actions import choose_policy
from sla.journals import disagreements
from sla.models import Clock
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, at, clock, due, hours_of_queue, journal, on
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.progress import set_priority, set_state
from tickets.actions.replying import add_note, log_contact, receive, receive_automatic, reply
from tickets.actions.routing import move
from tickets.changes import locked
from tickets.events import record
from tickets.messages import Message
from tickets.models import Priority, State, Ticket

pytestmark = pytest.mark.django_db

SAY = Message(text="Hello")


def state(name: str) -> State:
    return State.objects.get(name=name)


@pytest.fixture
def opened(world, office):
    """A customer's ticket, Monday at ten."""

    def make(**options) -> Ticket:
        with on(0, "10:00"):
            return TicketFactory(queue=world.support, customer=world.dana, **options)

    return make


def test_without_an_sla_there_is_nothing(world, opened):
    ticket = opened()
    assert not Clock.objects.exists()
    assert due(ticket) is None


class TestFirstResponse:
    @pytest.fixture(autouse=True)
    def gold(self, sla):
        return sla(first_response=2 * HOUR)

    def test_it_runs_from_the_opening_in_business_time(self, opened, world):
        with on(0, "16:00"):
            ticket = TicketFactory(queue=world.support, customer=world.dana)
        assert clock(ticket, "first_response").due_at == at(1, "10:00")
        assert due(ticket) == at(1, "10:00")

    def test_an_answer_meets_it(self, opened, world):
        ticket = opened()
        with on(0, "11:30"):
            reply(ticket, SAY, by=world.bea)
        found = clock(ticket, "first_response")
        assert (found.state, found.spent, found.late_by, found.ended_at) == ("met", 5400, -1800, at(0, "11:30"))
        assert due(ticket) is None

    def test_a_late_answer_says_by_how_much(self, opened, world):
        ticket = opened()
        with on(1, "09:30"):
            reply(ticket, SAY, by=world.bea)
        found = clock(ticket, "first_response")
        assert (found.state, found.late_by, found.passed_at) == ("met", 7 * HOUR + 1800 - 2 * HOUR, at(0, "12:00"))

    def test_a_visible_call_meets_it_a_note_does_not(self, opened, world):
        ticket = opened()
        with on(0, "10:30"):
            add_note(ticket, SAY, by=world.bea)
            log_contact(ticket, SAY, channel="phone", visible=False, by=world.bea)
        assert clock(ticket, "first_response").state == "running"
        with on(0, "10:40"):
            log_contact(ticket, SAY, channel="phone", visible=True, by=world.bea)
        assert clock(ticket, "first_response").state == "met"

    def test_the_receipt_is_no_answer(self, opened):
        ticket = opened()
        assert ticket.articles.filter(sender="system").exists()
        assert clock(ticket, "first_response").state == "running"

    def test_writing_first_meets_it_at_once(self, world):
        with on(0, "10:00"):
            opening = Opening(title="New prices", queue=world.support, customer=world.dana, channel="email")
            ticket = open_ticket(opening, SAY, sender="agent", by=world.bea).ticket
        found = clock(ticket, "first_response")
        assert (found.state, found.spent) == ("met", 0)

    def test_a_call_that_an_agent_writes_down_waits_for_an_answer(self, world):
        with on(0, "10:00"):
            ticket = TicketFactory(queue=world.support, customer=world.dana, channel="phone", by=world.bea)
        assert clock(ticket, "first_response").state == "running"

    def test_closing_without_an_answer_stops_it_reopening_goes_on(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            set_state(ticket, state("closed successful"), by=world.bea)
        assert clock(ticket, "first_response").state == "stopped"
        assert due(ticket) is None
        with on(1, "11:00"):
            set_state(ticket, state("open"), by=world.bea)
        assert journal(ticket, "first_response") == [
            ("start", at(0, "10:00"), 0),
            ("stop", at(0, "11:00"), 3600),
            ("resume", at(1, "11:00"), 3600),
        ]
        assert due(ticket) == at(1, "12:00")

    def test_an_answer_to_a_closed_ticket_is_an_answer(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            set_state(ticket, state("closed successful"), by=world.bea)
        with on(0, "11:30"):
            reply(ticket, SAY, by=world.bea)
        assert (clock(ticket, "first_response").state, clock(ticket, "first_response").spent) == ("met", HOUR)


class TestNextResponse:
    @pytest.fixture(autouse=True)
    def gold(self, sla):
        return sla(first_response=2 * HOUR, next_response=HOUR)

    def test_it_waits_for_the_first_answer(self, opened, world):
        ticket = opened()
        with on(0, "10:30"):
            receive(ticket, SAY, channel="email", by=world.dana)
        assert not Clock.objects.filter(kind="next_response").exists()

    def test_it_starts_with_the_oldest_message_without_an_answer(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            reply(ticket, SAY, by=world.bea)
        with on(0, "12:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        with on(0, "12:30"):
            receive(ticket, Message(text="Hello?"), channel="email", by=world.dana)
        assert due(ticket) == at(0, "13:00")
        with on(0, "12:45"):
            reply(ticket, SAY, by=world.bea)
        assert clock(ticket, "next_response").state == "met"
        with on(0, "14:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        assert due(ticket) == at(0, "15:00")
        assert Clock.objects.filter(kind="next_response").count() == 2

    def test_an_absence_notice_is_no_message(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            reply(ticket, SAY, by=world.bea)
        with on(0, "12:00"):
            notice = Message(text="I am away", marks=[{"code": "automatic"}])
            receive_automatic(ticket, notice, channel="email", by=world.dana)
        assert not Clock.objects.filter(kind="next_response").exists()

    def test_a_message_that_reopens_a_ticket_starts_it(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            reply(ticket, SAY, by=world.bea, then=state("closed successful"))
        with on(1, "12:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        assert due(ticket) == at(1, "13:00")

    def test_closing_with_a_message_unanswered_stops_it_and_it_goes_on(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            reply(ticket, SAY, by=world.bea)
        with on(0, "12:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        with on(0, "12:30"):
            set_state(ticket, state("closed successful"), by=world.bea)
        with on(1, "12:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        assert due(ticket) == at(1, "12:30")


class TestUpdate:
    @pytest.fixture(autouse=True)
    def gold(self, sla):
        return sla(update=4 * HOUR)

    def test_each_contact_starts_it_anew(self, opened, world):
        ticket = opened()
        assert due(ticket) == at(0, "14:00")
        with on(0, "12:00"):
            reply(ticket, SAY, by=world.bea)
        assert due(ticket) == at(0, "16:00")
        with on(0, "13:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        assert due(ticket) == at(0, "16:00")
        assert [(c.state, c.spent) for c in Clock.objects.order_by("id")] == [("met", 2 * HOUR), ("running", 0)]

    def test_with_a_first_response_it_starts_with_that(self, opened, world, sla):
        sla("Silver", position=0, first_response=HOUR, update=2 * HOUR, condition={"all": []})
        ticket = opened()
        assert Clock.objects.filter(ticket=ticket).count() == 1


class TestSolution:
    @pytest.fixture(autouse=True)
    def gold(self, sla):
        return sla(solution=8 * HOUR)

    def test_waiting_does_not_count(self, opened, world):
        ticket = opened()
        with on(0, "12:00"):
            set_state(ticket, state("pending reminder"), until=at(2, "10:00"), by=world.bea)
        assert due(ticket) is None
        with on(2, "10:00"):
            set_state(ticket, state("open"), by=world.bea)
        assert journal(ticket, "solution") == [
            ("start", at(0, "10:00"), 0),
            ("pause", at(0, "12:00"), 2 * HOUR),
            ("resume", at(2, "10:00"), 2 * HOUR),
        ]
        assert due(ticket) == at(2, "16:00")

    def test_closing_meets_it_and_reopening_goes_on_with_the_time_it_had(self, opened, world):
        ticket = opened()
        with on(0, "15:00"):
            set_state(ticket, state("closed successful"), by=world.bea)
        found = clock(ticket, "solution")
        assert (found.state, found.spent, found.late_by) == ("met", 5 * HOUR, -3 * HOUR)
        with on(3, "09:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        assert due(ticket) == at(3, "12:00")
        assert Clock.objects.filter(kind="solution").count() == 1


@pytest.mark.parametrize(("reopening", "expected"), [("restart", at(3, "17:00")), ("keep", None)])
def test_reopening_by_policy(reopening, expected, sla, opened, world):
    sla(solution=8 * HOUR, reopening=reopening)
    ticket = opened()
    with on(0, "15:00"):
        set_state(ticket, state("closed successful"), by=world.bea)
    with on(3, "09:00"):
        receive(ticket, SAY, channel="email", by=world.dana)
    assert due(ticket) == expected
    assert Clock.objects.filter(kind="solution").count() == (2 if reopening == "restart" else 1)


def test_further_states_pause(sla, opened, world):
    sla(solution=8 * HOUR, pause_states=[state("open").pk], pauses_when_pending=False)
    ticket = opened()
    with on(0, "11:00"):
        set_state(ticket, state("open"), by=world.bea)
    assert clock(ticket, "solution").state == "paused"
    with on(0, "12:00"):
        set_state(ticket, state("pending reminder"), until=at(1, "10:00"), by=world.bea)
    assert clock(ticket, "solution").state == "running"


def test_the_stay_in_a_queue_ends_with_leaving_it(world, opened, office):
    hours_of_queue(world.support, stay=4 * HOUR)
    ticket = opened()
    assert due(ticket) == at(0, "14:00")
    with on(0, "11:00"):
        move(ticket, world.hardware, by=world.bea)  # inherits the target
    assert due(ticket) == at(0, "15:00")
    with on(0, "12:00"):
        move(ticket, world.billing, by=world.bea)
    assert due(ticket) is None
    assert [(c.state, c.spent) for c in Clock.objects.order_by("id")] == [("met", HOUR), ("met", HOUR)]


def test_a_priority_keeps_what_was_spent(sla, opened, world):
    sla(solution=16 * HOUR, high={"solution": 4 * HOUR})
    ticket = opened()
    assert due(ticket) == at(2, "10:00")
    with on(0, "11:00"):
        set_priority(ticket, Priority.objects.get(level=5), by=world.bea)
    assert due(ticket) == at(0, "14:00")
    assert journal(ticket, "solution")[-1] == ("retarget", at(0, "11:00"), HOUR)


def test_the_earliest_is_that_of_the_ticket(sla, opened):
    sla(first_response=2 * HOUR, solution=HOUR)
    assert due(opened()) == at(0, "11:00")


def test_a_person_chooses_and_time_spent_stays(sla, opened, world):
    sla(solution=8 * HOUR)
    bronze = sla("Bronze", solution=16 * HOUR, update=HOUR, condition=None)
    ticket = opened()
    with on(0, "12:00"):
        event = choose_policy(ticket, bronze, by=world.bea)
        assert event.data["sla"]["now"]["name"] == "Bronze"
        assert choose_policy(ticket, bronze, by=world.bea) is None
    assert clock(ticket, "solution").due_at == at(2, "10:00")
    # what was not promised before counts since what it is about began
    assert clock(ticket, "update").due_at == at(0, "11:00")
    with on(0, "12:10"):
        set_priority(ticket, Priority.objects.get(level=5), by=world.bea)
    assert clock(ticket, "solution").policy == bronze


class TestTakingBack:
    """An answer that is taken back within the seconds before it leaves was never given."""

    def take_back(self, ticket, article, world) -> None:
        with locked(ticket) as ticket:
            article.visible_to_customer = False
            article.save(update_fields=["visible_to_customer"])
            record(ticket, "article.taken_back", by=world.bea, article=article)

    def test_the_first_answer(self, sla, opened, world):
        sla(first_response=2 * HOUR, update=HOUR)
        ticket = opened()
        with on(0, "11:00"):
            article = reply(ticket, SAY, by=world.bea)
        assert clock(ticket, "update").state == "running"
        with on(0, "11:30"):
            self.take_back(ticket, article, world)
        found = clock(ticket, "first_response")
        assert (found.state, found.due_at) == ("running", at(0, "12:00"))
        assert clock(ticket, "update").state == "cancelled"
        assert disagreements(ticket) == []
        with on(0, "11:45"):
            reply(ticket, SAY, by=world.bea)
        assert clock(ticket, "first_response").spent == 6300
        assert disagreements(ticket) == []

    def test_a_later_answer(self, sla, opened, world):
        sla(next_response=2 * HOUR, update=3 * HOUR)
        ticket = opened()
        with on(0, "11:00"):
            reply(ticket, SAY, by=world.bea)
        with on(0, "12:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        with on(0, "12:30"):
            article = reply(ticket, SAY, by=world.bea)
        with on(0, "12:40"):
            self.take_back(ticket, article, world)
        going = {c.kind: (c.since, c.due_at) for c in Clock.objects.going()}
        assert going == {
            "next_response": (at(0, "12:00"), at(0, "14:00")),
            "update": (at(0, "11:00"), at(0, "14:00")),
        }
        assert disagreements(ticket) == []


def test_what_a_merged_tickets_customer_waits_for_is_waited_for_here(sla, opened, world):
    sla(first_response=8 * HOUR, next_response=2 * HOUR)
    survivor, merged = opened(), opened()
    with on(0, "10:30"):
        reply(survivor, SAY, by=world.bea)
        reply(merged, SAY, by=world.bea)
    with on(0, "11:00"):
        receive(merged, SAY, channel="email", by=world.dana)
    with on(0, "12:00"), locked(survivor) as ticket:
        absorbed = {"was": None, "now": {"id": merged.pk, "name": merged.number}}
        record(ticket, "ticket.absorbed", by=world.bea, data={"absorbed": absorbed})
    assert clock(survivor, "next_response").due_at == at(0, "13:00")
    assert disagreements(survivor) == []


def test_a_ticket_in_the_trash_is_promised_nothing_until_it_comes_back(sla, opened, world):
    sla(first_response=2 * HOUR, solution=4 * HOUR)
    ticket = opened()
    with on(0, "11:00"):
        set_state(ticket, state("removed"), by=world.bea)
    assert {c.state for c in Clock.objects.all()} == {"stopped"}
    with on(0, "15:00"):
        set_state(ticket, state("open"), by=world.bea)
    assert due(ticket) == at(0, "16:00")
    assert clock(ticket, "solution").due_at == at(1, "10:00")


def test_writing_costs_the_same_however_long_the_story_is(sla, opened, world, queries):
    sla(first_response=2 * HOUR, next_response=HOUR, update=HOUR, solution=8 * HOUR)
    ticket, counts = opened(), []
    for hour in (11, 12, 13, 14, 15):
        with on(0, f"{hour}:00"), queries() as counted:
            reply(ticket, SAY, by=world.bea)
        counts.append(sum("sla_" in query["sql"] for query in counted))
        with on(0, f"{hour}:30"):
            receive(ticket, SAY, channel="email", by=world.dana)
    assert len(set(counts[1:])) == 1
    assert counts[-1] <= 14
