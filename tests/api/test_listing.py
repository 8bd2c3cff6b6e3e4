"""GET tickets/ and tickets/NUMBER/: what is shown to whom, found how, at which cost."""

import pytest

from tests.factories import CustomerFactory, TicketFactory
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note
from tickets.actions.routing import assign
from tickets.messages import Message
from tickets.models import FieldDefinition, State, Ticket


def numbers(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [ticket["number"] for ticket in answer.json()["results"]]


@pytest.fixture
def three(world):
    """Two in Support, one of them closed and tagged, and one in Billing."""
    printer = TicketFactory(title="Printer hums", queue=world.support, customer=world.dana)
    disk = TicketFactory(title="Disk", body="zebra stripes", queue=world.hardware, customer=world.erik, tags=("raid",))
    bill = TicketFactory(title="Bill", queue=world.billing, customer=world.dana)
    set_state(disk, State.objects.get(name="closed successful"), by=world.bea)
    assign(printer, world.carlos, by=world.bea)
    return printer.number, disk.number, bill.number


def test_a_list_holds_what_may_be_read_and_changed_last_comes_first(world, program, bea, three):
    printer, disk, bill = three
    assert numbers(bea.get("tickets/")) == [printer, disk, bill]
    assert numbers(program(world.carlos).get("tickets/")) == [printer, disk]
    assert numbers(program(world.dana).get("tickets/")) == [bill, printer]
    assert numbers(program(CustomerFactory()).get("tickets/")) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "zebra"}, [1]),
        ({"q": "", "cursor": ""}, [0, 1, 2]),
        ({"q": "zebra -stripes"}, []),
        ({"q": "zebra -spots"}, [1]),
        ({"q": '-spots -"nothing else" "zebra stripe"'}, [1]),
        ({"q": "queue:support owner:carlos"}, [0]),
        ({"q": "is:open (bill or tag:raid)"}, [2]),
        ({"queue": "Support"}, [0]),
        ({"queue": "Support::Hardware"}, [1]),
        ({"queue": "Hardware"}, [1]),
        ({"state": "new"}, [0, 2]),
        ({"open": "true"}, [0, 2]),
        ({"open": "false"}, [1]),
        ({"owner": "carlos@demo.example"}, [0]),
        ({"owner": "nobody@demo.example"}, []),
        ({"customer": "erik@globex.example"}, [1]),
        ({"customer": "dana@acme.example", "queue": "Billing"}, [2]),
        ({"tag": "raid"}, [1]),
        ({"created_after": "2000-01-01T00:00:00Z"}, [0, 1, 2]),
        ({"created_after": "2100-01-01T00:00:00+02:00"}, []),
        ({"changed_after": "2100-01-01T00:00:00Z"}, []),
        ({"created_after": "0001-01-01T00:00:00+14:00"}, [0, 1, 2]),
        ({"created_after": "9999-12-31T23:59:59-14:00"}, []),
        ({"created_after": "2000-01-01T00:00:00+20:00"}, [0, 1, 2]),
        ({"changed_after": "2100-01-01T00:00:00-23:59"}, []),
        ({"due_before": "0001-01-01T00:00:00+23:59"}, []),
        ({"condition": '{"field": "created", "after": "2000-01-01T00:00:00+20:00"}'}, [0, 1, 2]),
        ({"condition": '{"field": "created", "after": "9999-12-31T23:59:59-23:59"}'}, []),
    ],
)
def test_lists_are_narrowed(world, bea, three, asked, found):
    assert numbers(bea.get("tickets/", asked)) == [three[index] for index in found]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("%' --", 200),
        ("-x " * 60, 200),
        ("ß\u202e\ufeff", 200),
        ("-", 200),
        ('"', 200),
        ("--- -\" '&|!():*<->\\ or -", 400),
        ("or or", 400),
        ("((((", 400),
    ],
)
def test_any_words_can_be_searched_and_what_is_no_query_is_refused(bea, ticket, words, status):
    assert bea.get("tickets/", {"q": words}).status_code == status


def test_a_number_leads_to_its_ticket(world, bea, program, three):
    assert numbers(bea.get("tickets/", {"q": f"#{three[2]}"})) == [three[2]]
    assert numbers(bea.get("tickets/", {"queue": world.support.pk})) == [three[0]]
    assert numbers(program(world.carlos).get("tickets/", {"q": three[2]})) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"owner__password__startswith": "a"},
        {"_connector": "OR"},
        {"queue.name": "Support"},
        {"ordering": "owner__password"},
        {"format": "json"},
        {"q": "owner:"},
        {"q": "queue:nothing-of-this-name"},
        {"q": "a\0b"},
        {"queue": "Billing' OR 1=1 --"},
        {"queue": "10000000000000000000000000000"},
        {"queue": "a\0b"},
        {"state": "nothing"},
        {"owner": ["a@b.example", "c@d.example"]},
        {"open": "maybe"},
        {"owner": "Bea"},
        {"owner": ""},
        {"queue": ""},
        {"customer": "\u0661"},
        {"created_after": "yesterday"},
        {"page_size": "0"},
        {"page_size": "-1"},
        {"page_size": "ten"},
        {"page_size": "²"},
        {"cursor": "nonsense"},
        {"cursor": "WzEsMl0"},
        {"cursor": "a\0b:c:d"},
        {"q": "x" * 1000},
    ],
)
def test_T57_nothing_else_can_be_asked(world, bea, asked):
    answer = bea.get("tickets/", asked)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_a_queue_that_may_not_be_read_is_as_one_that_is_not_there(world, program):
    carlos = program(world.carlos)
    assert carlos.get("tickets/?queue=Billing").content == carlos.get("tickets/?queue=Nowhere").content


def test_pages_follow_each_other_without_gaps(world, bea):
    made = [TicketFactory(queue=world.support, customer=world.dana).number for _n in range(7)]
    found, address = [], "/api/v1/tickets/?page_size=3&queue=Support"
    while address:
        answer = bea.get(address)
        found.append(numbers(answer))
        address = answer.json()["next"]
    assert found == [made[:3:-1], made[3:0:-1], made[:1]]


@pytest.mark.parametrize("size", ["1000000000", "9" * 5000])
def test_T71_a_page_is_never_larger_than_a_hundred(world, bea, size):
    for _n in range(101):
        TicketFactory(queue=world.support, customer=world.dana)
    assert len(numbers(bea.get("tickets/", {"page_size": size}))) == 100


def test_the_cost_of_a_list_does_not_grow_with_its_rows(world, bea, queries):
    costs = []
    for rows in (5, 50):
        while Ticket.objects.count() < rows:
            TicketFactory(queue=world.hardware, customer=CustomerFactory(), owner=world.carlos)
        bea.get("me/")
        with queries() as counted:
            assert len(numbers(bea.get("tickets/"))) == rows
        costs.append(len(counted))
    assert costs == [4, 4]  # the token, the rights, the ids of the page, its tickets


def test_one_ticket_is_shown_with_its_facts_and_version(world, bea, ticket):
    answer = bea.get(f"tickets/{ticket.number}/")
    assert answer["ETag"] == f'"{ticket.version}"'
    assert answer["Cache-Control"] == "no-store"
    shown = answer.json()
    assert (shown["title"], shown["version"], shown["is_open"]) == ("Printer hums", ticket.version, True)
    assert shown["channel"] == "email"
    assert shown["created_at"] == ticket.created_at.isoformat().replace("+00:00", "Z")


def test_T42_what_may_not_be_read_is_as_what_is_not_there(world, program, ticket):
    erik = program(world.erik)
    for part in ("", "articles/", "history/"):
        refused = erik.get(f"tickets/{ticket.number}/{part}")
        assert (refused.status_code, refused.content) == (404, erik.get(f"tickets/404404/{part}").content)


def test_an_administrator_sees_by_role_alone(world, program):
    bill = TicketFactory(queue=world.billing, customer=world.dana)
    assert program(world.alex).get(f"tickets/{bill.number}/").status_code == 404


def test_customers_see_of_a_ticket_what_the_portal_shows(world, program, ticket):
    FieldDefinition.objects.create(key="room", label="Room", kind="text", in_portal=True)
    FieldDefinition.objects.create(key="cost", label="Cost", kind="number")
    Ticket.objects.filter(pk=ticket.pk).update(
        custom_fields={"room": "B12", "cost": 7}, owner=world.carlos, tags=["vip"]
    )
    add_note(ticket, Message(text="He always complains."), by=world.bea)
    dana = program(world.dana)
    shown = dana.get(f"tickets/{ticket.number}/")
    assert "ETag" not in shown
    body = shown.json()
    internal = ("queue", "type", "priority", "owner", "responsible", "version")
    assert [body[name] for name in internal] == [None] * 6
    assert (body["tags"], body["custom_fields"]) == ([], {"room": "B12"})
    ticket.refresh_from_db()
    assert body["changed_at"] == ticket.last_public_at.isoformat().replace("+00:00", "Z") != ticket.changed_at
    assert dana.get("tickets/").json()["results"] == [body]


def test_a_ticket_of_which_the_customer_knows_nothing_is_no_request(world, program, bea):
    wanted = {"title": "Watch him", "queue": "Support", "customer": "dana@acme.example", "body": "x", "channel": "note"}
    number = bea.post("tickets/", wanted).json()["number"]
    dana = program(world.dana)
    assert numbers(dana.get("tickets/")) == []
    assert dana.get(f"tickets/{number}/").status_code == 404


def test_customers_search_only_what_they_can_read(world, program, ticket):
    add_note(ticket, Message(text="capybara"), by=world.bea)
    dana = program(world.dana)
    assert numbers(dana.get("tickets/", {"q": "capybara"})) == []
    assert numbers(dana.get("tickets/", {"q": "hums"})) == [ticket.number]
    assert numbers(dana.get("tickets/", {"q": ticket.number})) == [ticket.number]
    assert numbers(dana.get("tickets/", {"state": "new", "open": "true"})) == [ticket.number]
    for internal in (
        {"tag": "vip"},
        {"owner": "bea@demo.example"},
        {"queue": "Support"},
        {"changed_after": "2020-01-01"},
    ):
        assert dana.get("tickets/", internal).status_code == 400


def test_a_right_that_ends_takes_the_list_with_it(world, program, ticket):
    carlos = program(world.carlos)
    assert numbers(carlos.get("tickets/")) == [ticket.number]
    world.support_role.user_set.remove(world.carlos)
    assert numbers(carlos.get("tickets/")) == []
