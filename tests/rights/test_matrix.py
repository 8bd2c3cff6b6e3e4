"""T41: every route with every method, for every role and relation, against the table in matrix.toml."""

import re
from collections.abc import Iterator
from zlib import crc32

import pytest
from django.urls import URLResolver, get_resolver

from api.schema import document
from tests.conftest import THOROUGH
from tests.rights import world as worlds
from tests.rights.table import METHODS, PAGES, Row, people, rows
from tests.rights.verdicts import due, verdict
from tests.rights.visits import Visits
from tests.rights.world import PROGRAMS

pytestmark = pytest.mark.django_db

# What is not listed is refused before anybody asks who it is, and HEAD answers as GET: these alone try, by day in turn.
BY_METHOD = ("chief", "read_token", "cookie")
# Relations beside the usual one are tried by those whose answers could differ.
USUAL = ("open", "own", "there", "")
BY_RELATION = {
    "elsewhere": ("customer", "stranger", "outsider", "write", "administrator", "chief"),
    "nowhere": ("customer", "write", "administrator"),
}
BY_OTHER_RELATION = ("customer", "colleague", "write", "administrator")
# For agents only the queue counts, so that what became of the ticket is tried by few.
BY_OTHER_RELATION_AT_DESK = ("customer", "write")
# Kinds of people and programs. Where the table makes no difference within a kind one of it tries by day, another on
# each row, and at night all.
ALIKE = (
    ("visitor", "former", "dismissed"),
    ("customer", "colleague", "member", "stranger"),
    ("outsider", "read", "create", "move_into", "note", "owner", "priority", "write"),
    ("administrator",),
    ("chief",),
    ("read_token",),
    ("revoked_token", "expired_token", "cookie"),
)
PARAMETER = re.compile(r"<\w+:(\w+)>")


def test_T41_every_route_is_in_the_table_and_every_row_has_its_route():
    listed = {row.name for row in rows()}
    assert sorted(set(routes()) - listed) == [], "routes that are missing in matrix.toml"
    assert sorted(listed - set(routes())) == [], "rows of matrix.toml without a route"


def test_T41_the_described_operations_are_those_of_the_table():
    """What the OpenAPI document promises is tried, and what is tried is promised."""
    promised = {(path, method.upper()) for path, found in document()["paths"].items() for method in found}
    listed = {
        (PARAMETER.sub(r"{\1}", f"/{routes()[row.name]}"), method)
        for row in rows()
        for method in row.methods
        if row.section == "api" and method != "HEAD" and row.name not in ("api:schema", "api:docs")
    }
    assert promised == listed


@pytest.mark.parametrize("section", PAGES)
def test_T41_pages(section):
    world = worlds.build()
    browsers = {name: world.browser(name) for name in people()}
    worlds.dismiss(world)
    compare(section, Visits(world, browsers))


def test_T41_api():
    world = worlds.build()
    programs = {name: world.program(name) for name in (*people(), *PROGRAMS)}
    worlds.dismiss(world)
    compare("api", Visits(world, programs))


def test_T41_otrs():
    world = worlds.build()
    clients = {name: world.otrs_client(name) for name in people()}
    worlds.dismiss(world)
    compare("otrs", Visits(world, clients))


def compare(section: str, visits: Visits) -> None:
    wrong = [line for row in rows() if row.section == section for line in deviations(row, visits)]
    if wrong:
        pytest.fail(f"{len(wrong)} answers are not those of matrix.toml:\n" + "\n".join(wrong[:100]), pytrace=False)


def deviations(row: Row, visits: Visits) -> list[str]:
    relations = list(visits.world.things[row.kind]) if row.kind else [""]
    found = []
    for relation in relations:
        for method in METHODS:
            for person in visitors(row, method, relation, list(visits.clients)):
                visit = visits.pay(person, method, row, relation)
                if wrong := verdict(row, method, person, relation, visit, visits):
                    found.append(f"{method} {row.label} {relation} as {person}: {wrong}")
    return found


def test_T41_by_day_somebody_tries_for_everybody():
    """Only where a row makes no difference does one try for others, and on some row each of them does."""
    assert sorted(name for kind in ALIKE for name in kind) == sorted([*people(), *PROGRAMS])
    tried = set()
    for row, method in listed_methods():
        everybody = [*people(), *PROGRAMS] if row.section == "api" else [*people()]
        dues = {name: due(row, method, name, "open") for name in everybody}
        some = one_of_each(row, method, "open", everybody)
        assert {dues[name] for name in some} == set(dues.values())
        tried.update(some)
    assert tried == {*people(), *PROGRAMS}


def visitors(row: Row, method: str, relation: str, everybody: list[str]) -> list[str]:
    """Who tries."""
    called = who_is_called(row, method, relation, everybody)
    if THOROUGH or not called:
        return called
    if row.section == "api" and method not in (*row.methods, unlisted_by_day(row)):
        return []
    if method == "HEAD" or method not in row.methods:
        return [in_turn(row, method, called)]
    return one_of_each(row, method, relation, called)


def one_of_each(row: Row, method: str, relation: str, called: list[str]) -> list[str]:
    """Of a kind of people that the row treats alike one, another for each row; otherwise each for himself."""
    trying = set()
    for kind in ALIKE:
        present = [name for name in kind if name in called]
        if len({due(row, method, name, relation) for name in present}) == 1:
            present = [in_turn(row, method, present)]
        trying |= set(present)
    return [name for name in called if name in trying]


def unlisted_by_day(row: Row) -> str:
    """The API's description names every method there is, so that by day one of those it does not name is enough."""
    return in_turn(row, "unlisted", [method for method in METHODS if method not in row.methods])


def listed_methods() -> Iterator[tuple[Row, str]]:
    for row in rows():
        for method in row.methods:
            yield row, method


def in_turn(row: Row, method: str, names: list[str]) -> str:
    """Another for each row, and the same whenever the tests are run."""
    return names[crc32(f"{row.label} {method}".encode()) % len(names)]


def who_is_called(row: Row, method: str, relation: str, everybody: list[str]) -> list[str]:
    """Everybody on the usual relation, a few on the others."""
    if method not in row.methods:
        few = BY_METHOD if relation in USUAL and not row.variant else ()
    elif method == "HEAD":
        few = BY_METHOD if relation in USUAL else ()
    elif relation in USUAL:
        return everybody
    else:
        others = BY_OTHER_RELATION_AT_DESK if row.section == "desk" else BY_OTHER_RELATION
        few = BY_RELATION.get(relation, others)
    return [name for name in everybody if name in few]


def routes() -> dict[str, str]:
    """Every name of the URLconf with its pattern."""
    return dict(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{entry.namespace}:" if entry.namespace else namespace, path)
        else:
            yield f"{namespace}{entry.name}", path
