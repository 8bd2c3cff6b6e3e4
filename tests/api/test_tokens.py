"""Who comes in: bearer tokens, their scope and their end."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from accounts.tokens import issue_token, token_for
from tests.api.conftest import Program
from tickets.models import Event

PATHS = ["tickets/", "tickets/1/", "tickets/1/articles/", "tickets/1/history/", "queues/", "me/"]


def refused(client: Client, status: int) -> None:
    response = client.get("/api/v1/me/")
    assert response.status_code == status
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token_nobody_comes_in(db, path):
    response = Client().get(f"/api/v1/{path}")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_browser_session_counts_for_nothing(world, signed_in):
    refused(signed_in(world.bea), 401)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "Bearer hdk_é", "hdk_x"])
def test_headers_that_are_no_token_are_refused(db, header):
    refused(Client(headers={"Authorization": header.encode().decode("latin-1")}), 401)


def test_an_expired_or_revoked_token_is_refused(world):
    token, secret = issue_token(world.bea, name="robot")
    program = Program(secret)
    assert program.get("me/").status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(program, 401)
    later = timezone.now() + timedelta(days=1)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=later, revoked_at=timezone.now())
    refused(program, 401)


def test_T53_the_token_of_somebody_inactive_is_refused(world, program):
    robot = program(world.bea)
    world.bea.is_active = False
    world.bea.save()
    refused(robot, 401)


def test_T53_a_token_that_may_only_read_changes_nothing(world, program, ticket):
    robot = program(world.bea, scope="read")
    before = Event.objects.count()
    answers = [
        robot.post("tickets/", {"title": "x", "queue": "Support", "customer": "x@y.example", "body": "z"}),
        robot.patch(f"tickets/{ticket.number}/", {"title": "x"}),
        robot.post(f"tickets/{ticket.number}/articles/", {"channel": "note", "body": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert answers[0].json()["detail"] == "This token may only read."
    assert Event.objects.count() == before
    assert robot.get(f"tickets/{ticket.number}/").status_code == 200


def test_me_says_who_and_with_which_token(world, bea):
    me = bea.get("me/").json()
    assert (me["email"], me["is_agent"], me["is_customer"]) == ("bea@demo.example", True, False)
    assert (me["token"]["name"], me["token"]["scope"]) == ("robot", "write")


def test_the_command_prints_a_token_and_nothing_else(world):
    out = StringIO()
    call_command("api_token", "Bea@demo.example", "--scope", "read", "--name", "nightly", stdout=out)
    secret = out.getvalue().removesuffix("\n")
    token = token_for(secret)
    assert (token.user, token.scope, token.name) == (world.bea, "read", "nightly")


def test_the_command_gives_none_to_nobody_or_somebody_inactive(world):
    world.erik.is_active = False
    world.erik.save()
    for address in ("nobody@demo.example", "erik@globex.example"):
        with pytest.raises(CommandError):
            call_command("api_token", address)
    assert not ApiToken.objects.exists()
