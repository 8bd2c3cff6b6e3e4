"""Service levels in the administration: conditions, targets, order, what they would have meant, retiring them."""

import re

import pytest
from django.urls import reverse

from accounts.people import system_actor
from sla import retargeting
from sla.configuring import save_calendar, save_policy
from sla.models import Calendar, Policy, Retarget, Target
from tests.factories import TicketFactory
from tests.setup.test_calendars import part
from tests.setup.test_meanwhile import seen
from tests.sla.conftest import HOUR, OFFICE, hours_of_queue, on
from tickets.actions.progress import set_state
from tickets.models import Priority, State, Ticket
from tickets.rights import grant
from web.setup.forms.slas import read_spans, write_spans

NEW = "setup:sla_new"
WORKDAY = 8 * HOUR


@pytest.fixture
def office(db) -> Calendar:
    calendar = Calendar(name="Office", zone="UTC", hours=OFFICE, is_default=True)
    return save_calendar(calendar, by=system_actor("system"))


@pytest.fixture
def gold(office) -> Policy:
    return made("Gold", solution=8 * HOUR)


def made(name: str, *, condition=None, calendar=None, **goals) -> Policy:
    policy = Policy(name=name, condition=condition or {"all": []}, calendar=calendar)
    targets = [Target(kind=kind, seconds=seconds) for kind, seconds in goals.items()]
    return save_policy(policy, targets, by=system_actor("system"))


def sent(*rows, **fields) -> dict:
    """What the form posts; rows are (path, field, operator, value) of the condition."""
    data: dict = {"name": "Gold", "applies": "matching", "reopening": "resume", "is_active": "on", "kind-0": "all"}
    data |= {"pauses_when_pending": "on", "row": [f"{path} leaf" for path, *_rest in rows]}
    for path, name, operator, value in rows:
        data |= {f"field-{path}": name, f"op-{path}": operator, f"value-{path}": value}
    return data | fields


def path_of(policy: Policy, name: str = "sla") -> str:
    return reverse(f"setup:{name}", args=[policy.pk])


def goals(policy: Policy) -> set:
    found = policy.targets.values_list("kind", "priority__level", "seconds", "calendar__name")
    return {(kind, level, seconds, calendar) for kind, level, seconds, calendar in found}


def test_a_new_one_with_all_there_is(world, door, office, last_change):
    high, low = Priority.objects.get(level=5), Priority.objects.get(level=1)
    round_the_clock = save_calendar(
        Calendar(
            name="Always", hours={day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")}
        ),
        by=system_actor("system"),
    )
    hold = State.objects.create(name="on hold", type="open")
    data = sent(
        ("0.0", "organisation", "is", "Acme"),
        ("0.1", "queue", "in", [str(world.support.pk), str(world.billing.pk)]),
        **{
            "t-first_response-0": "30 min",
            "t-solution-0": "2 d",
            f"t-solution-{high.pk}": "4 h",
            f"c-solution-{high.pk}": str(round_the_clock.pk),
            f"t-solution-{low.pk}": "none",
            f"t-update-{high.pk}": "1 d",
            f"c-update-{high.pk}": str(round_the_clock.pk),
        },
        warnings="80, 50 %",
        levels="1 d, 30 min",
        pause_states=[str(hold.pk)],
        reopening="restart",
    )
    answer = door.post(reverse(NEW), data)
    policy = Policy.objects.get()
    assert answer["Location"] == path_of(policy)
    assert policy.condition == {
        "all": [
            {"field": "organisation", "is": "Acme"},
            {"field": "queue", "in": [world.support.pk, world.billing.pk]},
        ]
    }
    assert goals(policy) == {
        ("first_response", None, 1800, None),
        ("solution", None, 2 * WORKDAY, None),
        ("solution", 5, 4 * HOUR, "Always"),
        ("solution", 1, None, None),
        ("update", 5, 24 * HOUR, "Always"),
    }
    assert (policy.warnings, policy.levels) == ([50, 80], [1800, WORKDAY])
    assert (policy.pause_states, policy.reopening, policy.pauses_when_pending) == ([hold.pk], "restart", True)
    change = last_change()
    assert (change.kind, change.action, change.actor) == ("sla.policy", "created", world.alex)


def test_what_was_typed_is_shown_the_same_way(world, door, office):
    high = Priority.objects.get(level=5)
    fields = {"t-solution-0": "2 d", f"t-solution-{high.pk}": "none", "t-update-0": "90 min"}
    door.post(reverse(NEW), sent(**fields, warnings="75", levels="2 d"))
    page = door.get(path_of(Policy.objects.get())).content.decode()
    shown = dict(re.findall(r'name="(t-[^"]+|warnings|levels)" value="([^"]+)"', page))
    shown |= dict(re.findall(r'name="(warnings|levels)"[^>]* value="([^"]+)"', page))
    shown |= {name: value for value, name in re.findall(r'value="([^"]+)"[^>]* name="(warnings|levels)"', page)}
    assert shown["t-solution-0"] == "2 d"
    assert shown[f"t-solution-{high.pk}"] == "none"
    assert shown["t-update-0"] == "1 h 30 min"
    assert (shown["warnings"], shown["levels"]) == ("75 %", "2 d")
    assert "A day is 8 h of business time." in page


def test_a_day_is_one_of_the_calendar_that_counts(world, door, office):
    long_days = save_calendar(Calendar(name="Long", hours={"mon": [["08:00", "18:00"]]}), by=world.alex)
    door.post(reverse(NEW), sent(calendar=long_days.pk, **{"t-solution-0": "2 d"}))
    assert goals(Policy.objects.get()) == {("solution", None, 20 * HOUR, None)}


def test_what_cannot_be_read_is_told_at_its_field_and_the_text_stays(world, door, office, text_of):
    fields = {"t-solution-0": "soon", "t-update-0": "10 s", "warnings": "120", "levels": "later", "name": "Kept"}
    answer = door.post(reverse(NEW), sent(("0.0", "organisation", "is", ""), ("0.1", "", "", ""), **fields))
    page = answer.content.decode()
    assert answer.status_code == 422
    for place, said in {
        "wrong-solution-0": "Write 30 min, 4 h, 2 d or none.",
        "wrong-update-0": "Write 30 min, 4 h, 2 d or none.",
        "wrong-0.0": "Say what to compare with.",
        "wrong-0.1": "Choose what to compare.",
    }.items():
        assert f'id="{place}">{said}' in page
    assert "Percentages are numbers from 1 to 99." in page
    assert "Write 30 min, 4 h or 2 d." in page
    for text in ("soon", "10 s", "120", "later", "Kept"):
        assert f'value="{text}"' in page
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("1,5 h; 4 h", [1.5, 4]),
        ("30 min, 4 h", [0.5, 4]),
        ("4 h,1,5 h", [1.5, 4]),
        ("30 min,4 h;2 d", [0.5, 4, 16]),
        ("1.5 h;", [1.5]),
        ("1 h 30 min", [1.5]),
        ("", []),
    ],
)
def test_a_comma_in_a_number_does_not_part_spans(typed, hours):
    assert read_spans(typed, day=8 * HOUR) == [hour * HOUR for hour in hours]


def test_spans_are_written_so_that_they_can_be_read_again():
    levels = [1800, 5400, 16 * HOUR]
    assert write_spans(levels, day=8 * HOUR) == "30 min; 1 h 30 min; 2 d"
    assert read_spans(write_spans(levels, day=8 * HOUR), day=8 * HOUR) == levels


def test_bytes_that_no_database_keeps_do_not_come_in(world, door, office):
    assert door.post(reverse(NEW), sent(("0.0", "title", "is", "a\0b"), name="x\0")).status_code == 422
    assert door.post(reverse(NEW), sent(("0.0", "title", "is", "a\0b"))).status_code == 302
    assert Policy.objects.get().condition == {"all": [{"field": "title", "is": "ab"}]}


def test_fields_that_clocks_change_are_not_offered(world, door, office):
    page = door.get(reverse(NEW)).content.decode()
    draw = part(door, f"{reverse(NEW)}?draw=rows", sent(), edit="leaf 0").content.decode()
    assert '<option value="organisation"' in draw
    for name in ("due", "changed", "closed", "sla", "has_files", "watcher"):
        assert f'<option value="{name}"' not in draw
    assert "Open tickets that would have it now: 0" in page
    answer = door.post(reverse(NEW), sent(("0.0", "due", "empty", "")))
    assert answer.status_code == 422
    assert not Policy.objects.exists()


def test_tickets_that_an_earlier_one_takes_are_told_apart(world, door, gold):
    TicketFactory(queue=world.support, customer=world.dana)
    page = door.get(reverse(NEW)).content.decode()
    assert "Open tickets that would have it now: 0" in page
    assert "Others that fit but have another one, which stands further up or was chosen by a person: 1" in page


def test_rows_of_the_condition_come_and_go_without_being_kept(world, door, gold):
    TicketFactory(queue=world.support, customer=world.dana)
    path = f"{path_of(gold)}?draw=rows"
    answer = part(door, path, sent(("0.0", "queue", "is", str(world.billing.pk)), name="Typed"), edit="leaf 0")
    page = answer.content.decode()
    assert "<html" not in page
    assert re.findall(r'name="row" value="([^"]*)"', page) == ["0.0 leaf", "0.1 leaf"]
    page = part(door, path, sent(("0.0", "queue", "is", str(world.support.pk)))).content.decode()
    assert "Open tickets that would have it now: 1" in page
    whole = door.post(path, sent(name="Typed", warnings="7", **{"t-solution-0": "x"}) | {"edit": "leaf 0"})
    page = whole.content.decode()
    for text in ("Typed", "7", "x"):
        assert f'value="{text}"' in page
    gold.refresh_from_db()
    assert (gold.name, gold.condition) == ("Gold", {"all": []})


def test_one_that_nobody_finds_by_conditions(world, door, office):
    door.post(reverse(NEW), sent(("0.0", "queue", "is", ""), applies="chosen"))
    policy = Policy.objects.get()
    assert policy.condition is None
    page = door.get(path_of(policy)).content.decode()
    assert re.search(r'value="chosen"[^>]*checked', page)


def test_the_list_tells_order_conditions_targets_and_tickets(world, door, office, text_of):
    high = Priority.objects.get(level=5)
    gold = Policy(name="Gold", position=1, calendar=office, condition={"all": [
        {"field": "organisation", "is": world.acme.pk},
        {"not": {"field": "priority", "in": [high.pk]}},
        {"any": [{"field": "queue", "is": world.support.pk}, {"field": "tags", "contains": "vip"}]},
    ]})  # fmt: skip
    targets = [Target(kind="solution", seconds=2 * WORKDAY), Target(kind="solution", seconds=4 * HOUR, priority=high)]
    save_policy(gold, targets, by=world.alex)
    save_policy(Policy(name="Rest", position=2, condition={"all": []}), [], by=world.alex)
    with on(0, "10:00"):
        TicketFactory(queue=world.support, customer=world.dana)
        closed = TicketFactory(queue=world.support, customer=world.dana)
        set_state(closed, State.objects.get(name="closed successful"), by=world.bea)
    page = text_of(door.get(reverse("setup:slas")))
    assert "Organisation is Acme and Priority is none of" in page
    assert "(Queue is Support or Tags contains vip)" in page
    assert "All tickets" in page
    assert re.search(r"Solution: 16 h, [^,]+ 4 h", page)
    assert "1 open ticket has it now." in text_of(door.get(path_of(gold)))


def test_the_order_is_changed_and_the_part_comes_back(world, door, office):
    for name in ("A", "B", "C"):
        door.post(reverse(NEW), sent(name=name))
    moved = Policy.objects.get(name="C")
    assert door.post(path_of(moved, "sla_move"), {"to": "up"})["Location"] == reverse("setup:slas")
    assert [policy.name for policy in Policy.objects.all()] == ["A", "C", "B"]
    answer = door.post(path_of(moved, "sla_move"), {"to": "up"}, headers={"HX-Request": "true"})
    assert 'id="slas"' in answer.content.decode()
    assert [policy.name for policy in Policy.objects.all()] == ["C", "A", "B"]


def test_retiring_says_first_what_leans_on_it(world, door, gold, text_of):
    hours_of_queue(world.billing, policy=gold)
    with on(0, "10:00"):
        TicketFactory(queue=world.support, customer=world.dana)
    data = sent(**{"t-solution-0": "8 h"})
    del data["is_active"]
    asked = door.post(path_of(gold), data)
    assert asked.status_code == 422
    assert "1 open ticket has it" in text_of(asked)
    assert "The queue Billing names it" in text_of(asked)
    assert Policy.objects.get().is_active
    assert door.post(path_of(gold), data | {"confirmed": "on"}).status_code == 302
    assert not Policy.objects.get().is_active


def test_only_what_was_never_promised_can_be_removed(world, door, gold, text_of):
    spare = made("Spare", solution=HOUR, condition={"field": "title", "is": "nothing"})
    with on(0, "10:00"):
        TicketFactory(queue=world.support, customer=world.dana)
    assert door.post(path_of(gold, "sla_remove"))["Location"] == path_of(gold)
    assert "Make it inactive instead." in text_of(door.get(path_of(gold)))
    assert door.post(path_of(spare, "sla_remove"))["Location"] == reverse("setup:slas")
    assert list(Policy.objects.all()) == [gold]


def test_a_stale_page_is_refused_with_what_changed(world, door, gold, text_of):
    mark = seen(door, path_of(gold))
    save_policy(gold, [Target(kind="solution", seconds=4 * HOUR)], by=world.bea)
    answer = door.post(path_of(gold), sent(name="Mine", seen=mark, **{"t-solution-0": "1 h"}))
    assert answer.status_code == 409
    page = text_of(answer)
    assert "targets: Solution, All priorities: 8 h" in page
    assert "Solution, All priorities: 4 h" in page
    assert 'value="Mine"' in answer.content.decode()
    assert goals(gold) == {("solution", None, 4 * HOUR, None)}


def test_a_copy_begins_with_everything_but_the_name(world, door, gold):
    page = door.get(f"{reverse(NEW)}?copy={gold.pk}").content.decode()
    assert 'value="Gold (copy)"' in page
    assert 'name="t-solution-0" value="8 h"' in page
    assert Policy.objects.count() == 1


def test_saving_has_the_clocks_follow(world, door, gold, text_of):
    with on(0, "10:00"):
        TicketFactory(queue=world.support, customer=world.dana)
    Retarget.objects.all().delete()
    door.post(path_of(gold), sent(**{"t-solution-0": "4 h"}))
    assert Retarget.objects.get().asked_by == world.alex
    assert "Clocks are about to follow “Gold”." in text_of(door.get(reverse("setup:slas")))
    retargeting.run(Retarget.objects.get())
    page = text_of(door.get(reverse("setup:sla_progress")))
    assert "Clocks follow “Gold”: 1 ticket was looked at." in page
    assert "Finished" in page


class TestOnThePast:
    @pytest.fixture
    def tickets(self, world, office) -> list[Ticket]:
        """Two opened on Monday at ten; one of them was solved after five hours."""
        with on(0, "10:00"):
            tickets = [TicketFactory(queue=world.support, customer=world.dana) for _n in range(2)]
        with on(0, "15:00"):
            set_state(tickets[0], State.objects.get(name="closed successful"), by=world.bea)
        return tickets

    def asked(self, door, policy=None, **fields):
        path = path_of(policy) if policy else reverse(NEW)
        with on(4, "10:00"):
            return part(door, path, sent(**{"preview": "on", "past-days": "7", "name": "Tried"} | fields))

    def test_figures_and_late_tickets_without_saving(self, world, door, tickets, text_of):
        answer = self.asked(door, **{"t-solution-0": "4 h"})
        page = text_of(answer)
        assert answer.status_code == 200
        assert "It would have been promised to 2 of 2 tickets." in page
        assert re.search(r"Solution .* 2 0 2", page)
        assert f"#{tickets[0].number}" in page
        assert "1 h" in page
        assert not Policy.objects.exists()
        assert not Retarget.objects.exclude(reason="Office").exists()

    def test_in_time(self, world, door, tickets, text_of):
        page = text_of(self.asked(door, **{"t-solution-0": "10 d"}))
        assert re.search(r"Solution .* 2 1 0", page)
        assert "These would have been late" not in page

    def test_of_one_that_is_there_as_it_is_typed(self, world, door, tickets, gold, text_of):
        page = text_of(self.asked(door, gold, name="Gold", **{"t-solution-0": "10 d"}))
        assert "promised to 2 of 2 tickets" in page
        assert goals(gold) == {("solution", None, 8 * HOUR, None)}

    def test_tickets_of_other_queues_are_counted_and_not_shown(self, world, door, tickets, text_of):
        with on(0, "10:00"):
            hidden = TicketFactory(queue=world.billing, customer=world.erik, title="Secret invoice")
        page = text_of(self.asked(door, **{"t-solution-0": "1 h"}))
        assert "promised to 3 of 3 tickets" in page
        assert "1 more late deadline is on a ticket you may not see." in page
        assert "Secret invoice" not in page
        grant(world.alex, world.billing, "read")
        assert hidden.title in text_of(self.asked(door, **{"t-solution-0": "1 h"}))

    def test_a_form_that_cannot_be_read_is_not_tried(self, world, door, tickets, text_of):
        answer = self.asked(door, **{"t-solution-0": "soon"})
        assert answer.status_code == 422
        assert "Some fields need a change first." in text_of(answer)


def test_pages_cost_the_same_with_more_of_everything(world, door, office, queries):
    def some(number: int) -> None:
        for index in range(number):
            made(f"P{number}{index}", solution=HOUR, update=HOUR, condition={"field": "customer", "is": world.dana.pk})
            with on(0, "10:00"):
                TicketFactory(queue=world.support, customer=world.dana)

    some(1)
    for path in (reverse("setup:slas"), path_of(Policy.objects.get())):
        door.get(path)
    counts = []
    for number in (0, 4):
        some(number)
        for path in (reverse("setup:slas"), path_of(Policy.objects.get(name="P10"))):
            with queries() as counted:
                door.get(path)
            counts.append(len(counted))
    assert counts[:2] == counts[2:]


def test_the_chosen_calendar_is_drawn_with_its_day(world, door, gold, text_of):
    night = Calendar(name="Nights", hours={"mon": [["22:00", "04:00"]], "tue": [["22:00", "04:00"]]})
    save_calendar(night, by=world.alex)
    answer = part(door, f"{path_of(gold)}?draw=targets", sent(calendar=night.pk, **{"t-solution-0": "2 d"}))
    page = text_of(answer)
    assert "12 h per week" in page
    assert "A day is 6 h of business time." in page
    assert 'name="t-solution-0" value="2 d"' in answer.content.decode()
    gold.refresh_from_db()
    assert gold.calendar is None


def test_what_leans_on_statuses_and_priorities_names_service_levels(world, door, office, text_of):
    hold, high = State.objects.create(name="on hold", type="open"), Priority.objects.get(level=5)
    policy = Policy(name="Gold", pause_states=[hold.pk])
    save_policy(policy, [Target(kind="solution", seconds=HOUR, priority=high)], by=world.alex)
    asked = door.post(reverse("setup:states_row", args=[hold.pk]), {"name": "on hold", "position": "9"})
    assert "Clocks of the SLA Gold pause in it" in text_of(asked)
    asked = door.post(reverse("setup:priorities_row", args=[high.pk]), {"name": "x", "level": "5", "position": "9"})
    assert "The SLA Gold has targets for it" in text_of(asked)
