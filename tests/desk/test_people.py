"""People in the desk: whom an agent knows, what stands on their page, and what may be said of them."""

import re

import pytest

from accounts.models import ConfigChange, EmailAddress, User
from accounts.roles import let_edit_people, may_edit_people
from tests.desk.conftest import PART, part, put, text_of
from tests.factories import AgentFactory, CustomerFactory, TicketFactory, role
from tickets.actions.removing import trash

PEOPLE = "/desk/people/"


def page(person: User) -> str:
    return f"{PEOPLE}{person.pk}/"


@pytest.fixture
def editors(world):
    """Members of the support team look after customers."""
    let_edit_people(world.support_role, allowed=True)
    return world.support_role


@pytest.fixture
def taker(world, signed_in):
    """An agent who opens no tickets: knows only the customers of the ones that can be read."""
    person = AgentFactory(name="Tom Taker", email="tom@demo.example")
    role("Takers", person, owner=world.support)
    return signed_in(person)


def names_in(answer) -> list[str]:
    return re.findall(r'class="prow__link" dir="auto" href="/desk/people/\d+/">([^<]*)<', text_of(answer))


def test_customers_are_listed_by_name_without_regard_to_case_and_accents(bea, world):
    for name in ("ángel Ruiz", "Zoë Quist", "Berta Bloom"):
        CustomerFactory(name=name)
    assert names_in(bea.get(PEOPLE)) == ["ángel Ruiz", "Berta Bloom", "Dana Miller", "Erik Olsen", "Zoë Quist"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("dan", ["Dana Miller"]),
        ("mill dana", ["Dana Miller"]),
        ("DANA@acme", ["Dana Miller"]),
        ("globex", ["Erik Olsen"]),
        ("angel", ["Ángel Strauß"]),
        ("strauß", ["Ángel Strauß"]),
        ("strauss", ["Ángel Strauß"]),
        ("o'b", ["Pat O'Brien"]),
        ("second@home", ["Dana Miller"]),
        ("iller", []),
        ("dana olsen", []),
        ("' & | :* !", ["Ángel Strauß", "Dana Miller", "Erik Olsen", "Pat O'Brien"]),
    ],
)
def test_people_are_found_by_the_beginnings_of_words(bea, world, words, found):
    CustomerFactory(name="Ángel Strauß")
    CustomerFactory(name="Pat O'Brien", email="pat@brien.example")
    EmailAddress.objects.create(user=world.dana, address="second@home.example")
    answer = bea.get(PEOPLE, {"q": words})
    assert [name.replace("&#x27;", "'") for name in names_in(answer)] == found


def test_colleagues_vips_and_inactive_people_have_lists_of_their_own(bea, world):
    world.erik.is_vip = True
    world.erik.save()
    CustomerFactory(name="Gone", is_active=False)
    assert names_in(bea.get(PEOPLE, {"kind": "agents"})) == ["Alex Berger", "Bea Costa", "Carlos Díaz"]
    assert names_in(bea.get(PEOPLE, {"kind": "vip"})) == ["Erik Olsen"]
    assert names_in(bea.get(PEOPLE, {"kind": "inactive"})) == ["Gone"]
    assert "Gone" not in names_in(bea.get(PEOPLE))


def test_a_long_list_goes_on_where_it_stopped(bea, world, monkeypatch):
    monkeypatch.setattr("web.desk.views.people.ROWS", 2)
    CustomerFactory(name="Carla")
    first = bea.get(PEOPLE)
    more = re.search(r'hx-get="(\?after=[^"]+)"', text_of(first))[1]
    assert names_in(first) == ["Carla", "Dana Miller"]
    rest = bea.get(PEOPLE + more, headers=PART)
    assert names_in(rest) == ["Erik Olsen"]
    assert 'hx-target="#rows"' in text_of(rest)


def test_the_list_costs_the_same_for_many(bea, world, queries):
    def cost() -> int:
        with queries() as counted:
            assert bea.get(PEOPLE).status_code == 200
        return len(counted)

    bea.get(PEOPLE)
    before = cost()
    for number in range(12):
        TicketFactory(queue=world.support, customer=CustomerFactory(organisation=world.acme if number % 2 else None))
    assert cost() == before <= 9


def test_open_tickets_are_counted_as_far_as_the_agent_sees_them(carlos, bea, world, ticket):
    TicketFactory(queue=world.billing, customer=world.dana)
    assert "2 open tickets" in text_of(bea.get(PEOPLE))
    assert "1 open ticket<" in text_of(carlos.get(PEOPLE))


def test_who_opens_no_tickets_knows_only_the_customers_of_tickets_they_read(taker, world, ticket):
    TicketFactory(queue=world.billing, customer=world.erik)
    assert names_in(taker.get(PEOPLE)) == ["Dana Miller"]
    assert taker.get(page(world.dana)).status_code == 200
    assert taker.get(page(world.erik)).status_code == 404
    assert taker.get(page(world.bea)).status_code == 200
    assert taker.get(PEOPLE + "new/").status_code == 404


def test_the_page_of_a_person_tells_what_agents_know(bea, world, ticket):
    User.objects.filter(pk=world.dana.pk).update(
        phone="+49 30 1234", notes="Likes to be called.", is_vip=True, language="de", time_zone="Europe/Berlin"
    )
    EmailAddress.objects.create(user=world.dana, address="dana@home.example")
    closed = TicketFactory(queue=world.support, customer=world.dana, title="Long ago")
    put(closed, "closed successful", by=world.bea)
    shown = text_of(bea.get(page(world.dana)))
    for words in ("dana@home.example", "+49 30 1234", "Likes to be called.", "VIP", "Acme", "Deutsch", "local time"):
        assert words in shown
    assert "Printer hums" in shown
    assert "Long ago" not in shown
    assert "Long ago" in text_of(bea.get(page(world.dana), {"show": "closed"}))
    assert "Long ago" in text_of(bea.get(page(world.dana), {"show": "all"}))


def test_T48_hidden_tickets_show_nowhere_on_the_page(carlos, world, ticket):
    before = text_of(carlos.get(page(world.dana), {"show": "all"}))
    hidden = TicketFactory(queue=world.billing, customer=world.dana, title="Xylophone")
    trash(TicketFactory(queue=world.support, customer=world.dana, title="Xylophone"), by=world.bea)
    after = text_of(carlos.get(page(world.dana), {"show": "all"}))
    assert "Xylophone" not in after
    assert hidden.number not in after
    plain = re.compile(r'csrfmiddlewaretoken" value="[^"]+|X-CSRFToken":"[^"]+')
    assert plain.sub("", before) == plain.sub("", after)


def test_the_page_of_a_person_costs_the_same_for_many_tickets(bea, world, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            assert bea.get(page(world.dana)).status_code == 200
        return len(counted)

    bea.get(page(world.dana))
    before = cost()
    for _number in range(10):
        TicketFactory(queue=world.support, customer=world.dana)
    assert cost() == before <= 16


def test_nobody_finds_the_systems_own_actors(bea, world, ticket):
    actor = User.objects.filter(system_key__isnull=False).first()
    assert actor is None or bea.get(page(actor)).status_code == 404
    assert bea.get(PEOPLE + "99999999/").status_code == 404


def test_somebody_new_is_made_in_one_step(bea, world):
    form = {"name": "Nina New", "email": "Nina@Acme.example", "phone": "123", "language": "es", "organisation": "Acme"}
    answer = bea.post(PEOPLE + "new/", form)
    made = User.objects.get(email="nina@acme.example")
    assert answer["Location"] == page(made)
    assert (made.name, made.phone, made.language, made.is_customer, made.is_agent) == (
        "Nina New",
        "123",
        "es",
        True,
        False,
    )
    assert [row.organisation for row in made.memberships.all()] == [world.acme]
    assert not made.memberships.get().sees_all
    change = ConfigChange.objects.latest("pk")
    assert (change.actor, change.action, change.after["organisations"]) == (world.bea, "created", ["Acme"])


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"email": "dana@acme.example"}, "dana@acme.example belongs to Dana Miller."),
        ({"email": "nobody"}, "valid email address"),
        ({"name": "  "}, "field is required"),
        ({"organisation": "Nowhere"}, "There is no organisation with this name."),
    ],
)
def test_what_cannot_be_is_refused_and_kept(bea, world, form, error):
    number = User.objects.count()
    answer = bea.post(PEOPLE + "new/", {"name": "Nina", "email": "nina@x.example", "phone": "555", **form})
    assert answer.status_code == 422
    assert error in text_of(answer)
    assert 'value="555"' in text_of(answer)
    assert User.objects.count() == number


def test_changing_customers_is_a_right_of_roles(bea, world, ticket):
    edit = f"{page(world.dana)}edit/"
    assert bea.get(edit).status_code == 404
    assert edit not in text_of(bea.get(page(world.dana)))
    let_edit_people(world.support_role, allowed=True)
    assert bea.get(edit).status_code == 200
    assert edit in text_of(bea.get(page(world.dana)))
    let_edit_people(world.support_role, allowed=False)
    assert bea.post(edit, {"name": "Mallory", "email": "m@x.example", "time_zone": "UTC"}).status_code == 404
    world.dana.refresh_from_db()
    assert world.dana.name == "Dana Miller"


def test_administrators_may_change_customers(world):
    assert may_edit_people(world.alex)
    assert not may_edit_people(world.bea)
    world.alex.is_active = False
    assert not may_edit_people(world.alex)


@pytest.mark.usefixtures("editors")
def test_everything_said_of_a_customer_is_saved_and_audited(bea, world):
    globex = world.erik.memberships.get().organisation
    form = {
        "name": "Dana M.",
        "email": "dana@home.example",
        "further": "dana@acme.example, d.miller@acme.example",
        "phone": "42",
        "language": "pt",
        "time_zone": "America/Sao_Paulo",
        "is_vip": "on",
        "notes": "Calls on Mondays.",
        "shown": world.acme.pk,
        "sees_all": world.acme.pk,
        "join": "globex",
    }
    assert bea.post(f"{page(world.dana)}edit/", form)["Location"] == page(world.dana)
    dana = User.objects.get(pk=world.dana.pk)
    assert (dana.name, dana.email, dana.phone, dana.language, dana.time_zone, dana.is_vip, dana.notes) == (
        "Dana M.",
        "dana@home.example",
        "42",
        "pt",
        "America/Sao_Paulo",
        True,
        "Calls on Mondays.",
    )
    addresses = sorted(dana.addresses.values_list("address", flat=True))
    assert addresses == ["d.miller@acme.example", "dana@acme.example", "dana@home.example"]
    rows = {row.organisation: (row.is_primary, row.sees_all) for row in dana.memberships.all()}
    assert rows == {world.acme: (True, True), globex: (False, False)}
    change = ConfigChange.objects.latest("pk")
    assert (change.before["email"], change.after["email"]) == ("dana@acme.example", "dana@home.example")
    assert change.after["organisations"] == ["Acme", "Globex"]


@pytest.mark.usefixtures("editors")
def test_another_organisation_becomes_the_main_one_and_one_is_left(bea, world):
    globex = world.erik.memberships.get().organisation
    world.dana.memberships.create(organisation=globex, is_primary=False)
    form = {"name": "Dana", "email": "dana@acme.example", "time_zone": "UTC", "shown": [world.acme.pk, globex.pk]}
    bea.post(f"{page(world.dana)}edit/", {**form, "primary": globex.pk})
    assert world.dana.memberships.get(is_primary=True).organisation == globex
    bea.post(f"{page(world.dana)}edit/", {**form, "primary": globex.pk, "leave": world.acme.pk})
    assert [row.organisation for row in world.dana.memberships.all()] == [globex]


@pytest.mark.usefixtures("editors")
def test_addresses_of_others_are_refused_and_nothing_changes(bea, world):
    form = {"name": "Dana", "email": "dana@acme.example", "time_zone": "UTC", "further": "erik@globex.example"}
    answer = bea.post(f"{page(world.dana)}edit/", form)
    assert answer.status_code == 422
    assert "erik@globex.example belongs to Erik Olsen." in text_of(answer)
    world.dana.refresh_from_db()
    assert world.dana.name == "Dana Miller"


@pytest.mark.usefixtures("editors")
@pytest.mark.parametrize("who", ["alex", "carlos", "bea"])
def test_nobody_changes_colleagues_here(bea, world, who):
    """An agent who could change the address of an administrator would soon be one."""
    person = getattr(world, who)
    assert bea.get(f"{page(person)}edit/").status_code == 404
    assert bea.get(f"{page(person)}merge/").status_code == 404


def test_a_search_that_finds_nobody_leads_to_somebody_new(bea, world):
    shown = text_of(part(bea, PEOPLE, q="nina@acme.example"))
    assert "/desk/people/new/?q=nina%40acme.example" in shown
    assert 'value="nina@acme.example"' in text_of(bea.get(PEOPLE + "new/?q=nina%40acme.example"))


def test_people_who_only_read_requests_have_no_desk(world, signed_in):
    assert signed_in(world.dana).get(PEOPLE).status_code == 404
