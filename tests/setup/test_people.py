"""People and their marks, addresses, organisations, roles and invitations."""

import re

import pytest
from django.urls import reverse

from accounts.invitations import invited_person
from accounts.models import ConfigChange, Membership, User
from accounts.people import create_person, person_with_address, system_actor
from accounts.tokens import issue_token, token_for
from tests.factories import CustomerFactory


def sent(person: User | None = None, **fields) -> dict:
    data = {"name": "Nina Novak", "email": "nina@demo.example", "time_zone": "Europe/Berlin", "is_active": "on"}
    if person:
        data |= {"name": person.name, "email": person.email, "time_zone": person.time_zone}
        data |= {mark: "on" for mark in ("is_agent", "is_customer", "is_administrator") if getattr(person, mark)}
    return {name: value for name, value in (data | fields).items() if value is not None}


def test_a_new_agent_with_a_role(world, door, last_change):
    fields = {"is_agent": "on", "language": "de", "roles": [world.billing_role.role.pk]}
    answer = door.post(reverse("setup:person_new"), sent(**fields))
    made = User.objects.get(email="nina@demo.example")
    assert answer["Location"] == reverse("setup:person", args=[made.pk])
    assert (made.name, made.is_agent, made.is_customer, made.language) == ("Nina Novak", True, False, "de")
    assert list(made.groups.all()) == [world.billing_role]
    assert not made.has_usable_password()
    joined, created = ConfigChange.objects.order_by("-pk")[:2]
    assert (created.kind, created.action, created.after["addresses"]) == (
        "accounts.user",
        "created",
        ["nina@demo.example"],
    )
    assert joined.after["members"] == ["bea@demo.example", "nina@demo.example"]


def test_further_addresses_are_the_same_person(world, door, last_change):
    fields = {"further": "dana@home.example, dana.miller@acme.example", "email": "dana.m@acme.example"}
    door.post(reverse("setup:person", args=[world.dana.pk]), sent(world.dana, organisation="Acme", **fields))
    world.dana.refresh_from_db()
    assert world.dana.email == "dana.m@acme.example"
    assert person_with_address("Dana@home.example") == world.dana
    assert person_with_address("dana@acme.example") is None
    change = last_change()
    assert change.before["addresses"] == ["dana@acme.example"]
    assert change.after["addresses"] == ["dana.m@acme.example", "dana.miller@acme.example", "dana@home.example"]


@pytest.mark.parametrize("field", ["email", "further"])
def test_an_address_of_somebody_else_is_refused(world, door, text_of, field):
    answer = door.post(
        reverse("setup:person", args=[world.dana.pk]), sent(world.dana, **{field: "erik@globex.example"})
    )
    assert answer.status_code == 422
    assert "erik@globex.example belongs to Erik Olsen." in text_of(answer)
    assert person_with_address("erik@globex.example") == world.erik


@pytest.mark.parametrize("mark", ["is_administrator", "is_active"])
def test_administrators_cannot_lock_themselves_out(world, door, mark):
    answer = door.post(reverse("setup:person", args=[world.alex.pk]), sent(world.alex, **{mark: None}))
    assert answer.status_code == 422
    world.alex.refresh_from_db()
    assert world.alex.is_administrator
    assert world.alex.is_active


def test_a_colleague_can_take_the_mark(world, signed_in):
    world.bea.is_administrator = True
    world.bea.save()
    data = sent(world.alex, is_administrator=None)
    signed_in(world.bea).post(reverse("setup:person", args=[world.alex.pk]), data)
    world.alex.refresh_from_db()
    assert not world.alex.is_administrator
    assert signed_in(world.alex).get(reverse("setup:home")).status_code == 404


def test_a_deactivated_person_is_out_at_once(world, door, signed_in):
    browser = signed_in(world.carlos)
    door.post(reverse("setup:person", args=[world.carlos.pk]), sent(world.carlos, is_active=None))
    assert browser.get("/admin/").status_code == 302


def test_an_organisation_with_its_marks(world, door):
    data = sent(world.erik, organisation="Acme", sees_all="on")
    door.post(reverse("setup:person", args=[world.erik.pk]), data)
    membership = Membership.objects.get(user=world.erik)
    assert (membership.organisation, membership.is_primary, membership.sees_all) == (world.acme, True, True)


def test_an_unknown_organisation_is_refused(world, door):
    answer = door.post(reverse("setup:person", args=[world.erik.pk]), sent(world.erik, organisation="Initech"))
    assert answer.status_code == 422
    assert 'value="Initech"' in answer.content.decode()


def test_an_invitation_is_shown_once_and_works(world, door):
    person = create_person(email="nina@demo.example", name="Nina", is_customer=True)
    answer = door.post(reverse("setup:person_invite", args=[person.pk]))
    token = re.search(r"/welcome/([^/\"]+)/", answer.content.decode()).group(1)
    assert "no-store" in answer["Cache-Control"]
    assert invited_person(token) == person
    assert "/welcome/" not in door.get(reverse("setup:person", args=[person.pk])).content.decode()


def test_an_invitation_replaces_a_password_and_ends_sessions(world, door, signed_in, last_change):
    browser = signed_in(world.carlos)
    answer = door.post(reverse("setup:person_invite", args=[world.carlos.pk]))
    world.carlos.refresh_from_db()
    assert not world.carlos.has_usable_password()
    assert "/welcome/" in answer.content.decode()
    assert browser.get("/admin/").status_code == 302
    assert (last_change().before, last_change().after) == ({"password": True}, {"password": False})


def test_nobody_invites_himself_or_the_system(world, door):
    for pk in (world.alex.pk, system_actor("mail").pk):
        assert door.post(reverse("setup:person_invite", args=[pk])).status_code == 404
    world.alex.refresh_from_db()
    assert world.alex.has_usable_password()


def test_the_systems_actors_are_no_people(world, door, text_of):
    actor = system_actor("mail")
    assert door.get(reverse("setup:person", args=[actor.pk])).status_code == 404
    assert actor.email not in text_of(door.get(reverse("setup:people"), {"kind": "inactive"}))


def test_people_are_found_by_name_and_by_any_address(world, door, text_of):
    world.dana.addresses.create(address="private@home.example")
    for words in ("dana", "MILL acme", "private@home"):
        page = text_of(door.get(reverse("setup:people"), {"q": words}))
        assert "Dana Miller" in page
        assert "Erik Olsen" not in page
    agents = text_of(door.get(reverse("setup:people"), {"kind": "agents"}))
    assert "Bea Costa" in agents
    assert "Dana Miller" not in agents


def test_more_people_are_loaded_as_rows_alone(world, door):
    for number in range(55):
        CustomerFactory(name=f"Person {number:03}")
    first = door.get(reverse("setup:people")).content.decode()
    more = re.search(r'href="(\?cursor=[^"]+)"', first).group(1)
    assert first.count('<th scope="row">') == 50
    part = door.get(f"{reverse('setup:people')}{more}", headers={"HX-Request": "true"}).content.decode()
    assert part.count('<th scope="row">') == 10
    assert "<html" not in part
    assert "Person 054" in first + part
    page = door.get(f"{reverse('setup:people')}{more}")
    assert "<html" in page.content.decode()
    assert "HX-Request" in page["Vary"]


def test_a_token_of_a_person_can_be_revoked(world, door, last_change):
    token, secret = issue_token(world.bea, name="Script")
    door.post(reverse("setup:person_token_revoke", args=[world.bea.pk, token.pk]))
    assert token_for(secret) is None
    assert (last_change().kind, last_change().before["revoked_at"]) == ("accounts.apitoken", None)
    other = reverse("setup:person_token_revoke", args=[world.dana.pk, token.pk])
    assert door.post(other).status_code == 404


def test_T07_a_hostile_name_is_text_everywhere(world, door):
    hostile = '"><img src=x onerror=alert(1)>'
    person = create_person(email="evil@acme.example", name=hostile, is_agent=True)
    pages = [
        door.get(reverse("setup:people"), {"q": hostile}),
        door.get(reverse("setup:people")),
        door.get(reverse("setup:person", args=[person.pk])),
        door.get(reverse("setup:role", args=[world.support_role.role.pk])),
        door.post(reverse("setup:person", args=[person.pk]), sent(person, email="not an address")),
        door.post(reverse("setup:person", args=[person.pk]), sent(person, language="de"), follow=True),
        door.get(reverse("setup:audit")),
        door.get(reverse("setup:home"), {"q": hostile}),
    ]
    for page in pages:
        assert "<img" not in page.content.decode()
