"""Custom fields: their words in each language, where they appear, their order, retiring them, their index."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from tests.factories import TicketFactory
from tests.setup.test_small_pages import sent
from tickets.actions.fields import set_custom_fields
from tickets.actions.progress import ClosingFieldsMissing, set_state
from tickets.chores import run_chore
from tickets.customfields import fields_for, labels
from tickets.fieldindex import index_name, ready_indexes
from tickets.models import Chore, FieldDefinition, SavedView, State, TicketType
from tickets.vocabulary import default_type


def field(**facts) -> FieldDefinition:
    return FieldDefinition.objects.create(**{"key": "serial", "label": "Serial number", "kind": "text", **facts})


def test_each_reader_sees_the_label_in_their_language(world, door, last_change):
    door.post(reverse("setup:field_new"), sent(label_de="Farbe", label_es="  "))
    made = FieldDefinition.objects.get()
    assert made.labels == {"de": "Farbe"}
    assert last_change().after["labels"] == {"de": "Farbe"}
    for language, word in (("de", "Farbe"), ("en", "Colour"), ("pt", "Colour")):
        with translation.override(language):
            assert (made.shown_label, labels()["colour"]) == (word, word)


def test_where_it_appears(world, door, last_change):
    incident = TicketType.objects.get(name="Incident")
    data = sent(queues=[world.support.pk], types=[incident.pk], to_close="on")
    door.post(reverse("setup:field_new"), data)
    made = FieldDefinition.objects.get()
    assert last_change().after["queues"] == ["Support"]
    assert list(fields_for(world.hardware, incident)) == [made]  # inside Support
    for queue, kind in ((world.billing, incident), (world.hardware, default_type()), (None, None)):
        assert list(fields_for(queue, kind)) == []
    everywhere = field()
    assert list(fields_for(None, None)) == [everywhere]


def test_a_ticket_elsewhere_is_closed_without_it(world, door):
    made = field(to_close=True)
    made.queues.set([world.support])
    closed = State.objects.get(name="closed successful")
    assert set_state(TicketFactory(queue=world.billing), closed, by=world.bea)
    with pytest.raises(ClosingFieldsMissing):
        set_state(TicketFactory(queue=world.hardware), closed, by=world.bea)


def test_the_order_is_changed_one_place_at_a_time(world, door, last_change):
    for key in ("a", "b", "c"):
        field(key=key, label=key.upper())
    path = reverse("setup:field_move", args=[FieldDefinition.objects.get(key="c").pk])
    assert door.post(path, {"to": "up"}).status_code == 302
    assert list(FieldDefinition.objects.values_list("key", "position")) == [("a", 1), ("c", 2), ("b", 3)]
    assert last_change().after["position"] == 3
    for _twice in range(2):
        door.post(path, {"to": "up"})
    assert [one.key for one in FieldDefinition.objects.all()] == ["c", "a", "b"]


def test_retiring_names_what_leans_on_it_first(world, door, text_of):
    made = field(to_close=True)
    set_custom_fields(TicketFactory(queue=world.support), {"serial": "X1"}, by=world.bea)
    SavedView.objects.create(owner=world.bea, name="X", condition={"field": "field.serial", "is": "X1"})
    path, data = reverse("setup:field", args=[made.pk]), {"label": "Serial number", "position": "1", "to_close": "on"}
    asked = door.post(path, data)
    assert asked.status_code == 422
    page = text_of(asked)
    for words in ("1 open ticket has a value", "1 saved view asks for it", "It is required to close a ticket"):
        assert words in page
    assert FieldDefinition.objects.get().is_active
    assert door.post(path, data | {"confirmed": "on"}).status_code == 302
    assert not FieldDefinition.objects.get().is_active


def test_a_choice_that_tickets_have_is_not_dropped_unasked(world, door, text_of):
    door.post(reverse("setup:field_new"), sent())
    made = FieldDefinition.objects.get()
    set_custom_fields(TicketFactory(queue=world.support), {"colour": "red"}, by=world.bea)
    asked = door.post(reverse("setup:field", args=[made.pk]), sent(choices="blue\ngreen"))
    assert asked.status_code == 422
    assert "1 open ticket has the choice “red”" in text_of(asked)
    assert door.post(reverse("setup:field", args=[made.pk]), sent(choices="green\nblue\nred")).status_code == 302
    made.refresh_from_db()
    assert made.options == ["green", "blue", "red"]


def test_only_a_change_of_the_mark_makes_a_chore(world, door):
    door.post(reverse("setup:field_new"), sent())
    assert not Chore.objects.exists()
    made = FieldDefinition.objects.get()
    path = reverse("setup:field", args=[made.pk])
    door.post(path, sent(is_searchable="on"))
    door.post(path, sent(is_searchable="on", label="Paint"))
    assert [(chore.kind, chore.data) for chore in Chore.objects.all()] == [("index", {"field": made.pk})]
    door.post(path, sent(is_searchable="on", is_active=""))
    assert Chore.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_index_is_made_used_and_dropped(world, door, text_of):
    made = field(kind="number", is_searchable=True)
    chore = Chore.objects.create(kind="index", data={"field": made.pk}, by=world.alex)
    assert "index is being made" in text_of(door.get(reverse("setup:fields")))
    assert run_chore(chore.pk)
    chore.refresh_from_db()
    assert (chore.last_error, chore.due_at) == ("", None)
    assert ready_indexes() == {made.pk}
    assert "has an index" in text_of(door.get(reverse("setup:fields")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index_name(made)])
        assert "((custom_fields -> 'serial'::text))" in cursor.fetchone()[0]
    FieldDefinition.objects.update(is_searchable=False)
    chore = Chore.objects.create(kind="index", data={"field": made.pk}, by=world.alex)
    run_chore(chore.pk)
    assert ready_indexes() == set()


def test_what_is_wrong_keeps_what_was_typed(world, door):
    answer = door.post(reverse("setup:field_new"), sent(key="Big Key", label_de="Farbe", queues=[world.support.pk]))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Farbe"' in page
    assert "red\n green" in page.replace("\r", "")
    assert page.partition('name="queues"')[2]
    assert not FieldDefinition.objects.exists()
