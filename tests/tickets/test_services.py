"""The request catalogue: who is offered what, which questions follow from answers, what a request becomes."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.brands import default_brand
from accounts.models import Brand, ConfigChange
from tests.factories import TicketFactory, organisation
from tickets.actions.fields import set_service
from tickets.actions.opening import Opening, open_ticket
from tickets.catalogue import Catalogue, catalogue_for
from tickets.changes import Stale
from tickets.comparisons import Field
from tickets.conditions import ConditionError, matches, to_q, viewer
from tickets.events import DESK
from tickets.messages import Message
from tickets.models import FieldDefinition, Service, ServiceField, Ticket
from tickets.servicedefinitions import (
    add_question,
    move_question,
    move_service,
    remove_question,
    save_question,
    save_service,
)
from tickets.serviceforms import asked, check_question, deciding, fields_in, in_words, message_of, subject_of
from tickets.steps import Refused, do
from tickets.undoing import undo

NOBODY = viewer(None)


@pytest.fixture
def brands(world) -> tuple[Brand, Brand]:
    """Where one looks, and another one."""
    return default_brand(), Brand.objects.create(name="Calden", key="calden")


def question(key: str, condition=None, kind: str = "text") -> ServiceField:
    return ServiceField(field=FieldDefinition(key=key, label=key.title(), kind=kind), condition=condition)


def keys(found) -> list[str]:
    return [one.field.key for one in found]


# ---- pure


FORM = [
    ("device", None),
    ("model", {"field": "field.device", "is": "Laptop"}),
    ("why", {"any": [{"field": "field.model", "is": "Large"}, {"field": "field.device", "is": "Other"}]}),
]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["device"]),
        ({"device": "Laptop"}, ["device", "model"]),
        ({"device": "Laptop", "model": "Large"}, ["device", "model", "why"]),
        # a hidden answer decides on nothing
        ({"device": "Phone", "model": "Large"}, ["device"]),
        ({"device": "Other", "model": "Large"}, ["device", "why"]),
    ],
)
def test_questions_follow_from_the_answers_before_them(monkeypatch, answers, expected):
    known = {f"field.{key}": _text(key) for key, _condition in FORM}
    monkeypatch.setattr("tickets.conditions.custom_fields", lambda: known)
    rows = [question(key, condition) for key, condition in FORM]
    assert keys(asked(rows, lambda row: answers.get(row.field.key), NOBODY)) == expected
    assert deciding(rows) == {"device", "model"}


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ({"field": "field.a", "empty": True}, None, True),
        ({"not": {"field": "field.a", "empty": True}}, "x", True),
        ({"field": "field.a", "contains": "B"}, "abc", True),
        ({"not": {"field": "field.a", "is": "x"}}, None, True),
        ({"all": []}, None, True),
        ({"any": []}, "x", False),
        ({"field": "field.gone", "is": "x"}, None, True),  # cannot be read any more: it is asked
    ],
)
def test_conditions_mean_what_they_mean_for_tickets(monkeypatch, condition, value, expected):
    monkeypatch.setattr("tickets.conditions.custom_fields", lambda: {"field.a": _text("a")})
    rows = [question("a"), question("b", condition)]
    assert ("b" in keys(asked(rows, lambda row: value, NOBODY))) is expected


def _text(key: str, kind: str = "custom_text") -> Field:
    return Field(f"custom_fields__{key}", kind, lambda ticket: ticket.custom_fields.get(key))


def test_a_condition_asks_for_questions_above_alone(monkeypatch):
    monkeypatch.setattr("tickets.conditions.custom_fields", lambda: {"field.a": _text("a"), "field.c": _text("c")})
    above = [FieldDefinition(key="a", label="A", kind="text")]
    check_question(question("b", {"field": "field.a", "is": "x"}), above)
    for condition in ({"field": "field.c", "is": "x"}, {"field": "queue", "is": 1}, {"field": "field.a", "above": 1}):
        with pytest.raises(ConditionError):
            check_question(question("b", condition), above)
    assert fields_in({"not": {"any": [{"field": "field.a", "is": "x"}, {"field": "queue", "is": 1}]}}) == {"a"}


def test_what_becomes_of_the_answers():
    with translation.override("en"):
        laptop = FieldDefinition(key="model", label="Model", labels={"de": "Modell"}, kind="dropdown")
        day = FieldDefinition(key="day", label="Needed by", kind="date")
        new = FieldDefinition(key="new", label="Is it new?", kind="checkbox")
        answers = [(laptop, "Large"), (day, "2026-12-01"), (new, True), (laptop, None)]
        assert message_of(answers, "Thanks") == "Model: Large\nNeeded by: 1 Dec 2026\nIs it new? Yes\n\nThanks"
        assert message_of([], " ") == ""
        assert in_words(FieldDefinition(kind="multiselect"), ["a", "b"]) == "a, b"
        service = Service(
            name="New laptop",
            subject="{{ field.model }} for {{ customer.name }}",
            subjects={"de": "X {{ field.model }}"},
        )
        told = {"customer": "Dana", "organisation": "Acme"}
        assert subject_of(service, answers[:1], **told) == "Large for Dana"
        assert subject_of(Service(name="New laptop", subject="{{ field.model"), answers, **told) == "New laptop"
        assert subject_of(Service(name="New laptop", subject="{{ nothing }}"), answers, **told) == "New laptop"
    with translation.override("de"):
        assert subject_of(service, answers[:1], **told) == "X Large"


def test_what_lies_in_something_hidden_is_hidden():
    rows = [
        Service(pk=1, name="A"),
        Service(pk=2, name="B", parent_id=1, queue_id=1),
        Service(pk=3, name="C", parent_id=9, queue_id=1),  # its topic is not offered
        Service(pk=4, name="D"),  # holds nothing
        Service(pk=5, name="E", queue_id=1),
        Service(pk=6, name="F", parent_id=7, queue_id=1),  # in a circle
        Service(pk=7, name="G", parent_id=6),
    ]
    found = Catalogue(rows)
    assert [row.name for row in found.services] == ["B", "E"]
    assert [row.name for row in found.inside(None)] == ["A", "E"]
    assert [row.name for row in found.inside(rows[0])] == ["B"]
    assert [row.name for row in found.above(rows[1])] == ["A"]
    assert found.get(4) is None and found.get(3) is None
    assert not Catalogue(rows[3:4])


# ---- with the database


def service(world, name: str = "New laptop", **facts) -> Service:
    sets = {"organisations": facts.pop("organisations", []), "brands": facts.pop("brands", [])}
    return save_service(Service(name=name, **{"queue": world.support, **facts}), sets, by=world.alex)


def field(key: str, kind: str = "dropdown", options=("Laptop", "Phone")) -> FieldDefinition:
    return FieldDefinition.objects.create(key=key, label=key.title(), kind=kind, options=list(options))


def names(found) -> list[str]:
    return [row.name for row in found.services]


@pytest.mark.django_db
def test_each_is_offered_what_is_for_them(world, brands):
    here, other = brands
    service(world, "Public", audience="everybody")
    service(world, "Signed in")
    service(world, "Acme", audience="members", organisations=[world.acme])
    service(world, "Retired", is_active=False)
    service(world, "There", brands=[other])
    hidden = service(world, "Hidden", queue=None, audience="members", organisations=[organisation("Initech")])
    service(world, "In it", parent=hidden)
    assert names(catalogue_for(None, here)) == ["Public"]
    assert names(catalogue_for(world.erik, here)) == ["Public", "Signed in"]
    assert names(catalogue_for(world.dana, here)) == ["Acme", "Public", "Signed in"]
    assert names(catalogue_for(world.erik, other)) == ["Public", "Signed in", "There"]
    world.support.is_active = False
    world.support.save()
    assert not catalogue_for(world.dana, here)


@pytest.mark.django_db
def test_a_service_of_another_brands_queue_is_not_offered(world, brands):
    here, other = brands
    world.support.brand = other
    world.support.save()
    service(world)
    assert not catalogue_for(world.dana, here)
    assert names(catalogue_for(world.dana, other)) == ["New laptop"]


@pytest.mark.django_db
def test_one_query_however_many(world, brands, queries):
    topic = service(world, "Topic", queue=None)
    for number in range(5):
        service(world, f"S{number}", parent=topic)
    with queries() as counted:
        found = catalogue_for(world.dana, brands[0])
        assert len(found.inside(topic)) == 5
        assert [row.queue.name for row in found.services] == ["Support"] * 5
    assert len(counted) == 1


@pytest.mark.django_db
def test_a_changed_name_changes_the_paths_below_and_is_audited(world):
    topic = service(world, "Work", queue=None)
    inside = service(world, parent=topic)
    topic.name = "Workplace"
    save_service(topic, {"organisations": [world.acme], "brands": []}, by=world.alex)
    inside.refresh_from_db()
    assert (inside.path, inside.place) == ("Workplace::New laptop", "Workplace › New laptop")
    change = ConfigChange.objects.latest("pk")
    assert (change.before["name"], change.after["name"]) == ("Work", "Workplace")
    assert (change.before["organisations"], change.after["organisations"]) == ([], ["Acme"])


@pytest.mark.django_db
def test_what_a_tree_cannot_be_is_refused(world):
    topic = service(world, "Topic", queue=None)
    inner = service(world, "Inner", queue=None, parent=topic)
    leaf = service(world, "Leaf", parent=inner)
    for changed, facts in (
        (topic, {"parent": inner}),
        (topic, {"queue": world.support}),
        (leaf, {"name": "X", "parent": leaf}),
        (leaf, {"subject": "{{ broken"}),
    ):
        fresh = Service.objects.get(pk=changed.pk)
        for name, value in facts.items():
            setattr(fresh, name, value)
        with pytest.raises(ValidationError):
            save_service(fresh, {}, by=world.alex)
    for made in (
        Service(name="Leaf", queue=world.support, parent=inner),
        Service(name="X", queue=world.support, parent=leaf),
    ):
        with pytest.raises(ValidationError):
            save_service(made, {}, by=world.alex)
    assert Service.objects.count() == 3


@pytest.mark.django_db
def test_the_order_among_those_beside_it(world):
    rows = [service(world, name) for name in "ABC"]
    move_service(rows[2], -1, by=world.alex)
    assert [row.name for row in Service.objects.all()] == ["A", "C", "B"]
    move_service(rows[0], 9, by=world.alex)
    assert [row.name for row in Service.objects.all()] == ["C", "B", "A"]


@pytest.mark.django_db
def test_the_questions_of_a_form(world):
    made = service(world)
    device, model = (add_question(made, field(key), by=world.alex) for key in ("device", "model"))
    with pytest.raises(ValidationError):
        add_question(made, device.field, by=world.alex)
    device.condition = {"field": "field.model", "is": "Laptop"}
    with pytest.raises(ValidationError):  # it stands below
        save_question(device, by=world.alex)
    model.condition, model.is_required = {"field": "field.device", "is": "Laptop"}, True
    save_question(model, by=world.alex)
    told = ConfigChange.objects.latest("pk").after["questions"]
    assert told["model"] == {
        "position": 2,
        "required": True,
        "condition": {"field": "field.device", "is": "Laptop"},
        "hint": "",
        "hints": {},
    }
    before = ConfigChange.objects.count()
    for refused in (lambda: move_question(model, -1, by=world.alex), lambda: remove_question(device, by=world.alex)):
        with pytest.raises(ValidationError):
            refused()
    assert (ConfigChange.objects.count(), made.questions.count()) == (before, 2)
    remove_question(model, by=world.alex)
    remove_question(device, by=world.alex)
    assert made.questions.count() == 0


@pytest.mark.django_db
def test_a_ticket_knows_its_service_and_conditions_ask_for_it(world):
    topic = service(world, "Workplace", queue=None)
    laptop, phone = service(world, parent=topic), service(world, "Phone", parent=topic)
    article = open_ticket(
        Opening(title="T", queue=world.support, customer=world.dana, channel="web", service=laptop),
        Message(text="x"),
        by=world.dana,
    )
    ticket, other = Ticket.objects.get(pk=article.ticket_id), TicketFactory(queue=world.support)
    assert ticket.events.get(kind="ticket.created").data["service"]["now"]["name"] == "Workplace::New laptop"
    for condition, expected in (
        ({"field": "service", "is": laptop.pk}, {ticket}),
        ({"field": "service", "is": "Workplace::New laptop"}, {ticket}),
        ({"field": "service", "in": [phone.pk]}, set()),
        ({"field": "service", "empty": True}, {other}),
        ({"not": {"field": "service", "is": laptop.pk}}, {other}),
    ):
        assert set(Ticket.objects.filter(to_q(condition, NOBODY))) == expected
        assert {one for one in (ticket, other) if matches(one, condition, NOBODY)} == expected


@pytest.mark.django_db
def test_set_service_records_refuses_stale_and_can_be_undone(world):
    laptop, ticket = service(world), TicketFactory(queue=world.support)
    seen = ticket.version
    event = set_service(ticket, laptop, by=world.bea)
    assert event.data == {"service": {"was": None, "now": {"id": laptop.pk, "name": "New laptop"}}}
    assert set_service(ticket, laptop, by=world.bea) is None
    with pytest.raises(Stale):
        set_service(ticket, None, by=world.bea, seen=seen)
    assert undo(event, by=world.bea)
    ticket.refresh_from_db()
    assert ticket.service is None


@pytest.mark.django_db
def test_in_bulk_only_what_may_be_chosen(world):
    laptop, ticket = service(world), TicketFactory(queue=world.support)
    changed, back = do({"do": "service", "to": laptop.pk}, ticket, by=world.bea, cause=DESK)
    assert (changed, back) == (True, [{"do": "service", "to": None, "undo": True}])
    Service.objects.filter(pk=laptop.pk).update(is_active=False)
    with pytest.raises(Refused):
        do({"do": "service", "to": laptop.pk}, ticket, by=world.bea, cause=DESK)
