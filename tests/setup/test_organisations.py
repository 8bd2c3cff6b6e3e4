"""Organisations and who belongs to them."""

from django.urls import reverse

from accounts.models import ConfigChange, Organisation
from tests.factories import CustomerFactory


def test_a_new_organisation_with_people(world, door):
    answer = door.post(
        reverse("setup:organisation_new"), {"name": "Initech", "notes": "", "join": "erik@globex.example"}
    )
    made = Organisation.objects.get(name="Initech")
    assert answer["Location"] == reverse("setup:organisation", args=[made.pk])
    membership = made.memberships.get()
    assert membership.user == world.erik
    assert not membership.is_primary  # Globex stays his first
    people, created = ConfigChange.objects.order_by("-pk")[:2]
    assert (created.action, created.after["name"]) == ("created", "Initech")
    assert (people.before, people.after) == ({"people": {}}, {"people": {"erik@globex.example": False}})


def test_members_leave_and_see_all(world, door, last_change):
    friend = CustomerFactory(email="fay@acme.example")
    world.acme.memberships.create(user=friend)
    data = {"name": "Acme", "notes": "", "join": "", "shown": [world.dana.pk, friend.pk]}
    data |= {"sees_all": [world.dana.pk], "leave": [friend.pk]}
    door.post(reverse("setup:organisation", args=[world.acme.pk]), data)
    assert list(world.acme.memberships.values_list("user", "sees_all")) == [(world.dana.pk, True)]
    assert last_change().before == {"people": {"dana@acme.example": False, "fay@acme.example": False}}
    assert last_change().after == {"people": {"dana@acme.example": True}}


def test_only_members_that_were_shown_change(world, door):
    world.dana.memberships.update(sees_all=True)
    data = {
        "name": "Acme",
        "notes": "",
        "leave": [world.erik.pk],
        "shown": [world.erik.pk],
        "sees_all": [world.erik.pk],
    }
    door.post(reverse("setup:organisation", args=[world.acme.pk]), data)
    assert world.dana.memberships.get().sees_all
    assert not world.erik.memberships.get().sees_all


def test_a_taken_name_and_an_unknown_person_are_refused(world, door, text_of):
    answer = door.post(reverse("setup:organisation_new"), {"name": "Acme", "join": "nobody@nowhere.example"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "There is already an organisation with this name." in page
    assert "Nobody has the address nobody@nowhere.example." in page
    assert "2 fields need a change" in page


def test_T07_a_hostile_organisation_is_text(world, door):
    hostile = '"><svg onload=alert(1)>'
    world.acme.name = hostile
    world.acme.save()
    for path in (
        reverse("setup:organisations"),
        reverse("setup:organisation", args=[world.acme.pk]),
        reverse("setup:person", args=[world.dana.pk]),
        reverse("setup:people"),
    ):
        assert "<svg onload" not in door.get(path).content.decode()
