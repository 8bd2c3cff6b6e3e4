"""What leans on a setting is named before it is retired, and what cannot be spared stays."""

import pytest
from django.urls import reverse

from accounts.models import ConfigChange
from tests.factories import TicketFactory
from tests.setup.test_queues import sent, write
from tickets.models import Priority, ReplyTemplate, State, TicketType


def test_a_queue_names_tickets_queues_addresses_and_texts(world, door, text_of):
    TicketFactory(queue=world.support)
    ReplyTemplate.objects.create(name="Thanks", body="Thank you.").queues.add(world.support)
    address = world.support.mail_addresses.get()
    rows = [(address.pk, address.address, address.name)]
    data = sent(world.support, addresses=rows, grants=write(world.support)) | {"name": "Typed"}
    del data["is_active"]
    before = ConfigChange.objects.count()
    asked = door.post(reverse("setup:queue", args=[world.support.pk]), data)
    assert asked.status_code == 422
    page = text_of(asked)
    for words in (
        "1 open ticket has it",
        "1 queue lies inside",
        "1 address still brings mail here",
        "1 reply template names it",
    ):
        assert words in page
    assert 'value="Typed"' in asked.content.decode()
    assert ConfigChange.objects.count() == before
    assert door.post(reverse("setup:queue", args=[world.support.pk]), data | {"confirmed": "on"}).status_code == 302
    world.support.refresh_from_db()
    assert not world.support.is_active


@pytest.mark.parametrize(
    ("key", "model", "data", "words"),
    [
        ("states", State, {"name": "new"}, "1 open ticket has it"),
        ("states", State, {"name": "closed successful"}, "go on to it when their time is over"),
        ("priorities", Priority, {"name": "3 normal", "level": "3"}, "of the matrix lead to it"),
        ("types", TicketType, {"name": "Unclassified"}, "1 open ticket has it"),
    ],
)
def test_words_of_tickets_name_what_has_them(world, door, text_of, key, model, data, words):
    TicketFactory(queue=world.support)
    row = model.objects.get(name=data["name"])
    if key == "states":
        State.objects.filter(type="pending_auto").update(next_state=State.objects.get(name="closed successful"))
    path, data = reverse(f"setup:{key}_row", args=[row.pk]), data | {"position": "1"}
    asked = door.post(path, data)
    assert asked.status_code == 422
    assert words in text_of(asked)
    row.refresh_from_db()
    assert row.is_active


def test_the_last_of_a_kind_cannot_be_spared(world, door, text_of):
    new = State.objects.get(type="new")
    path = reverse("setup:states_row", args=[new.pk])
    answer = door.post(path, {"name": "new", "position": "1", "confirmed": "on"})
    assert answer.status_code == 422
    assert "It is the last one of its kind." in text_of(answer)
    new.refresh_from_db()
    assert new.is_active
    Priority.objects.exclude(level=3).update(is_active=False)
    normal = Priority.objects.get(level=3)
    data = {"name": "3 normal", "level": "3", "position": "1", "confirmed": "on"}
    assert door.post(reverse("setup:priorities_row", args=[normal.pk]), data).status_code == 422


def test_what_is_retired_already_is_saved_without_a_question(world, door):
    complaint = TicketType.objects.create(name="Complaint", is_active=False)
    path = reverse("setup:types_row", args=[complaint.pk])
    assert door.post(path, {"name": "Complaints", "position": "1"}).status_code == 302


def test_there_is_one_queue_for_unwanted_messages(world, door, text_of):
    data = sent(world.hardware, is_junk="on", is_guided="on")
    assert door.post(reverse("setup:queue", args=[world.hardware.pk]), data).status_code == 302
    world.hardware.refresh_from_db()
    assert (world.hardware.is_junk, world.hardware.is_guided) == (True, True)
    answer = door.post(reverse("setup:queue", args=[world.billing.pk]), sent(world.billing, is_junk="on"))
    assert answer.status_code == 422
    assert "Unwanted messages go to Support › Hardware already." in text_of(answer)
