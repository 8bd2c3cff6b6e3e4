"""People and organisations: found by what is known of them, changed by whoever has the right."""

import pytest

from accounts.models import ConfigChange, Organisation, User
from tests.factories import CustomerFactory, TicketFactory, organisation, role


@pytest.fixture
def alex(world, program):
    return program(world.alex)


def test_people_are_found_by_beginnings_of_words(world, bea):
    assert [one["email"] for one in bea.get("people/?q=mill").json()["results"]] == ["dana@acme.example"]
    assert [one["email"] for one in bea.get("people/?q=erik@").json()["results"]] == ["erik@globex.example"]
    everybody = [one["name"] for one in bea.get("people/").json()["results"]]
    assert everybody == sorted(everybody, key=str.lower)
    assert bea.get("people/?q=nobody").json()["results"] == []


def test_whoever_opens_no_tickets_knows_the_customers_of_those_he_reads(world, program):
    stranger = CustomerFactory(name="Zoe Zimmer")
    reader = User.objects.create_user("reader@demo.example", name="Reader", is_agent=True)
    role("Readers", reader, read=world.support)
    TicketFactory(queue=world.support, customer=world.dana)
    robot = program(reader)
    assert robot.get("people/?q=dana").json()["results"] != []
    assert robot.get("people/?q=zoe").json()["results"] == []
    assert robot.get(f"people/{stranger.pk}/").status_code == 404


def test_a_customer_is_added_changed_and_audited(world, alex):
    sent = {
        "email": "Finn@Acme.example",
        "name": "Finn Weber",
        "further": ["finn@home.example"],
        "organisations": [{"organisation": "Acme", "sees_all": True}],
    }
    made = alex.post("people/", sent)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["email"], sorted(shown["addresses"])) == (
        "finn@acme.example",
        ["finn@acme.example", "finn@home.example"],
    )
    assert shown["memberships"] == [
        {"organisation": {"id": world.acme.pk, "name": "Acme"}, "is_primary": True, "sees_all": True}
    ]
    changed = alex.patch(f"people/{shown['id']}/", {"phone": "+49 30 1", "language": "de"}).json()
    assert (changed["phone"], changed["language"], changed["memberships"]) == ("+49 30 1", "de", shown["memberships"])
    assert sorted(changed["addresses"]) == sorted(shown["addresses"])
    assert alex.patch(f"people/{shown['id']}/", {"organisations": []}).json()["memberships"] == []
    changes = ConfigChange.objects.filter(kind="accounts.user", object_id=str(shown["id"])).order_by("pk")
    assert [change.action for change in changes] == ["created", "changed", "changed"]
    assert {change.through.partition(" ")[0] for change in changes} == {"robot"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "dana@acme.example"},
        {"email": "no address"},
        {"time_zone": "Nowhere/City"},
        {"language": "xx"},
        {"organisations": [{"organisation": "Nobody"}]},
        {"is_administrator": True},
        {"is_vip": "yes"},
    ],
)
def test_T47_what_cannot_be_is_refused(world, alex, wrong):
    people = User.objects.count()
    assert alex.post("people/", {"email": "new@acme.example", "name": "New", **wrong}).status_code == 400
    assert User.objects.count() == people


def test_without_the_right_customers_are_not_changed_and_colleagues_never(world, bea, alex):
    assert bea.post("people/", {"email": "new@acme.example", "name": "New"}).status_code == 403
    assert bea.patch(f"people/{world.dana.pk}/", {"phone": "1"}).status_code == 403
    assert alex.patch(f"people/{world.carlos.pk}/", {"email": "mine@evil.example"}).status_code == 403
    world.carlos.refresh_from_db()
    assert world.carlos.email == "carlos@demo.example"


def test_organisations(world, bea, alex):
    organisation("Ace Industries")
    assert [one["name"] for one in bea.get("organisations/?q=ac").json()["results"]] == ["Ace Industries", "Acme"]
    made = alex.post("organisations/", {"name": "Initech", "is_vip": True}).json()
    assert (made["name"], made["is_vip"]) == ("Initech", True)
    assert alex.patch(f"organisations/{made['id']}/", {"notes": "Pays late."}).json()["notes"] == "Pays late."
    assert alex.post("organisations/", {"name": "Acme"}).status_code == 400
    assert bea.post("organisations/", {"name": "Hers"}).status_code == 403
    assert Organisation.objects.get(pk=made["id"]).name == "Initech"


def test_customers_find_nobody(world, program):
    dana = program(world.dana)
    for path in ("people/", f"people/{world.bea.pk}/", "organisations/", f"organisations/{world.acme.pk}/"):
        assert dana.get(path).status_code == 404


def test_nobody_overwrites_what_he_has_not_seen_of_a_customer(world, alex):
    path = f"people/{world.dana.pk}/"
    seen = alex.get(path)["ETag"]
    now = alex.patch(path, {"phone": "123"}, headers={"If-Match": seen})["ETag"]
    assert now == alex.get(path)["ETag"] != seen
    refused = alex.patch(path, {"phone": "456"}, headers={"If-Match": seen})
    assert (refused.status_code, refused.json()["detail"]) == (412, "Somebody has changed this meanwhile.")
    world.dana.refresh_from_db()
    assert world.dana.phone == "123"
    for header in (f'"x", {now}', f"W/{now}", "*"):
        assert alex.patch(path, {"phone": "123"}, headers={"If-Match": header}).status_code == 200
    alex.patch(path, {"organisations": [{"organisation": "Globex"}]})
    assert alex.patch(path, {"phone": "456"}, headers={"If-Match": now}).status_code == 412


def test_nobody_overwrites_what_he_has_not_seen_of_an_organisation(world, alex, bea):
    made = alex.post("organisations/", {"name": "Initech"})
    path, seen = f"organisations/{made.json()['id']}/", made["ETag"]
    assert alex.get(path)["ETag"] == seen
    assert alex.patch(path, {"notes": "Pays late."}, headers={"If-Match": seen}).status_code == 200
    assert alex.patch(path, {"notes": "Pays."}, headers={"If-Match": seen}).status_code == 412
    assert Organisation.objects.get(name="Initech").notes == "Pays late."


def test_the_right_is_asked_before_what_was_seen(world, bea):
    for path in (f"people/{world.dana.pk}/", f"organisations/{Organisation.objects.get(name='Acme').pk}/"):
        TicketFactory(queue=world.support, customer=world.dana)
        assert bea.patch(path, {"notes": "x"}, headers={"If-Match": '"x"'}).status_code == 403
