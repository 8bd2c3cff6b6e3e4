"""Roles, their members and rights."""

from django.urls import reverse

from accounts.models import ConfigChange, Role
from tickets.grants import grants_of
from tickets.models import Ticket
from tickets.rights import rights_of


def sent(**fields) -> dict:
    return {"name": "Night shift", "description": "", "members": "", "grant": []} | fields


def test_a_new_role_gives_its_members_rights_at_once(world, door):
    members = "Carlos Díaz <carlos@demo.example>, bea@demo.example"
    ticked = [f"{world.billing.pk}:read", f"{world.billing.pk}:owner"]
    answer = door.post(reverse("setup:role_new"), sent(members=members, grant=ticked))
    made = Role.objects.get(group__name="Night shift")
    assert answer["Location"] == reverse("setup:role", args=[made.pk])
    assert set(made.group.user_set.all()) == {world.bea, world.carlos}
    assert grants_of(made.group) == {world.billing.pk: {"read", "owner"}}
    world.carlos.queue_rights = None
    assert rights_of(world.carlos).covers(world.billing.pk, "owner")
    created, rights = ConfigChange.objects.order_by("-pk")[:2][::-1]
    assert created.after["members"] == ["bea@demo.example", "carlos@demo.example"]
    assert rights.after == {"rights": {"Billing": ["read", "owner"]}}


def test_members_and_rights_change_together(world, door):
    role = world.support_role.role
    data = sent(name="Support team", members="carlos@demo.example", grant=[f"{world.support.pk}:read"])
    door.post(reverse("setup:role", args=[role.pk]), data)
    assert list(world.support_role.user_set.all()) == [world.carlos]
    assert grants_of(world.support_role) == {world.support.pk: {"read"}}
    members, rights = ConfigChange.objects.order_by("-pk")[:2][::-1]
    assert members.before["members"] == ["alex@demo.example", "bea@demo.example", "carlos@demo.example"]
    assert members.after["members"] == ["carlos@demo.example"]
    assert (rights.before, rights.after) == ({"rights": {"Support": ["write"]}}, {"rights": {"Support": ["read"]}})
    assert not Ticket.objects.allowing(world.bea, "write").filter(queue=world.support).exists()


def test_only_agents_can_be_members(world, door, text_of):
    answer = door.post(reverse("setup:role_new"), sent(members="dana@acme.example, bea@demo.example"))
    assert answer.status_code == 422
    assert "No agent has the address dana@acme.example." in text_of(answer)
    assert 'value="dana@acme.example, bea@demo.example"' in answer.content.decode()
    assert not Role.objects.filter(group__name="Night shift").exists()


def test_a_taken_name_is_refused_and_ticks_stay(world, door, text_of):
    ticked = f"{world.billing.pk}:read"
    answer = door.post(reverse("setup:role_new"), sent(name="Support team", grant=[ticked]))
    assert answer.status_code == 422
    assert "There is already a role with this name." in text_of(answer)
    assert f'value="{ticked}" checked' in answer.content.decode()


def test_saving_the_same_notes_nothing(world, door):
    before = ConfigChange.objects.count()
    members = "alex@demo.example, bea@demo.example, carlos@demo.example"
    data = sent(name="Support team", members=members, grant=[f"{world.support.pk}:write"])
    assert door.post(reverse("setup:role", args=[world.support_role.role.pk]), data).status_code == 302
    assert ConfigChange.objects.count() == before
