"""The condition language: one meaning in the database and for one ticket."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import TicketFactory
from tickets.actions.effort import spend
from tickets.actions.fields import set_custom_fields, set_tags
from tickets.actions.progress import rate, set_priority, set_state
from tickets.actions.replying import add_note
from tickets.actions.routing import assign
from tickets.actions.taking_part import watch
from tickets.comparisons import OPERATORS
from tickets.conditions import ConditionError, Viewer, check, known_fields, matches, to_q
from tickets.messages import Message
from tickets.models import FieldDefinition, Priority, State, Ticket

pytestmark = pytest.mark.django_db


CUSTOM = [
    ("asset", "text", []),
    ("count", "number", []),
    ("vip", "checkbox", []),
    ("size", "dropdown", ["S", "M"]),
    ("colours", "multiselect", ["red", "blue"]),
    ("bought", "date", []),
]
VALUES = [
    ("asset", "PC-12 printer"),
    ("count", 2),
    ("vip", True),
    ("size", "M"),
    ("colours", ["red", "blue"]),
    ("bought", "2026-01-01"),
]


@pytest.fixture
def varied(world):
    """Tickets that differ in every field that conditions know."""
    for key, kind, options in CUSTOM:
        FieldDefinition.objects.create(key=key, label=key, kind=kind, options=options)
    queues = [world.support, world.hardware, world.billing]
    for number in range(12):
        ticket = TicketFactory(
            queue=queues[number % 3],
            customer=[world.dana, world.erik][number % 2],
            title=["Printer", "printer jam", "Rechnung", "100%_sure"][number % 4],
            channel=["email", "web", "phone"][number % 3],
        )
        if number % 3:
            assign(ticket, [world.bea, world.carlos][number % 2], by=world.bea)
        if number % 4 == 1:
            set_tags(ticket, ["vip", "late"], by=world.bea)
        if number % 4 == 2:
            set_state(ticket, State.objects.get(name="closed successful"), by=world.bea)
        if number % 4 == 3:
            later = timezone.now() + timedelta(days=number - 6)
            set_state(ticket, State.objects.get(name="pending reminder"), until=later, by=world.bea)
        if number % 2:
            set_custom_fields(ticket, dict([VALUES[number % 6], VALUES[(number + 2) % 6]]), by=world.bea)
            rate(ticket, number % 3 + 1, 2, by=world.bea)
            spend(ticket, number, by=world.bea)
            watch(ticket, [world.bea, world.carlos][number % 4 // 2], by=world.bea)
            add_note(ticket, Message(text="about a printer", mentions=[world.bea]), by=world.carlos)
        if number % 5 == 0:
            set_priority(ticket, Priority.objects.get(level=5), by=world.bea)
    return world


def leaves(world) -> st.SearchStrategy:
    texts = st.sampled_from(
        ["printer", "Printer", "100%", "_", "", "open", "Support", "bea@demo.example", "vip", "x", "M", "red"]
    )
    numbers = st.sampled_from([2, 2.0, world.support.pk, world.bea.pk, world.dana.pk, 0])
    values = st.one_of(texts, numbers, st.just({"me": True}), st.booleans())
    times = st.one_of(
        st.sampled_from(["-7d", "+2h", "-30m", "+3d"]).map(lambda span: {"now": span}),
        st.sampled_from(["-1d", "+0d", "+1d"]).map(lambda span: {"today": span}),
        st.just("2026-01-01T00:00:00+00:00"),
    )
    operators = {
        "is": values,
        "in": st.lists(values, max_size=3),
        "contains": texts,
        "empty": st.just(True),
        "before": times,
        "after": times,
        "above": st.sampled_from([-1, 0, 2, 10, 2.5]),
        "below": st.sampled_from([-1, 0, 2, 10, 2.5]),
    }

    @st.composite
    def leaf(draw):
        name = draw(st.sampled_from(sorted(known_fields())))
        operator = draw(st.sampled_from(OPERATORS[known_fields()[name].kind]))
        return {"field": name, operator: draw(operators[operator])}

    return leaf()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_database_and_predicate_agree(varied, data):
    groups = st.recursive(
        leaves(varied),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=6,
    )
    condition = data.draw(groups)
    seen_by = Viewer(varied.bea, timezone.now())
    found = set(Ticket.objects.filter(to_q(condition, seen_by)).values_list("pk", flat=True))
    expected = {ticket.pk for ticket in Ticket.objects.all() if matches(ticket, condition, seen_by)}
    assert found == expected


@pytest.mark.parametrize(
    "broken",
    [
        {},
        [],
        "open",
        {"all": {}},
        {"all": [], "any": []},
        {"not": []},
        {"field": "password", "is": "x"},
        {"field": "owner__password", "is": "x"},
        {"field": "title"},
        {"field": "title", "is": "x", "contains": "y"},
        {"field": "title", "regex": ".*"},
        {"field": "created", "is": "today"},
        {"field": "created", "after": "yesterday"},
        {"field": "created", "after": {"now": "7 days"}},
        {"field": "queue", "in": "Support"},
        {"field": "owner", "empty": False},
        {"field": "owner", "is": {"you": True}},
        {"field": "title", "is": None},
    ],
)
def test_T57_what_cannot_be_read_is_refused(broken):
    with pytest.raises(ConditionError):
        check(broken)


def test_depth_and_length_are_bounded():
    deep: dict = {"field": "title", "is": "x"}
    for _level in range(30):
        deep = {"not": deep}
    with pytest.raises(ConditionError):
        check(deep)
    with pytest.raises(ConditionError):
        check({"any": [{"field": "title", "is": str(n)} for n in range(101)]})


def test_negation_includes_what_is_empty(world):
    ticket = TicketFactory(queue=world.support)
    condition = {"not": {"field": "owner", "is": world.bea.pk}}
    assert list(Ticket.objects.filter(to_q(condition, Viewer(None, timezone.now())))) == [ticket]


def test_a_field_just_made_is_known_though_another_process_remembers_the_fields_of_before(db):
    FieldDefinition.objects.create(key="older", label="Older", kind="text")
    assert "field.older" in known_fields()
    FieldDefinition.objects.create(key="newer", label="Newer", kind="text")
    assert "field.newer" not in known_fields()  # for a minute at most
    assert check({"field": "field.newer", "is": "x"}) is None
    with pytest.raises(ConditionError):
        check({"field": "field.never", "is": "x"})
