"""docs/api.md: every request in it works as it stands there."""

import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils.http import urlencode

from accounts.tokens import issue_token
from automation.endpoints import save_endpoint
from automation.models import Endpoint, Rule
from automation.ruling import save_rule
from sla.configuring import save_policy
from sla.models import Policy
from tests.api.conftest import Program
from tests.conftest import World
from tests.factories import TicketFactory
from tests.setup import worlds

MANUAL = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
CURL = [line for line in MANUAL.replace("\\\n", " ").splitlines() if line.startswith("curl ")]
PYTHON = re.search(r"```python\n(.*?)```", MANUAL, re.DOTALL)[1]
BASE = "http://127.0.0.1:8000/api/v1/"
EFFECTS = [{"do": "tag", "tags": ["seen"]}]
HOOK = "https://chat.example.com/hooks"


def test_there_are_examples():
    assert len(CURL) >= 15


@pytest.mark.parametrize("line", CURL, ids=lambda line: re.search(r"v1/(\S+)", line)[1])
def test_curl(world, line):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    save_policy(Policy(name="Standard"), [], by=world.alex)
    if '"name": "Premium"' not in line:
        save_policy(Policy(name="Premium"), [], by=world.alex)
    _token, secret = issue_token(world.alex, name="manual")
    for written, there in (
        ("48213", ticket.number),
        ("articles/7/", f"articles/{ticket.articles.first().pk}/"),
        ('"7"', f'"{ticket.version}"'),
        ("/4711/", f"/{worlds.quarantined().pk}/"),
        ("queues/17/", f"queues/{world.hardware.pk}/"),
    ):
        line = line.replace(written, there)
    method, path, body, headers = parsed(_with_row(line, world))
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    headers.pop("Content-Type", None)
    answer = Program(secret).generic(method, path, body, headers=headers)
    assert answer.status_code < 300, answer.content


def _with_row(line: str, world: World) -> str:
    """The manual speaks of everything by the id 7: made here, and named by the id it got."""
    kind = re.search(r"v1/([a-z-]+)/7/", line)
    return line.replace("/7/", f"/{MAKE[kind[1]](world)}/") if kind else line


def _rule(world: World) -> int:
    return save_rule(Rule(name="Old", events=["opened"], effects=EFFECTS), [], by=world.alex).pk


MAKE: dict[str, Callable[[World], int]] = {
    "rules": _rule,
    "webhooks": lambda world: save_endpoint(Endpoint(name="Old", url=HOOK), queues=[], by=world.alex).pk,
    "queue-assignment": lambda world: world.support.pk,
}


def parsed(line: str) -> tuple[str, str, str, dict[str, str]]:
    """Of a command with the options that the manual uses: method, path, body, headers."""
    words = iter(shlex.split(line)[1:])
    method, address, data, headers, is_query = "", "", [], {}, False
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _colon, value = next(words).partition(": ")
            headers[name] = value
        elif word in ("-d", "--data-urlencode"):
            data.append(next(words))
        elif word == "-G":
            is_query = True
        else:
            address = word
    assert address.startswith(BASE)
    path = address.removeprefix(BASE)
    if is_query:
        return "GET", f"{path}?{urlencode([tuple(pair.split('=', 1)) for pair in data])}", "", headers
    return method or "GET", path, "".join(data), headers


@pytest.mark.django_db(transaction=True)
def test_python(world, live_server, monkeypatch):
    ticket = TicketFactory(queue=world.support, channel="phone")
    _token, secret = issue_token(world.bea, name="manual")
    monkeypatch.setitem(os.environ, "TOKEN", secret)
    names: dict = {}
    exec(PYTHON.replace("http://127.0.0.1:8000", live_server.url), names)  # noqa: S102 - our own manual
    assert names["seen"] == [(ticket.number, "ticket.created")]
