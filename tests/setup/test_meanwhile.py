"""Two administrators at once: who comes second is told what changed, and nothing of theirs is lost."""

import re

import pytest
from django.urls import reverse

from accounts.models import ConfigChange
from accounts.roles import RoleFacts, save_role
from tests.setup.test_queues import sent as queue_sent
from tests.setup.test_queues import write
from tickets.actions.queues import save_queue
from tickets.models import FieldDefinition, MatrixCell, Priority, ReplyTemplate, State


def seen(door, path: str) -> str:
    return re.search(r'name="seen" value="(\d*)"', door.get(path).content.decode())[1]


def rename(world, queue) -> None:
    """What a colleague does meanwhile."""
    queue.description = "By a colleague"
    save_queue(queue, by=world.bea)


def test_a_stale_queue_is_refused_with_what_changed_and_the_text_stays(world, door, text_of):
    path = reverse("setup:queue", args=[world.billing.pk])
    mark = seen(door, path)
    rename(world, world.billing)
    changes = ConfigChange.objects.count()
    data = queue_sent(world.billing, grants=write(world.billing), name="Invoices", seen=mark)
    answer = door.post(path, data)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Somebody else has changed this meanwhile" in page
    assert "description for agents: By a colleague" in page
    assert 'value="Invoices"' in answer.content.decode()
    world.billing.refresh_from_db()
    assert (world.billing.name, world.billing.description) == ("Billing", "By a colleague")
    assert ConfigChange.objects.count() == changes


def test_whoever_has_read_it_may_save_again(world, door):
    path = reverse("setup:queue", args=[world.billing.pk])
    data = queue_sent(world.billing, grants=write(world.billing), name="Invoices", seen=seen(door, path))
    rename(world, world.billing)
    refused = door.post(path, data).content.decode()
    data["seen"] = re.search(r'name="seen" value="(\d*)"', refused)[1]
    assert door.post(path, data).status_code == 302
    world.billing.refresh_from_db()
    assert world.billing.name == "Invoices"


def test_a_wrong_form_does_not_forget_what_it_has_seen(world, door):
    """Neither does "one more row": else a change in between would be lost at the second try."""
    path = reverse("setup:queue", args=[world.billing.pk])
    mark = seen(door, path)
    rename(world, world.billing)
    for wrong in ({"name": ""}, {"more": "address"}):
        page = door.post(path, queue_sent(world.billing, seen=mark) | wrong).content.decode()
        assert f'name="seen" value="{mark}"' in page


@pytest.mark.parametrize("mark", ["", "x", "-1", "9" * 30, "²"])
def test_a_mark_that_is_none_is_as_if_there_were_none(world, door, mark):
    path = reverse("setup:queue", args=[world.billing.pk])
    data = queue_sent(world.billing, grants=write(world.billing), name="Invoices", seen=mark)
    assert door.post(path, data).status_code == 302


def test_plain_settings_are_refused_too(world, door, text_of):
    template = ReplyTemplate.objects.create(name="Thanks", body="Thank you.")
    path = reverse("setup:templates_row", args=[template.pk])
    mark = seen(door, path)
    first = {"name": "Thanks", "body": "Many thanks.", "is_active": "on", "seen": mark}
    assert door.post(path, first).status_code == 302
    answer = door.post(path, first | {"body": "Thanks a lot."})
    assert answer.status_code == 409
    assert "Thanks a lot." in answer.content.decode()
    assert "Many thanks." in text_of(answer)
    template.refresh_from_db()
    assert template.body == "Many thanks."


def test_fields_roles_people_and_the_matrix_are_refused_too(world, door):
    field = FieldDefinition.objects.create(key="serial", label="Serial", kind="text")
    role = world.support_role.role
    low = Priority.objects.get(level=1)
    posts = {
        reverse("setup:field", args=[field.pk]): {"label": "Number", "position": "1", "is_active": "on"},
        reverse("setup:role", args=[role.pk]): {"name": "Support team", "description": "x", "members": ""},
        reverse("setup:person", args=[world.dana.pk]): {
            "name": "Dana M",
            "email": world.dana.email,
            "time_zone": "UTC",
            "is_active": "on",
            "is_customer": "on",
        },
        reverse("setup:organisation", args=[world.acme.pk]): {"name": "Acme Inc."},
        reverse("setup:matrix"): {f"{i}-{u}": low.pk for i in (1, 2, 3) for u in (1, 2, 3)},
        reverse("setup:states_row", args=[State.objects.get(name="open").pk]): {
            "name": "open",
            "position": "7",
            "is_active": "on",
        },
    }
    for path, data in posts.items():
        data["seen"] = seen(door, path)
        assert door.post(path, data).status_code == 302, path
        name = "1-1" if "1-1" in data else "label" if "label" in data else "name"
        other = Priority.objects.get(level=5).pk if name == "1-1" else "Other"
        assert door.post(path, data | {name: other}).status_code == 409, path
    assert MatrixCell.objects.get(impact=1, urgency=1).priority == low
    field.refresh_from_db()
    assert field.label == "Number"


def test_rights_of_a_queue_that_nobody_touched_are_not_put_back(world, door):
    """The rights stand with the role, so the queue has not changed; the table of the page has grown old all the same."""
    path = reverse("setup:queue", args=[world.billing.pk])
    page = door.get(path).content.decode()
    shown = re.search(r'name="grant-shown" value="([^"]*)"', page)[1]
    role = world.support_role.role
    door.post(reverse("setup:rights"), {"g": f"{role.group_id}:{world.billing.pk}:read", "shown": ""})
    data = queue_sent(world.billing, grants=write_of(shown), name="Invoices") | {"grant-shown": shown}
    assert door.post(path, data).status_code == 302
    assert world.support_role.pk in {int(value.split(":")[0]) for value in write(world.billing)}


def test_rights_that_both_touched_are_refused(world, door, text_of):
    path = reverse("setup:queue", args=[world.billing.pk])
    shown = re.search(r'name="grant-shown" value="([^"]*)"', door.get(path).content.decode())[1]
    group = world.billing_role.pk
    door.post(
        reverse("setup:rights"),
        {"g": f"{group}:{world.billing.pk}:note", "shown": f"{group}:{world.billing.pk}:write"},
    )
    data = queue_sent(world.billing, grants=[f"{group}:read"], name="Invoices") | {"grant-shown": shown}
    answer = door.post(path, data)
    assert answer.status_code == 409
    assert "Billing team in Invoices: when you opened the page “Everything”, now “Add notes”." in text_of(answer)
    assert f'value="{group}:read" checked' in answer.content.decode()
    world.billing.refresh_from_db()
    assert world.billing.name == "Billing"
    again = re.search(r'name="grant-shown" value="([^"]*)"', answer.content.decode())[1]
    assert door.post(path, data | {"grant-shown": again}).status_code == 302
    assert write(world.billing) == [f"{group}:read"]


def test_the_audit_of_a_role_knows_members_changed_from_a_person(world, door):
    path = reverse("setup:role", args=[world.billing_role.role.pk])
    data = {"name": "Billing team", "description": "", "members": "bea@demo.example", "seen": seen(door, path)}
    save_role(world.billing_role.role, RoleFacts("Billing team", "", (world.bea, world.carlos)), by=world.bea)
    assert door.post(path, data).status_code == 409
    assert set(world.billing_role.user_set.all()) == {world.bea, world.carlos}


def test_the_roles_of_a_person_are_not_put_back(world, door, text_of):
    path, support, billing = reverse("setup:person", args=[world.carlos.pk]), world.support_role, world.billing_role
    page = door.get(path).content.decode()
    data = {
        "name": "Carlos D",
        "email": world.carlos.email,
        "time_zone": "UTC",
        "is_active": "on",
        "is_agent": "on",
        "roles": [support.role.pk],
        "seen": re.search(r'name="seen" value="(\d*)"', page)[1],
        "roles-shown": re.search(r'name="roles-shown" value="([^"]*)"', page)[1],
    }
    assert data["roles-shown"] == str(support.role.pk)
    save_role(billing.role, RoleFacts("Billing team", "", (world.bea, world.carlos)), by=world.bea)
    # who touches no role leaves them as they are
    assert door.post(path, data).status_code == 302
    assert set(world.carlos.groups.all()) == {support, billing}
    data["seen"] = seen(door, path)
    # who does is told
    answer = door.post(path, data | {"name": "Carlos", "roles": []})
    assert answer.status_code == 409
    assert "Role: Billing team" in text_of(answer)
    assert "members: carlos@demo.example" in text_of(answer)
    world.carlos.refresh_from_db()
    assert (world.carlos.name, set(world.carlos.groups.all())) == ("Carlos D", {support, billing})
    anew = re.search(r'name="roles-shown" value="([^"]*)"', answer.content.decode())[1]
    assert set(map(int, anew.split())) == {support.role.pk, billing.role.pk}
    data |= {"roles": [], "roles-shown": anew}
    assert door.post(path, data).status_code == 302
    assert not world.carlos.groups.exists()


def write_of(shown: str) -> list[str]:
    return shown.split()
