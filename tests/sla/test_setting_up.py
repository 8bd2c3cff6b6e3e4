"""Calendars, SLAs and hours of queues: what is saved, what is refused, and how running clocks follow."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from accounts.models import ConfigChange
from accounts.people import system_actor
from core.work import LEASE, run_leased
from sla import retargeting
from sla.actions import choose_policy, release_policy
from sla.configuring import remove_policy, renew_calendars, save_calendar, save_policy, save_queue_hours
from sla.journals import disagreements, explain
from sla.models import Calendar, CalendarVersion, Clock, Policy, QueueHours, QueueTarget, Retarget, Stamp, Target
from sla.packs import UnknownCountry, public_holidays, regions
from sla.queries import Due, due_in, expected_answer, when_due
from sla.terms import hours_of
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, OFFICE, at, clock, due, hours_of_queue, on
from tickets.actions.fields import set_customer, set_type
from tickets.actions.progress import set_state
from tickets.actions.queues import save_queue
from tickets.actions.replying import add_note
from tickets.actions.routing import move
from tickets.changes import Stale
from tickets.conditions import matches, to_q, viewer
from tickets.messages import Message
from tickets.models import Event, State, Ticket, TicketType

pytestmark = pytest.mark.django_db

SAY = Message(text="Hello")


def catch_up() -> None:
    """Do what workers would do for changed setups."""
    for row in Retarget.objects.due():
        run_leased(Retarget, row.pk, retargeting.run, lease=LEASE)


class TestCalendars:
    def test_public_holidays_are_days_of_its_versions(self, db):
        calendar = save_calendar(
            Calendar(name="Munich", zone="Europe/Berlin", hours=OFFICE, country="DE", region="BY"),
            by=system_actor("sla"),
        )
        days = calendar.current().data["days"]
        assert days["2026-12-25"]["hours"] == []
        assert days["2026-01-06"]["name"]  # a holiday of Bavaria alone
        assert calendar.current().until_year >= date.today().year + 10

    def test_own_days_win_over_public_ones(self, db):
        own = {"2026-12-25": {"name": "We are here", "hours": [["10:00", "12:00"]]}, "2026-12-24": {"name": "Half"}}
        calendar = Calendar(name="Berlin", zone="Europe/Berlin", hours=OFFICE, country="DE", own_days=own)
        hours = hours_of(save_calendar(calendar, by=system_actor("sla")).current().pk)
        assert (
            hours.between(at(0, "09:00").replace(month=12, day=24), at(0, "09:00").replace(month=12, day=26))
            == 2 * HOUR
        )

    @pytest.mark.parametrize(
        ("broken", "field"),
        [
            ({"hours": {"mon": [["8", "9"]]}}, "hours"),
            ({"hours": {"mon": "08:00-17:00"}}, "hours"),
            ({"hours": []}, "hours"),
            ({"zone": "Mars"}, "hours"),
            ({"country": "XX"}, "country"),
            ({"country": "DE", "region": "CA"}, "country"),
            ({"own_days": {"Christmas": {}}}, "hours"),
            ({"own_days": {"2026-12-24": {"hours": [["22:00", "02:00"]]}}}, "hours"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, broken, field, db):
        with pytest.raises(ValidationError) as refusal:
            save_calendar(Calendar(name="Broken", **broken), by=system_actor("sla"))
        assert field in refusal.value.message_dict
        assert not Calendar.objects.exists()

    def test_saving_it_unchanged_changes_nothing(self, office):
        before = CalendarVersion.objects.count(), Retarget.objects.count(), ConfigChange.objects.count()
        save_calendar(Calendar.objects.get(pk=office.pk), by=system_actor("sla"))
        assert (CalendarVersion.objects.count(), Retarget.objects.count(), ConfigChange.objects.count()) == before

    def test_another_name_is_no_other_version(self, office):
        office.name = "Desk"
        save_calendar(office, by=system_actor("sla"))
        assert office.versions.count() == 1

    def test_one_is_the_default(self, office):
        other = save_calendar(Calendar(name="Other", hours=OFFICE, is_default=True), by=system_actor("sla"))
        assert list(Calendar.objects.filter(is_default=True)) == [other]

    def test_holidays_are_renewed_in_time(self, db):
        calendar = save_calendar(Calendar(name="Lisbon", hours=OFFICE, country="PT"), by=system_actor("sla"))
        assert renew_calendars() == 0
        with on(8 * 366, "09:00"):
            assert renew_calendars() == 1
            assert calendar.current().until_year >= 2034 + 10
            assert renew_calendars() == 0

    def test_packs_know_countries_and_regions(self):
        assert {"BR", "DE", "ES", "GB", "PT", "US"} <= set(regions())
        assert "SP" in regions()["BR"]
        assert date(2026, 5, 1) in public_holidays("DE", "", [2026])
        with pytest.raises(UnknownCountry):
            public_holidays("DE", "XX", [2026])


class TestPolicies:
    def test_the_first_whose_condition_holds(self, world, sla):
        sla("All", position=9, solution=40 * HOUR)
        sla("Acme", position=1, solution=8 * HOUR, condition={"field": "organisation", "is": "Acme"})
        with on(0, "10:00"):
            of_acme = TicketFactory(queue=world.support, customer=world.dana)
            of_globex = TicketFactory(queue=world.support, customer=world.erik)
        assert clock(of_acme, "solution").policy.name == "Acme"
        assert clock(of_globex, "solution").policy.name == "All"

    def test_another_customer_another_sla_and_the_time_stays(self, world, sla):
        sla("All", position=9, solution=40 * HOUR)
        sla("Acme", position=1, solution=8 * HOUR, condition={"field": "organisation", "is": "Acme"})
        with on(0, "10:00"):
            ticket = TicketFactory(queue=world.support, customer=world.erik)
        with on(0, "12:00"):
            set_customer(ticket, world.dana, by=world.bea)
        assert due(ticket) == at(1, "10:00")
        changed = ticket.events.get(kind="sla.changed")
        assert changed.data["sla"]["was"]["name"] == "All"
        assert changed.cause_event.kind == "customer.changed"
        assert disagreements(ticket) == []

    def test_queues_have_one_for_the_rest(self, world, sla):
        sla("Incidents", position=1, solution=HOUR, condition={"field": "type", "is": "Incident"})
        usual = sla("Usual", solution=8 * HOUR, condition=None)
        hours_of_queue(world.support, policy=usual)
        with on(0, "10:00"):
            ticket = TicketFactory(queue=world.hardware, customer=world.dana)  # below Support
            elsewhere = TicketFactory(queue=world.billing, customer=world.dana)
        assert due(ticket) == at(1, "10:00")
        assert due(elsewhere) is None
        with on(0, "10:30"):
            set_type(ticket, TicketType.objects.get(name="Incident"), by=world.bea)
            set_type(elsewhere, TicketType.objects.get(name="Incident"), by=world.bea)
        assert due(ticket) == due(elsewhere) == at(0, "11:00")

    def test_calendars_of_target_sla_queue_and_default(self, world, sla, office):
        save = lambda name, zone: save_calendar(Calendar(name=name, zone=zone, hours=OFFICE), by=system_actor("sla"))  # noqa: E731
        of_target, of_queue = save("Target", "Asia/Tokyo"), save("Queue", "America/New_York")
        sla(first_response=HOUR, solution=2 * HOUR, calendars={"first_response": of_target})
        hours_of_queue(world.billing, calendar=of_queue)
        with on(0, "10:00"):
            usual = TicketFactory(queue=world.support, customer=world.dana)
            other = TicketFactory(queue=world.billing, customer=world.dana)
        assert clock(usual, "solution").due_at == at(0, "12:00")
        assert clock(other, "solution").due_at == at(0, "16:00")
        assert clock(other, "first_response").due_at == at(1, "01:00")

    def test_no_calendar_at_all_counts_every_hour(self, world):
        policy = Policy(name="Always", condition={"all": []})
        save_policy(policy, [Target(kind="solution", seconds=10 * HOUR)], by=system_actor("sla"))
        with on(5, "20:00"):
            ticket = TicketFactory(queue=world.support, customer=world.dana)
        assert due(ticket) == at(6, "06:00")

    @pytest.mark.parametrize(
        "condition",
        [
            {},
            {"field": "nobody", "is": 1},
            {"field": "due", "empty": True},
            {"not": {"all": [{"field": "sla", "is": "x"}]}},
        ],
    )
    def test_a_condition_that_cannot_be_is_refused(self, condition, office):
        with pytest.raises(ValidationError):
            save_policy(Policy(name="Broken", condition=condition), [], by=system_actor("sla"))
        assert not Policy.objects.exists()

    @pytest.mark.parametrize("seconds", [0, 59, 400_000_000])
    def test_targets_have_bounds(self, seconds, office):
        with pytest.raises(ValidationError):
            save_policy(Policy(name="Broken"), [Target(kind="solution", seconds=seconds)], by=system_actor("sla"))

    def test_the_audit_shows_the_targets(self, sla, office):
        policy = sla(solution=8 * HOUR)
        save_policy(policy, [Target(kind="solution", seconds=4 * HOUR)], by=system_actor("sla"))
        change = ConfigChange.objects.order_by("-id")[0]
        assert change.before["targets"][0]["seconds"] == 8 * HOUR
        assert change.after["targets"] == [
            {"kind": "solution", "priority": None, "seconds": 4 * HOUR, "calendar": None}
        ]

    def test_one_that_was_never_used_can_go(self, sla, office):
        policy = sla(solution=8 * HOUR)
        remove_policy(policy, by=system_actor("sla"))
        assert not Target.objects.exists()

    def test_a_condition_that_names_what_is_gone_holds_for_none(self, world, sla):
        policy = sla(solution=HOUR)
        Policy.objects.filter(pk=policy.pk).update(condition={"field": "gone", "is": 1})
        Stamp.objects.update(stamp=uuid4())
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        assert due(ticket) is None


class TestRunningClocksFollow:
    @pytest.fixture
    def ticket(self, world, sla):
        self.policy = sla(solution=8 * HOUR)
        with on(0, "10:00"):
            return TicketFactory(queue=world.support, customer=world.dana)

    def test_a_calendar(self, ticket, office):
        with on(0, "12:00"):
            office.hours = {day: [["09:00", "13:00"]] for day in OFFICE}
            save_calendar(office, by=system_actor("sla"))
            assert due(ticket) == at(1, "10:00")
            catch_up()
        assert due(ticket) == at(2, "10:00")  # one hour left today, four tomorrow, one the day after
        assert disagreements(ticket) == []
        first, second = explain(clock(ticket, "solution"), at(0, "13:00"))
        assert (first.seconds, second.seconds, second.total, second.calendar) == (2 * HOUR, HOUR, 3 * HOUR, "Office")

    def test_a_target(self, ticket):
        with on(0, "12:00"):
            save_policy(self.policy, [Target(kind="solution", seconds=4 * HOUR)], by=system_actor("sla"))
            catch_up()
        assert due(ticket) == at(0, "14:00")

    def test_a_target_that_is_taken_away(self, ticket):
        with on(0, "12:00"):
            save_policy(self.policy, [], by=system_actor("sla"))
            catch_up()
        assert due(ticket) is None
        assert clock(ticket, "solution").state == "cancelled"

    def test_a_target_that_comes_later_counts_from_the_beginning(self, ticket, world):
        with on(0, "11:00"):
            set_state(ticket, State.objects.get(name="pending reminder"), until=at(3, "10:00"), by=world.bea)
        with on(0, "12:00"):
            set_state(ticket, State.objects.get(name="open"), by=world.bea)
        with on(0, "13:00"):
            targets = [Target(kind="solution", seconds=8 * HOUR), Target(kind="first_response", seconds=4 * HOUR)]
            save_policy(self.policy, targets, by=system_actor("sla"))
            catch_up()
        assert clock(ticket, "first_response").spent == 2 * HOUR
        assert due(ticket) == at(0, "15:00")
        kinds = [entry.kind for entry in clock(ticket, "first_response").entries.all()]
        assert kinds == ["start", "pause", "resume", "retarget"]
        assert disagreements(ticket) == []

    def test_an_sla_for_tickets_that_had_none(self, world, sla):
        with on(0, "10:00"):
            ticket = TicketFactory(queue=world.support, customer=world.dana)
        assert not Clock.objects.exists()
        with on(0, "13:00"):
            sla(solution=8 * HOUR)
            catch_up()
        assert due(ticket) == at(1, "10:00")
        assert ticket.events.filter(kind="sla.changed").count() == 1

    def test_an_sla_that_is_switched_off(self, ticket):
        self.policy.is_active = False
        save_policy(self.policy, self.policy.targets.all(), by=system_actor("sla"))
        catch_up()
        assert due(ticket) is None

    def test_the_hours_of_a_queue(self, ticket, world):
        with on(0, "11:00"):
            save_queue_hours(QueueHours(queue=world.support), [QueueTarget(seconds=HOUR)], by=system_actor("sla"))
            catch_up()
        assert due(ticket) == at(0, "11:00")

    def test_a_queue_that_is_put_elsewhere(self, world, ticket):
        hours_of_queue(world.billing, stay=HOUR)
        with on(0, "10:30"):
            world.hardware.parent = world.billing
            save_queue(world.hardware, by=world.alex)
            move(ticket, world.hardware, by=world.bea)
        assert clock(ticket, "stay").due_at == at(0, "11:30")

    def test_in_steps_with_progress_and_it_goes_on_where_it_stopped(self, world, sla, office, monkeypatch):
        monkeypatch.setattr(retargeting, "CHUNK", 2)
        sla(solution=8 * HOUR)
        with on(0, "10:00"):
            tickets = [TicketFactory(queue=world.support, customer=world.dana) for _n in range(5)]
        Retarget.objects.all().delete()
        with on(0, "12:00"):
            office.zone = "Europe/Lisbon"
            office.hours = {day: [["09:00", "13:00"]] for day in OFFICE}
            save_calendar(office, by=world.alex)
            row = Retarget.objects.get()
            retargeting.run(row, seconds=0)
            assert (row.total, row.done, row.finished_at) == (5, 0, None)
            assert row.due_at is not None
            assert row.attempts == 0  # it goes on as often as it takes
            run = retargeting.look_again
            monkeypatch.setattr(
                retargeting,
                "look_again",
                lambda ids, *, cause: 1 / 0 if tickets[3].pk in ids else run(ids, cause=cause),
            )
            catch_up()
            row.refresh_from_db()
            assert (row.done, row.attempts, row.finished_at) == (2, 1, None)
            monkeypatch.setattr(retargeting, "look_again", run)
            row.retry()
            row.save_work()
            catch_up()
        row.refresh_from_db()
        assert (row.done, row.due_at, row.asked_by) == (5, None, world.alex)
        assert row.finished_at is not None
        assert [due(ticket) for ticket in tickets] == [at(2, "10:00")] * 5

    def test_a_later_change_takes_over(self, office):
        Retarget.objects.all().delete()
        for end in ("14:00", "15:00"):
            office.hours = {"mon": [["09:00", end]]}
            save_calendar(office, by=system_actor("sla"))
        assert Retarget.objects.count() == 2
        assert Retarget.objects.filter(finished_at=None).count() == 1

    def test_the_cost_does_not_grow_with_the_tickets_of_a_step(self, world, sla, office, queries):
        sla(solution=8 * HOUR)
        counts = []
        for number in (2, 6):
            with on(0, "10:00"):
                for _n in range(number):
                    TicketFactory(queue=world.support, customer=world.dana)
            with on(0, "12:00"):
                office.hours = {"mon": [["09:00", f"{10 + number}:00"]]}
                save_calendar(office, by=system_actor("sla"))
                ids = list(Ticket.objects.values_list("pk", flat=True))
                with queries() as counted:
                    retargeting.look_again(ids, cause=retargeting.Cause("sla"))
            due_updates = sum('UPDATE "tickets_ticket"' in query["sql"] for query in counted)
            counts.append(len(counted) - due_updates)
        assert counts[0] == counts[1]


class TestChoosing:
    def test_conditions_no_longer_decide_until_released(self, world, sla):
        acme = sla("Acme", position=1, solution=8 * HOUR, condition={"field": "organisation", "is": "Acme"})
        other = sla("Other", solution=16 * HOUR, condition=None)
        with on(0, "10:00"):
            ticket = TicketFactory(queue=world.support, customer=world.dana)
            choose_policy(ticket, other, by=world.bea)
            move(ticket, world.hardware, by=world.bea)
        assert clock(ticket, "solution").policy == other
        with on(0, "11:00"):
            release_policy(ticket, by=world.bea)
        assert clock(ticket, "solution").policy == acme
        assert due(ticket) == at(1, "10:00")
        assert disagreements(ticket) == []

    def test_none_can_be_chosen(self, world, sla):
        sla(solution=8 * HOUR)
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        choose_policy(ticket, None, by=world.bea)
        assert due(ticket) is None

    def test_two_at_once_are_told(self, world, sla):
        sla(solution=8 * HOUR)
        other = sla("Other", solution=16 * HOUR, condition=None)
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        seen = ticket.version
        choose_policy(ticket, other, by=world.bea)
        with pytest.raises(Stale):
            choose_policy(ticket, None, by=world.carlos, seen=seen)


class TestQuestions:
    def test_lists_by_when_it_is_due(self, world, sla):
        sla(solution=HOUR)
        expected = {}
        for day, moment, found in [
            (0, "09:00", Due.OVERDUE),
            (0, "15:30", Due.TODAY),
            (1, "09:30", Due.TOMORROW),
            (3, "09:30", Due.THIS_WEEK),
            (7, "09:30", Due.LATER),
        ]:
            with on(day, moment):
                expected.setdefault(found, []).append(TicketFactory(queue=world.support, customer=world.dana))
        now = at(0, "12:00")
        for found, tickets in expected.items():
            assert list(due_in(Ticket.objects.allowing(world.bea, "read"), found, now)) == tickets
            assert when_due(Ticket.objects.get(pk=tickets[0].pk), now) == found

    def test_customers_are_told_when_to_expect_an_answer(self, world, sla):
        sla(first_response=2 * HOUR, solution=HOUR)
        hours_of_queue(world.support, stay=60)
        with on(0, "10:00"):
            ticket = TicketFactory(queue=world.support, customer=world.dana)
        assert expected_answer(ticket) == at(0, "12:00")

    def test_conditions_may_ask_for_the_sla(self, world, sla):
        sla(solution=HOUR)
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        condition = {"field": "sla", "is": "Gold"}
        assert matches(ticket, condition, viewer(None))
        assert list(Ticket.objects.filter(to_q(condition, viewer(None)))) == [ticket]
        assert not Ticket.objects.filter(to_q({"field": "sla", "empty": True}, viewer(None))).exists()


def test_what_changes_no_clock_costs_one_question(world, sla, queries):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    with queries() as without:
        add_note(ticket, SAY, by=world.bea)
    sla(solution=HOUR)
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    with queries() as with_sla:
        add_note(ticket, SAY, by=world.bea)
    assert len(with_sla) == len(without) + 1
    assert not any("sla_" in query["sql"] and "INSERT" in query["sql"] for query in with_sla)
    assert Event.objects.exists()
