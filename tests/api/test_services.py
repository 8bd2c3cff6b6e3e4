"""The request catalogue for programs: what can be requested, and tickets about it."""

from tests.factories import TicketFactory
from tickets.models import FieldDefinition, Priority, Service, Ticket
from tickets.servicedefinitions import add_question, save_service

REQUEST = {"title": "A laptop", "customer": "dana@acme.example", "body": "Please."}


def made(world, name: str = "New laptop", organisations=(), **facts) -> Service:
    facts = {"queue": world.support, "priority": Priority.objects.get(level=4), **facts}
    return save_service(Service(name=name, **facts), {"organisations": organisations}, by=world.alex)


def test_services_are_listed_with_their_questions(world, bea, program, queries):
    topic = made(world, "Workplace", queue=None, priority=None)
    service = made(world, parent=topic, description="With a bag")
    field = FieldDefinition.objects.create(key="size", label="Size", kind="dropdown", options=["S", "L"])
    add_question(service, field, by=world.alex)
    acme = made(world, "Acme's own", audience="members", organisations=[world.acme])
    with queries() as counted:
        (own, shown) = bea.get("services/").json()["results"]
    assert (own["id"], shown["name"]) == (acme.pk, "Workplace::New laptop")
    assert (shown["title"], shown["description"]) == ("New laptop", "With a bag")
    asked = {"key": "size", "label": "Size", "kind": "dropdown", "options": ["S", "L"]}
    assert shown["questions"] == [{**asked, "required": False, "hint": "", "condition": None}]
    assert [row["id"] for row in program(world.erik).get("services/").json()["results"]] == [service.pk]
    assert len(program(world.dana).get("services/").json()["results"]) == 2
    made(world, "Another")
    with queries() as again:
        bea.get("services/")
    assert len(again) == len(counted)


def test_what_is_left_out_is_as_the_service_says(world, bea):
    service = made(world)
    shown = bea.post("tickets/", {**REQUEST, "service": "New laptop"}).json()
    assert shown["service"] == {"id": service.pk, "name": "New laptop"}
    assert (shown["queue"]["name"], shown["priority"]["name"]) == ("Support", "4 high")
    said = {"queue": "Billing", "priority": "5 very high", "service": service.pk}
    shown = bea.post("tickets/", {**REQUEST, **said}).json()
    assert (shown["queue"]["name"], shown["priority"]["name"]) == ("Billing", "5 very high")


def test_without_either_or_the_right_nothing_is_opened(world, bea, program):
    made(world, "Invoice", queue=world.billing)
    assert bea.post("tickets/", REQUEST).json()["errors"]["queue"] == ["This field is required."]
    refused = program(world.carlos).post("tickets/", {**REQUEST, "service": "Invoice"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["queue"])
    assert bea.post("tickets/", {**REQUEST, "service": "Nothing"}).json()["errors"].keys() == {"service"}
    assert Ticket.objects.count() == 0


def test_a_ticket_gets_another_service_or_none_and_customers_see_none(world, bea, program):
    service, ticket = made(world), TicketFactory(queue=world.support, customer=world.dana)
    path = f"tickets/{ticket.number}/"
    assert bea.patch(path, {"service": service.pk}).json()["service"]["name"] == "New laptop"
    assert program(world.dana).get(path).json()["service"] is None
    assert bea.patch(path, {"service": None}).json()["service"] is None
