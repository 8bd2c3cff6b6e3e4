"""Programs: clients that send a token and JSON."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tokens import issue_token
from tests.factories import TicketFactory


class Program(Client):
    """`program.post("tickets/", {...})`; paths are relative to `/api/v1/`."""

    def __init__(self, secret: str):
        super().__init__(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)

    def generic(self, method: str, path: str, data: Any = "", content_type: str = "application/json", **more: Any):
        path = path if "://" in path or path.startswith("/") else f"/api/v1/{path}"
        body = data if isinstance(data, str | bytes) else json.dumps(data)
        return super().generic(method, path, body, content_type, **more)

    def get(self, path: str, data: dict | None = None, **more: Any):
        path = path if "://" in path or path.startswith("/") else f"/api/v1/{path}"
        return super().get(path, data, **more)

    def post(self, path: str, data: Any = None, **more: Any):
        return self.generic("POST", path, {} if data is None else data, **more)

    def patch(self, path: str, data: Any = None, **more: Any):
        return self.generic("PATCH", path, {} if data is None else data, **more)


@pytest.fixture
def program() -> Callable[..., Program]:
    """`program(world.bea)`, `program(world.dana, scope="read")`."""

    def make(user: User, *, scope: str = "write") -> Program:
        _token, secret = issue_token(user, name="robot", scope=scope)
        return Program(secret)

    return make


@pytest.fixture
def bea(world, program) -> Program:
    """An agent of Support and Billing."""
    return program(world.bea)


@pytest.fixture
def ticket(world):
    return TicketFactory(title="Printer hums", queue=world.support, customer=world.dana)
