"""What a token opens: the interface, as far as its scope and its person's rights go, and nothing else (T53)."""

import pytest
from django.test import Client

from accounts.models import ApiToken, ConfigChange
from accounts.tokens import issue_token
from tests.factories import TicketFactory
from tickets.rights import revoke

pytestmark = pytest.mark.django_db


def program(person, **options) -> Client:
    _token, secret = issue_token(person, name="robot", **options)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_T53_a_token_mints_no_token_and_opens_no_page(world):
    robot = program(world.alex)
    before = (ApiToken.objects.count(), ConfigChange.objects.count())
    for path in ("/admin/tokens/new/", f"/admin/people/{world.bea.pk}/invite/", "/admin/roles/new/", "/profile/"):
        answer = robot.post(path, {"name": "more", "scope": "write"})
        assert (answer.status_code, answer["Location"][:7]) == (302, "/login/")
    for path in ("/desk/", "/admin/", "/portal/", "/live-address/"):
        assert robot.get(path)["Location"].startswith("/login/")
    assert robot.post("/api/v1/tokens/", {}, "application/json").status_code == 404
    assert (ApiToken.objects.count(), ConfigChange.objects.count()) == before


def test_T53_a_token_never_reaches_further_than_its_person(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    path = f"/api/v1/tickets/{ticket.number}/"
    robot = program(world.carlos)
    assert robot.patch(path, {"title": "Changed"}, "application/json").status_code == 200
    revoke(world.support_role, world.support, "write")
    assert robot.patch(path, {"title": "Again"}, "application/json").status_code == 404
    ticket.refresh_from_db()
    assert ticket.title == "Changed"


def test_T53_it_ends_with_its_person(world):
    robot = program(world.carlos)
    assert robot.get("/api/v1/me/").status_code == 200
    type(world.carlos).objects.filter(pk=world.carlos.pk).update(is_active=False)
    assert robot.get("/api/v1/me/").status_code == 401


def test_T53_reading_tokens_change_nothing_not_even_by_another_name_of_the_method(world):
    ticket = TicketFactory(queue=world.support)
    robot = program(world.carlos, scope="read")
    path, before = f"/api/v1/tickets/{ticket.number}/", ticket.version
    for headers in ({"X-HTTP-Method-Override": "PATCH"}, {"X-Method-Override": "PATCH"}):
        assert robot.get(f"{path}?_method=PATCH", headers=headers).status_code in (200, 400)
        answer = robot.post(f"{path}articles/?_method=GET", {"body": "x"}, "application/json", headers=headers)
        assert answer.status_code == 403
    ticket.refresh_from_db()
    assert ticket.version == before
