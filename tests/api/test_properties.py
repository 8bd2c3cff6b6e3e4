"""The whole description, with requests made from it by machine: no server error, nothing that is not described.

A few requests for each operation and role in every run; many with HELPDESK_THOROUGH=1.
"""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi import checks as described

from accounts.models import ApiToken
from accounts.models.access import MOST_PER_MINUTE
from accounts.tokens import issue_token
from api.schema import document
from tests.factories import TicketFactory
from tickets.actions.replying import add_note
from tickets.messages import File, Message

THOROUGH = bool(os.environ.get("HELPDESK_THOROUGH"))
BROKEN = schemathesis.checks.not_a_server_error
CHECKS = [
    BROKEN,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_headers_conformance,
    described.response_schema_conformance,
]
# Downloads are of any type.
BYTES = ("downloadAttachment", "downloadKnowledgeFile", "downloadIncoming", "downloadOutgoing")


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests run in the transaction of the test, as those of Django's own client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def operations() -> list:
    """Read where the tests are run, not where they are collected, which every worker does."""
    schema = schemathesis.openapi.from_dict(document())
    schema.app = get_wsgi_application()
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("person", ["bea", "dana", "alex"])
def test_T88_no_request_that_can_be_thought_of_breaks_anything(world, operations, person):
    there = _world(world)
    token, secret = issue_token(getattr(world, person), name="robot")
    ApiToken.objects.filter(pk=token.pk).update(per_minute=MOST_PER_MINUTE)
    headers = {"Authorization": f"Bearer {secret}"}
    for operation in operations:
        _try(operation, headers, there)


def _try(operation, headers: dict[str, str], there: dict[str, object]) -> None:
    checks = [one for one in CHECKS if operation.definition.raw["operationId"] not in BYTES or one is BROKEN]

    @settings(
        max_examples=100 if THOROUGH else 2,
        derandomize=not THOROUGH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_there=st.booleans())
    def attempt(case, is_there: bool) -> None:
        for name in case.path_parameters if is_there else ():
            case.path_parameters[name] = there.get(name, case.path_parameters[name])
        case.headers.pop("Authorization", None)
        response = case.call(headers=headers)
        case.validate_response(response, checks=checks)

    attempt()


def _world(world) -> dict[str, object]:
    """Values for addresses, so that not all of them lead nowhere."""
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    note = add_note(ticket, Message(text="A word", files=[File("log.txt", "text/plain", b"x")]), by=world.bea)
    return {"number": ticket.number, "queue": world.support.pk, "uuid": str(note.attachments.get().uuid)}
