"""All rights in one table: what is inherited, what is saved, what is refused."""

import re

from django.urls import reverse

from accounts.models import ConfigChange
from tests.factories import QueueFactory, role
from tickets.grants import all_grants
from tickets.rights import grant, rights_of


def value(group, queue, right) -> str:
    return f"{group.pk}:{queue.pk}:{right}"


def test_the_tree_with_what_is_granted_and_what_is_inherited(world, door):
    page = door.get(reverse("setup:rights")).content.decode()
    assert f'value="{value(world.support_role, world.support, "write")}"' in page
    box = re.search(rf'<td[^>]*><input[^>]*value="{value(world.support_role, world.hardware, "read")}"[^>]*>', page)[0]
    assert 'title="Inherited from Support"' in box
    assert "checked" not in box
    granted = re.search(rf'<input[^>]*value="{value(world.support_role, world.support, "write")}"[^>]*>', page)[0]
    assert granted.endswith("checked>")


def test_only_what_was_touched_is_saved_and_each_role_has_one_line(world, door):
    write = value(world.support_role, world.support, "write")
    ticked = [
        value(world.support_role, world.support, "read"),
        value(world.support_role, world.support, "note"),
        value(world.billing_role, world.support, "read"),
    ]
    before = ConfigChange.objects.count()
    answer = door.post(reverse("setup:rights"), {"g": ticked, "shown": write})
    assert answer.status_code == 302
    granted = all_grants()
    assert granted[world.support_role.pk, world.support.pk] == {"read", "note"}
    assert granted[world.billing_role.pk, world.support.pk] == {"read"}
    assert granted[world.billing_role.pk, world.billing.pk] == {"write"}  # neither shown nor ticked: not touched
    lines = {line.label: (line.before, line.after) for line in ConfigChange.objects.order_by("pk")[before:]}
    assert lines == {
        "Billing team": ({"rights": {}}, {"rights": {"Support": ["read"]}}),
        "Support team": ({"rights": {"Support": ["write"]}}, {"rights": {"Support": ["read", "note"]}}),
    }
    world.bea.queue_rights = None
    assert not rights_of(world.bea).covers(world.support.pk, "write")


def test_nothing_touched_changes_nothing(world, door):
    shown = value(world.support_role, world.support, "write")
    before = ConfigChange.objects.count()
    assert door.post(reverse("setup:rights"), {"g": shown, "shown": shown}).status_code == 302
    assert ConfigChange.objects.count() == before


def test_a_cell_that_somebody_else_changed_is_refused_with_both(world, door, text_of):
    shown = value(world.billing_role, world.billing, "write")
    grant(world.billing_role, world.billing, "note")
    answer = door.post(reverse("setup:rights"), {"g": value(world.billing_role, world.billing, "read"), "shown": shown})
    assert answer.status_code == 409
    words = "Billing team in Billing: when you opened the page “Everything”, now “Add notes”, “Everything”."
    assert words in text_of(answer)
    page = answer.content.decode()
    assert re.search(rf'value="{value(world.billing_role, world.billing, "read")}"[^>]* checked>', page)
    assert all_grants()[world.billing_role.pk, world.billing.pk] == {"write", "note"}
    again = re.search(r'name="shown" value="([^"]*)"', page)[1]
    ticked = [*again.replace(f"{world.billing_role.pk}:{world.billing.pk}:", "x").split()]
    ticked = [one for one in ticked if not one.startswith("x")] + [value(world.billing_role, world.billing, "read")]
    assert door.post(reverse("setup:rights"), {"g": ticked, "shown": again}).status_code == 302
    assert all_grants()[world.billing_role.pk, world.billing.pk] == {"read"}


def test_unknown_roles_queues_and_rights_are_nothing(world, door):
    before = all_grants()
    strange = ["9999:1:read", f"{world.support_role.pk}:9999:read", f"{world.support_role.pk}:{world.billing.pk}:own"]
    strange += ["::", "a:b:c", f"²:{world.billing.pk}:read"]
    shown = " ".join(value_ for value_ in _shown(door).split())
    assert door.post(reverse("setup:rights"), {"g": [*shown.split(), *strange], "shown": shown}).status_code == 302
    assert all_grants() == before


def test_roles_and_queues_can_be_chosen(world, door):
    for number in range(6):
        role(f"Role {number}", world.bea)
    page = door.get(reverse("setup:rights")).content.decode()
    assert page.count('scope="colgroup"') == 5
    chosen = world.support_role.role
    page = door.get(reverse("setup:rights"), {"role": chosen.pk, "q": "HARD"}).content.decode()
    assert page.count('scope="colgroup"') == 1
    assert re.findall(r'<th scope="row" id="q(\d+)"', page) == [str(world.hardware.pk)]


def test_fifty_queues_cost_the_queries_of_three(world, door, queries):
    path = reverse("setup:rights")
    door.get(path)
    with queries() as few:
        door.get(path)
    parent = world.support
    for number in range(47):
        parent = QueueFactory(name=f"Queue {number}", parent=world.support if number % 5 == 0 else parent)
    with queries() as many:
        answer = door.get(path)
    assert len(many) == len(few)
    assert len(re.findall(r'<th scope="row"', answer.content.decode())) == 50


def test_t07_hostile_names_are_text(world, door):
    hostile = '"><img src=x>'
    queue = QueueFactory(name=hostile)
    QueueFactory(name="Inside", parent=queue)
    group = role(hostile, world.bea, write=queue)
    page = door.get(reverse("setup:rights"), {"role": group.role.pk}).content.decode()
    assert "<img" not in page


def _shown(door) -> str:
    return re.search(r'name="shown" value="([^"]*)"', door.get(reverse("setup:rights")).content.decode())[1]
