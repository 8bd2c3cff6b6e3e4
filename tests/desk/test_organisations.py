"""Organisations in the desk, and two entries for one person becoming one."""

import re

import pytest

from accounts.models import ConfigChange, Organisation, User
from accounts.people import person_with_address
from accounts.roles import let_edit_people
from tests import factories
from tests.desk.conftest import put, text_of
from tests.factories import AgentFactory, CustomerFactory, TicketFactory, role
from tickets.models import Ticket

ORGANISATIONS = "/desk/organisations/"


def page(organisation: Organisation) -> str:
    return f"{ORGANISATIONS}{organisation.pk}/"


def merge(person: User) -> str:
    return f"/desk/people/{person.pk}/merge/"


@pytest.fixture
def editors(world):
    let_edit_people(world.support_role, allowed=True)


@pytest.fixture
def double(world) -> User:
    """Dana again, by her address at home."""
    return CustomerFactory(email="dana@home.example", name="dana MILLER")


def names_in(answer) -> list[str]:
    return re.findall(r'class="prow__link" dir="auto" href="/desk/organisations/\d+/">([^<]*)<', text_of(answer))


def test_organisations_are_listed_with_how_many_belong_to_them(bea, world):
    factories.organisation("Ázul", CustomerFactory(), CustomerFactory(is_active=False))
    answer = bea.get(ORGANISATIONS)
    assert names_in(answer) == ["Acme", "Ázul", "Globex"]
    assert text_of(answer).count("1 person<") == 3
    assert names_in(bea.get(ORGANISATIONS, {"q": "azu"})) == ["Ázul"]
    assert names_in(bea.get(ORGANISATIONS, {"q": "zul"})) == []


def test_an_organisation_shows_its_people_notes_and_tickets(carlos, world, ticket):
    Organisation.objects.filter(pk=world.acme.pk).update(notes="Pays late.", is_vip=True)
    TicketFactory(queue=world.billing, customer=world.dana, title="Xylophone")
    closed = TicketFactory(queue=world.support, customer=world.dana, title="Long ago")
    put(closed, "closed successful", by=world.bea)
    shown = text_of(carlos.get(page(world.acme)))
    for words in ("Pays late.", "VIP", "Dana Miller", "Printer hums"):
        assert words in shown
    assert "Long ago" not in shown
    everything = text_of(carlos.get(page(world.acme), {"show": "all"}))
    assert "Long ago" in everything
    assert "Xylophone" not in everything
    assert '<span class="count">2</span>' in everything


def test_the_pages_cost_the_same_for_many(bea, world, ticket, queries):
    def cost(url: str) -> int:
        with queries() as counted:
            assert bea.get(url).status_code == 200
        return len(counted)

    urls = (ORGANISATIONS, page(world.acme))
    for url in urls:
        bea.get(url)
    before = [cost(url) for url in urls]
    for number in range(8):
        TicketFactory(queue=world.support, customer=CustomerFactory(organisation=world.acme))
        factories.organisation(f"Company {number}", CustomerFactory())
    assert [cost(url) for url in urls] == before
    assert max(before) <= 14


def test_who_opens_no_tickets_knows_only_organisations_of_tickets_they_read(world, ticket, signed_in):
    person = AgentFactory()
    role("Readers", person, read=world.support)
    browser = signed_in(person)
    colleague = CustomerFactory(name="Carl Miles", organisation=world.acme)
    assert names_in(browser.get(ORGANISATIONS)) == ["Acme"]
    assert browser.get(page(world.erik.memberships.get().organisation)).status_code == 404
    assert colleague.name not in text_of(browser.get(page(world.acme)))


def test_names_are_suggested_while_typing(bea, world):
    assert 'value="Globex"' in text_of(bea.get(f"{ORGANISATIONS}names/", {"organisation": "glo"}))
    assert "<option" not in text_of(bea.get(f"{ORGANISATIONS}names/", {"organisation": ""}))


def test_changing_organisations_is_a_right_of_roles(bea, world):
    assert bea.get(f"{page(world.acme)}edit/").status_code == 404
    assert bea.post(f"{ORGANISATIONS}new/", {"name": "New"}).status_code == 404
    let_edit_people(world.support_role, allowed=True)
    form = {"name": "Acme Ltd", "notes": "Moved.", "is_vip": "on"}
    assert bea.post(f"{page(world.acme)}edit/", form)["Location"] == page(world.acme)
    world.acme.refresh_from_db()
    assert (world.acme.name, world.acme.notes, world.acme.is_vip) == ("Acme Ltd", "Moved.", True)
    assert ConfigChange.objects.latest("pk").before["name"] == "Acme"
    bea.post(f"{ORGANISATIONS}new/", {"name": "Newcomers"})
    assert Organisation.objects.filter(name="Newcomers").exists()


@pytest.mark.usefixtures("editors")
def test_a_name_that_is_taken_is_refused(bea, world):
    answer = bea.post(f"{page(world.acme)}edit/", {"name": "Globex"})
    assert answer.status_code == 422
    world.acme.refresh_from_db()
    assert world.acme.name == "Acme"


# ---- merging people -------------------------------------------------------------------------------


@pytest.mark.usefixtures("editors")
def test_likely_duplicates_are_suggested(bea, world, double):
    alike = CustomerFactory(email="dana@globex.example", name="D. M.")
    CustomerFactory(email="info@globex.example", name="Info")
    shown = text_of(bea.get(merge(world.dana)))
    for person in (double, alike):
        assert f"?duplicate={person.pk}" in shown
    assert f"?duplicate={world.erik.pk}" not in shown
    assert f"?duplicate={world.erik.pk}" in text_of(bea.get(merge(world.dana), {"q": "erik"}))


@pytest.mark.usefixtures("editors")
def test_the_preview_says_what_would_happen_and_changes_nothing(bea, carlos, world, double):
    TicketFactory(queue=world.support, customer=double)
    TicketFactory(queue=world.billing, customer=double)
    shown = text_of(bea.get(merge(world.dana), {"duplicate": double.pk}))
    assert "Tickets that you may see: 2" in shown
    assert "dana@home.example" in shown
    assert "Tickets that you may see: 1" in text_of(carlos.get(merge(world.dana), {"duplicate": double.pk}))
    double.refresh_from_db()
    assert double.is_active


@pytest.mark.usefixtures("editors")
def test_two_become_one_with_everything_they_have(bea, world, double):
    User.objects.filter(pk=double.pk).update(phone="42", notes="Likes tea.", is_vip=True, time_zone="Europe/Lisbon")
    User.objects.filter(pk=world.dana.pk).update(notes="Likes coffee.")
    request = TicketFactory(queue=world.support, customer=double)
    answer = bea.post(merge(world.dana), {"duplicate": double.pk})
    assert answer["Location"] == f"/desk/people/{world.dana.pk}/"
    dana = User.objects.get(pk=world.dana.pk)
    assert Ticket.objects.get(pk=request.pk).customer == dana
    assert person_with_address("dana@home.example") == dana
    assert (dana.phone, dana.notes, dana.is_vip, dana.time_zone) == (
        "42",
        "Likes coffee.\n\nLikes tea.",
        True,
        "Europe/Lisbon",
    )
    lines = ConfigChange.objects.filter(kind="accounts.user").order_by("-pk")[:2]
    assert {line.object_id for line in lines} == {str(double.pk), str(dana.pk)}
    assert bea.get(f"/desk/people/{double.pk}/")["Location"] == f"/desk/people/{dana.pk}/"
    assert f"/desk/people/{double.pk}/" not in text_of(bea.get("/desk/people/"))


@pytest.mark.usefixtures("editors")
@pytest.mark.parametrize("who", ["bea", "alex", "dana", "nobody"])
def test_who_cannot_be_merged_is_refused(bea, world, who):
    number = 99_999_999 if who == "nobody" else getattr(world, who).pk
    answer = bea.post(merge(world.dana), {"duplicate": number})
    assert answer.status_code == 422
    assert not User.objects.filter(merged_into__isnull=False).exists()


def test_merging_is_a_right_of_roles(bea, world, double):
    assert bea.get(merge(world.dana)).status_code == 404
    assert bea.post(merge(world.dana), {"duplicate": double.pk}).status_code == 404
    double.refresh_from_db()
    assert double.merged_into is None
