"""Plain settings: states, priorities with their matrix, types, templates, snippets, checklists."""

import pytest
from django.urls import reverse

from tickets.models import ChecklistTemplate, MatrixCell, Priority, ReplyTemplate, Snippet, State, TicketType
from web.setup.views.shelves import SHELVES

NEW = {
    "states": {"name": "At the maker", "type": "pending_reminder", "position": "20"},
    "priorities": {"name": "Urgent", "level": "5", "position": "9"},
    "types": {"name": "Complaint", "position": "9"},
    "templates": {"name": "Thanks", "body": "Dear {{ customer.first_name }}, thank you."},
    "snippets": {"name": "Hours", "keyword": "hours", "body": "We are open from 9 to 5."},
    "checklists": {"name": "New colleague", "steps": "Account\nLaptop\n"},
}
MODELS = {shelf.key: shelf.model for shelf in SHELVES}


@pytest.mark.parametrize("key", NEW)
def test_a_new_row_is_listed_changed_and_audited(world, door, last_change, text_of, key):
    door.post(reverse(f"setup:{key}_new"), NEW[key] | {"is_active": "on"})
    row = MODELS[key].objects.get(name=NEW[key]["name"])
    assert (last_change().action, last_change().actor) == ("created", world.alex)
    assert row.name in text_of(door.get(reverse(f"setup:{key}")))
    answer = door.post(reverse(f"setup:{key}_row", args=[row.pk]), NEW[key] | {"name": "Other"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.is_active) == ("Other", False)
    assert (last_change().before["name"], last_change().after["name"]) == (NEW[key]["name"], "Other")


@pytest.mark.parametrize("key", NEW)
def test_agents_and_customers_find_no_such_page(world, signed_in, key):
    for person in (world.bea, world.dana):
        browser = signed_in(person)
        for name, args in ((key, []), (f"{key}_new", [])):
            assert browser.get(reverse(f"setup:{name}", args=args)).status_code in (403, 404)
        assert browser.post(reverse(f"setup:{key}_new"), NEW[key]).status_code in (403, 404)
    assert not MODELS[key].objects.filter(name=NEW[key]["name"]).exists()


def test_the_kind_of_a_state_never_changes(world, door):
    state = State.objects.get(name="open")
    door.post(
        reverse("setup:states_row", args=[state.pk]),
        {"name": "open", "type": "closed", "position": "1", "is_active": "on"},
    )
    state.refresh_from_db()
    assert state.type == "open"


def test_t58_a_template_that_cannot_be_read_is_refused(world, door):
    answer = door.post(reverse("setup:templates_new"), {"name": "Broken", "body": "{% load os %}{{ a | }}"})
    assert answer.status_code == 422
    assert not ReplyTemplate.objects.exists()


def test_a_template_is_for_queues_and_roles_and_the_audit_says_so(world, door, last_change):
    door.post(
        reverse("setup:templates_new"),
        NEW["templates"] | {"queues": [world.support.pk], "roles": [world.billing_role.pk], "is_active": "on"},
    )
    template = ReplyTemplate.objects.get()
    assert list(template.queues.all()) == [world.support]
    assert last_change().after["queues"] == ["Support"]
    door.post(reverse("setup:templates_row", args=[template.pk]), NEW["templates"] | {"is_active": "on"})
    assert (last_change().before["queues"], last_change().after["queues"]) == (["Support"], [])


def test_keywords_and_names_are_unique(world, door):
    door.post(reverse("setup:snippets_new"), NEW["snippets"])
    answer = door.post(reverse("setup:snippets_new"), NEW["snippets"])
    assert answer.status_code == 422
    assert Snippet.objects.count() == 1


def test_the_matrix_is_saved_as_a_whole_with_one_line_in_the_audit(world, door, last_change):
    low, high = Priority.objects.get(level=1), Priority.objects.get(level=5)
    chosen = {f"{i}-{u}": low.pk for i in (1, 2, 3) for u in (1, 2, 3)} | {"3-3": high.pk}
    assert door.post(reverse("setup:matrix"), chosen).status_code == 302
    assert MatrixCell.objects.get(impact=3, urgency=3).priority == high
    assert MatrixCell.objects.filter(priority=low).count() == 8
    assert last_change().after["1 × 1"] == "1 very low"
    assert door.post(reverse("setup:matrix"), chosen | {"2-2": ""}).status_code == 422
    assert door.get(reverse("setup:matrix")).status_code == 200


def test_steps_of_a_checklist_are_counted(world, door):
    answer = door.post(reverse("setup:checklists_new"), {"name": "Long", "steps": "x\n" * 101})
    assert answer.status_code == 422
    assert not ChecklistTemplate.objects.exists()


@pytest.mark.parametrize("key", NEW)
def test_t07_hostile_names_are_text(world, door, key):
    hostile = NEW[key] | {"name": '"><img src=x>', "is_active": "on"}
    door.post(reverse(f"setup:{key}_new"), hostile)
    row = MODELS[key].objects.get(name='"><img src=x>')
    for path in (reverse(f"setup:{key}"), reverse(f"setup:{key}_row", args=[row.pk])):
        assert "<img" not in door.get(path).content.decode()


def test_a_type_that_is_not_active_cannot_be_chosen_for_new_tickets(world, door):
    complaint = TicketType.objects.create(name="Complaint", is_active=False)
    assert complaint not in TicketType.objects.active()
