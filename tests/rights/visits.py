"""Requests of the matrix: sent, undone, and compared with what the table expects."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from tests.rights import forms
from tests.rights.table import DOORS, SAFE, Row
from tests.rights.world import Matrix

# Tables in which somebody who only looks, or is refused, leaves a trace: sessions, the last use of a token.
TRACES = ("django_session", "accounts_apitoken", "api_otrssession")
# And what somebody has read: agents on the ticket and by the bell, everybody of the articles.
READ = (
    *TRACES,
    "tickets_readmark",
    "automation_notice",
    "automation_housenews",
    "knowledge_reading",
    "knowledge_article",
)
# Headers that tell of the request, and of the second in which it came.
OF_THE_MOMENT = ("X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset")
# Nothing has this address.
NOWHERE = "/no/such/page/"
_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


@dataclass
class Visit:
    """One request: what came back and which tables it wrote to."""

    answer: HttpResponse
    written: set[str] = field(default_factory=set)

    @property
    def status(self) -> int:
        """Of an answer to an OTRS client, what it would be elsewhere."""
        if not self.answer.wsgi_request.path.startswith("/otrs/"):
            return self.answer.status_code
        if self.answer.status_code == 500:
            return 405
        error = json.loads(self.answer.content).get("Error")
        if error is None:
            return 200
        kind = error["ErrorCode"].partition(".")[2]
        if kind == "MissingParameter" and "Login" in error["ErrorMessage"]:
            return 401
        return {"AuthFail": 401, "SessionInvalid": 401, "AccessDenied": 404}.get(kind, 400)

    @property
    def to_sign_in(self) -> bool:
        return self.status == 302 and self.answer["Location"].startswith("/login/")

    @property
    def seen(self) -> tuple:
        """Everything a stranger can compare."""
        headers = {name: value for name, value in self.answer.items() if name not in OF_THE_MOMENT}
        return self.status, headers, self.answer.content


class Visits:
    """Sends requests; whatever they change is rolled back."""

    def __init__(self, world: Matrix, clients: Mapping[str, Client]):
        self.world, self.clients = world, clients
        self._bodies = {section: forms.bodies(world, section) for section in ("", "elsewhere")}
        self._nowhere: dict[tuple[str, str, str], Visit] = {}
        self._absent: dict[str, Visit] = {}

    def pay(self, person: str, method: str, row: Row, relation: str) -> Visit:
        if relation != "nowhere":
            return self._pay(person, method, row, relation)
        key = (person, method, row.label)
        if key not in self._nowhere:
            self._nowhere[key] = self._pay(person, method, row, relation)
        return self._nowhere[key]

    def _pay(self, person: str, method: str, row: Row, relation: str) -> Visit:
        args = self.world.things[row.kind][relation] if row.kind else []
        body = self._bodies["elsewhere" if relation == "elsewhere" else ""].get(row.label, {})
        data: Any = body if method == "POST" else ""
        options = {}
        if row.section in DOORS and method not in SAFE:
            data, options = json.dumps(body), {"content_type": "application/json"}
        return self._send(person, method, address(row, args, self.world), data, **options)

    def not_there(self, person: str, method: str, row: Row) -> Visit:
        """What this person gets for a thing that does not exist; of pages, for any address that does not exist."""
        if row.section in DOORS and row.kind:
            return self.pay(person, method, row, "nowhere")
        if person not in self._absent:
            self._absent[person] = self._send(person, "GET", NOWHERE)
        return self._absent[person]

    def _send(self, person: str, method: str, path: str, data: Any = "", **options: Any) -> Visit:
        client, cookies = self.clients[person], deepcopy(self.clients[person].cookies)
        cache.clear()
        with undone(), written() as tables:
            if method == "POST" and isinstance(data, dict):
                answer = client.post(path, data)
            else:
                answer = client.generic(method, path, data, **options)
            _body = answer.content
        client.cookies = cookies
        return Visit(answer, tables)


def address(row: Row, args: list, world: Matrix) -> str:
    """The route with the thing in its path, or, where the path has no room for one, in its query."""
    query = forms.QUERIES.get(row.label, dict)(world) if row.label in forms.QUERIES else {}
    try:
        path = reverse(row.name, args=args or FILLED.get(row.name, []))
    except NoReverseMatch:
        path, query = reverse(row.name), {**query, row.kind: args[0]}
    return f"{path}?{urlencode(query)}" if query else path


# Addresses with parts that are no thing of the world.
FILLED: dict[str, list] = {
    "otrs:session": ["no-such-session"],
    "welcome": ["no-such-token"],
    "sign_up_confirm": ["no-such-token"],
    "join": ["no-such-token"],
    "notice_stop": ["no-such-token"],
    "portal:link": ["no-such-token"],
    "portal:approve": ["no-such-token"],
    "portal:survey": ["no-such-token"],
    "portal:survey_comment": ["no-such-token"],
    "desk:bulk_ask": ["assign"],
    "desk:bulk": ["take"],
    "account_reset_password_from_key": ["1", "no-such-key"],
}


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened afterwards."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that are written to inside."""
    tables: set[str] = set()

    def watch(execute, sql, params, many, context):
        if isinstance(sql, str) and (found := _WRITE.match(sql)):
            tables.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables
