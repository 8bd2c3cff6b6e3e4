"""Clients of the OTRS interface: plain requests, and PyOTRS as it comes from PyPI against a running server."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import TicketFactory
from tickets.models import FieldDefinition, Ticket


class Script:
    """`script("GET", "ticket", TicketID=7)`: what somebody's script gets back, as JSON."""

    def __init__(self, login: dict[str, str]) -> None:
        self.client, self.login = Client(), login

    def __call__(self, method: str, route: str, data: dict[str, Any] | None = None, **path: Any) -> dict[str, Any]:
        answer = self.send(method, route, data, **path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def send(self, method: str, route: str, data: dict[str, Any] | None = None, **path: Any) -> Any:
        address = reverse(f"otrs:{route}", kwargs=path or None)
        sent = {**self.login, **(data or {})}
        if method == "GET":
            return self.client.get(address, sent)
        return self.client.generic(method, address, json.dumps(sent), "application/json")


@pytest.fixture
def script(world) -> Callable[..., Script]:
    """`script(world.bea)` as an agent, `script(world.dana)` as a customer; signed in once."""

    def make(person: User) -> Script:
        name = "UserLogin" if person.is_agent else "CustomerUserLogin"
        made = Script({})("POST", "session_create", {name: person.email, "Password": "demo"})
        return Script({"SessionID": made["SessionID"]})

    return make


@pytest.fixture
def bea(world, script) -> Script:
    return script(world.bea)


@pytest.fixture
def dana(world, script) -> Script:
    return script(world.dana)


@pytest.fixture
def ticket(world) -> Ticket:
    return TicketFactory(title="Printer hums", queue=world.support, customer=world.dana)


@pytest.fixture
def fields(db) -> None:
    """A field of each kind."""
    for key, kind in (("serial", "text"), ("floor", "number"), ("urgent", "checkbox"), ("bought", "date")):
        FieldDefinition.objects.create(key=key, label=key, kind=kind)
    FieldDefinition.objects.create(
        key="colour", label="Colour", kind="dropdown", options=["red", "green"], in_portal=True
    )
    FieldDefinition.objects.create(key="parts", label="Parts", kind="multiselect", options=["drum", "toner"])
