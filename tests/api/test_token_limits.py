"""What a token may less than its person: parts, queues, requests per minute; and how it is renewed."""

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied

from accounts.models import ApiToken, ConfigChange, User
from accounts.tokens import Ended, Limits, issue_token, revoke_token, rotate_token, token_for
from api.auth import TokenScope
from api.base import Door
from api.urls import urlpatterns
from api.v1.lookups import Lookup
from tests.api.conftest import Program
from tests.factories import QueueFactory, TicketFactory
from tickets.models import Event, FieldDefinition, Ticket


def made(user: User, **limits) -> Program:
    _token, secret = issue_token(user, name="robot", limits=Limits(**limits))
    return Program(secret)


def numbers(program: Program) -> set[str]:
    return {ticket["number"] for ticket in program.get("tickets/").json()["results"]}


def test_a_token_for_a_queue_sees_it_and_those_below_and_nothing_else(world):
    deeper = QueueFactory(name="Printers", parent=world.hardware)
    support, hardware, printers, billing = (
        TicketFactory(queue=queue) for queue in (world.support, world.hardware, deeper, world.billing)
    )
    robot = made(world.bea, queues=[world.hardware.pk])
    assert numbers(robot) == {hardware.number, printers.number}
    for hidden in (support, billing):
        assert robot.get(f"tickets/{hidden.number}/").status_code == 404
        assert robot.patch(f"tickets/{hidden.number}/", {"title": "x"}).status_code == 404
    before = Event.objects.count()
    opening = {"title": "x", "customer": "dana@acme.example", "body": "y"}
    assert robot.post("tickets/", {**opening, "queue": "Support"}).status_code == 400
    assert robot.patch(f"tickets/{hardware.number}/", {"queue": "Billing"}).status_code == 400
    assert Event.objects.count() == before
    assert robot.post("tickets/", {**opening, "queue": "Support::Hardware"}).status_code == 201
    shown = robot.get("queues/").json()["results"]
    assert [queue["name"] for queue in shown] == ["Support::Hardware", "Support::Hardware::Printers"]


def test_a_token_for_a_queue_never_gives_a_right_its_person_has_not(world):
    billing = TicketFactory(queue=world.billing)
    robot = made(world.carlos, queues=[world.billing.pk])
    assert numbers(robot) == set()
    assert robot.get(f"tickets/{billing.number}/").status_code == 404


def test_a_token_for_a_queue_opens_tickets_alone(world):
    robot = made(world.alex, queues=[world.support.pk])
    assert robot.get("me/").status_code == 200
    for path in ("slas/", "calendars/", "kb/articles/", "people/", "organisations/", "reports/measures/"):
        answer = robot.get(path)
        assert (answer.status_code, answer.json()["detail"]) == (
            403,
            "This token does not open this part of the interface.",
        )
    assert robot.post("slas/", {"name": "Mine"}).status_code == 403


@pytest.mark.parametrize("limits", [{"areas": ["tickets"]}, {"areas": ["tickets", "knowledge"]}, {"queues": True}])
def test_a_token_that_does_not_open_people_gets_them_with_no_ticket(world, limits):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    robot = made(world.bea, **({"queues": [world.support.pk]} if "queues" in limits else limits))
    for path in ("tickets/", f"tickets/{ticket.number}/"):
        for name in ("customer", "organisation", "articles,customer"):
            answer = robot.get(path, {"include": name})
            assert (answer.status_code, b"organisations" in answer.content) == (403, False), (path, name)
        assert robot.get(path, {"include": "articles,queue,watchers"}).status_code == 200
    both = made(world.bea, areas=["tickets", "people"])
    assert both.get("tickets/", {"include": "customer,organisation"}).status_code == 200


def test_a_token_for_a_queue_changes_nobody_and_no_shared_view(world):
    robot, free = made(world.alex, queues=[world.support.pk]), made(world.alex)
    view = {"name": "Mine", "condition": {"field": "tags", "contains": "urgent"}}
    shared = free.post("views/", view).json()["id"]
    assert robot.post("people/", {"email": "new@acme.example", "name": "New"}).status_code == 403
    assert robot.patch(f"people/{world.dana.pk}/", {"email": "mine@evil.example"}).status_code == 403
    assert robot.patch(f"organisations/{world.acme.pk}/", {"name": "Mine"}).status_code == 403
    assert robot.get(f"views/{shared}/").status_code == 200
    assert robot.post("views/", view).status_code == 403
    assert robot.patch(f"views/{shared}/", {"name": "Other"}).status_code == 403
    assert robot.delete(f"/api/v1/views/{shared}/").status_code == 403
    world.dana.refresh_from_db()
    assert world.dana.email == "dana@acme.example"


def test_a_token_for_a_queue_knows_the_fields_of_its_tickets_alone(world):
    for key, queues in {"everywhere": [], "above": [world.support, world.billing], "other": [world.billing]}.items():
        FieldDefinition.objects.create(key=key, label=key, kind="text").queues.set(queues)
    shown = made(world.bea, queues=[world.hardware.pk]).get("fields/").json()["results"]
    told = {field["key"]: [queue["name"] for queue in field["queues"]] for field in shown}
    assert told == {"everywhere": [], "above": ["Support"]}


def test_every_door_names_its_part_of_the_interface():
    """There is no usual one: a new door that names none is shut to every token."""
    views = [getattr(pattern.callback, "view_class", None) or pattern.callback for pattern in urlpatterns]
    doors = [view for view in views if isinstance(view, type) and issubclass(view, Door)]
    assert len(doors) > 40
    assert not hasattr(Door, "area")
    assert [door for door in doors if getattr(door, "area", None) not in {"", *ApiToken.Area.values}] == []
    assert {door for door in doors if door.area == ""} == set(Lookup.__subclasses__())


def test_a_door_without_a_part_is_shut(world):
    token, _secret = issue_token(world.alex, name="robot")
    asked = SimpleNamespace(auth=token, method="GET")
    with pytest.raises(PermissionDenied):
        TokenScope().has_permission(asked, Door())


def test_a_token_for_a_queue_ends_when_its_person_works_tickets_no_more(world):
    robot = made(world.bea, queues=[world.support.pk])
    User.objects.filter(pk=world.bea.pk).update(is_agent=False, is_customer=True)
    assert robot.get("tickets/").status_code == 401


PARTS = {
    "tickets": "tickets/",
    "people": "people/",
    "knowledge": "kb/articles/",
    "reports": "reports/measures/",
    "setup": "slas/",
}


@pytest.mark.parametrize(("area", "path"), PARTS.items())
def test_a_token_for_some_parts_opens_these(world, area, path):
    robot = made(world.alex, areas=[area])
    others = {*PARTS.values()} - {path}
    assert robot.get(path).status_code == 200
    assert {robot.get(other).status_code for other in others} == {403}
    assert robot.get("me/").json()["token"]["areas"] == [area]


def test_each_answer_tells_how_many_requests_are_left_and_one_too_many_waits(world):
    robot = made(world.bea, per_minute=3)
    left = [robot.get("me/")["RateLimit-Remaining"] for _ in range(3)]
    if left != ["2", "1", "0"]:  # the minute has just turned
        left = [robot.get("me/")["RateLimit-Remaining"] for _ in range(3)]
    answer = robot.get("me/")
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["RateLimit-Limit"] == "3"
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert made(world.bea).get("me/")["RateLimit-Remaining"] == "599"


def test_a_renewed_token_shares_the_count_of_the_old_one(world):
    token, secret = issue_token(world.bea, name="robot")
    left = int(Program(secret).get("me/")["RateLimit-Remaining"])
    _new, secret = rotate_token(token, by=world.bea)
    assert int(Program(secret).get("me/")["RateLimit-Remaining"]) in (left - 1, 599)  # 599: the minute has just turned


def test_many_tickets_at_once_count_as_many_requests(world):
    robot = made(world.bea, per_minute=3)
    tickets = [TicketFactory(queue=world.support) for _ in range(4)]
    items = [{"ticket": ticket.number, "changes": {"title": "Renamed"}} for ticket in tickets]
    answer = robot.patch("tickets/bulk/", {"items": items})
    assert (answer.status_code, answer["RateLimit-Remaining"]) == (429, "0")
    assert not Ticket.objects.filter(title="Renamed").exists()
    answer = made(world.bea, per_minute=4).patch("tickets/bulk/", {"items": items})
    assert (answer.status_code, answer["RateLimit-Remaining"]) == (200, "0")
    assert Ticket.objects.filter(title="Renamed").count() == 4


def test_what_is_refused_counts_too(world):
    robot = made(world.bea, per_minute=600)
    assert robot.get("tickets/1/")["RateLimit-Remaining"] == "599"
    assert robot.post("tickets/", {})["RateLimit-Remaining"] == "598"


def test_a_renewed_token_may_the_same_and_the_old_one_works_on_for_a_while(world):
    limits = Limits(areas=["tickets"], per_minute=50)
    old, old_secret = issue_token(world.bea, name="robot", scope="read", limits=limits, lifetime=timedelta(days=30))
    new, secret = rotate_token(old, by=world.bea, overlap=timedelta(days=2))
    assert (new.name, new.scope, new.areas, new.per_minute, new.replaces) == ("robot", "read", ["tickets"], 50, old)
    assert abs(new.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    assert token_for(old_secret) == old
    assert token_for(secret) == new
    old.refresh_from_db()
    assert abs(old.expires_at - timezone.now() - timedelta(days=2)) < timedelta(minutes=1)
    with pytest.raises(Ended):
        rotate_token(old, by=world.bea)
    assert {change.action for change in ConfigChange.objects.filter(kind="accounts.apitoken")} == {"created", "changed"}


def test_a_token_that_has_ended_is_not_renewed(world):
    token, _secret = issue_token(world.bea, name="robot")
    revoke_token(token, by=world.bea)
    with pytest.raises(Ended):
        rotate_token(token, by=world.bea)
    assert ApiToken.objects.count() == 1


def test_history_and_audit_name_the_token(world, ticket):
    token, secret = issue_token(world.alex, name="nightly")
    issue_token(world.alex, name="nightly")
    robot = Program(secret)
    assert robot.patch(f"tickets/{ticket.number}/", {"title": "Renamed"}).status_code == 200
    event = ticket.events.order_by("id").last()
    assert (event.cause_kind, event.cause_reference, event.actor) == ("token", str(token), world.alex)
    assert robot.post("slas/", {"name": "Fast"}).status_code == 201
    change = ConfigChange.objects.order_by("pk").last()
    assert (change.label, change.through) == ("Fast", str(token))
    issue_token(world.alex, name="by hand")
    assert ConfigChange.objects.order_by("pk").last().through == ""


def test_the_command_makes_limited_tokens(world):
    out = StringIO()
    call_command("api_token", "bea@demo.example", "--queue", "Support", "--days", "30", stdout=out)
    token = token_for(out.getvalue().strip())
    assert (token.queues, token.areas) == ([world.support.pk], ["tickets"])
    assert token.expires_at < timezone.now() + timedelta(days=31)
    with pytest.raises(CommandError, match="no queue Nowhere"):
        call_command("api_token", "bea@demo.example", "--queue", "Nowhere")
