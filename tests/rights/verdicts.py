"""What an answer should have been: the general rules at the head of matrix.toml, and the row's own word."""

from tests.rights.table import DOORS, SAFE, Row, belongs
from tests.rights.visits import READ, TRACES, Visit, Visits
from tests.rights.world import PROGRAMS


def verdict(row: Row, method: str, person: str, relation: str, visit: Visit, visits: Visits) -> str:
    """What is wrong with the answer; empty when it is as the table has it."""
    if row.name.startswith("account_") and method not in row.methods:
        # views of the library that signs people in: they look at who asks before they look at the method
        return "" if visit.status < 500 and not visit.written - set(TRACES) else f"{visit.status}, {visit.written}"
    expected, is_let_in = due(row, method, person, relation)
    if expected == "sign in":
        right = visit.to_sign_in
    else:
        right = visit.status == expected and not (
            _is_known(person) and visit.to_sign_in and row.name != "account_logout"
        )
    if not right:
        return f"{visit.status}, due is {expected}"
    is_thing = row.kind is not None or row.section not in DOORS
    if expected == 404 and is_thing and method != "HEAD" and visit.seen != visits.not_there(person, method, row).seen:
        return "its 404 is not that of what does not exist"
    tables = visit.written - set(READ if is_let_in else TRACES)
    if tables and (method in SAFE or not is_let_in):
        return f"{visit.status}, but it has changed {', '.join(sorted(tables))}"
    return ""


def due(row: Row, method: str, person: str, relation: str) -> tuple[int | str, bool]:
    """The status, and whether it is the answer to somebody who may do this."""
    if row.section == "api" and not _is_public(row):
        return _due_at_api(row, method, person, relation)
    if row.section == "otrs" and not _is_public(row):
        return _due_at_otrs(row, method, person, relation)
    status = row.expected(method, PROGRAMS.get(person, person), relation)
    if status is None:
        return (404, False) if _is_known(person) else ("sign in", False)
    return status, status < 400


def _due_at_api(row: Row, method: str, person: str, relation: str) -> tuple[int | str, bool]:
    if person != "read_token" and (person in PROGRAMS or not _is_known(person)):
        return 401, False
    if person == "read_token" and method not in SAFE:
        return 403, False
    status = row.expected(method, PROGRAMS.get(person, person), relation) or 404
    return status, status < 400


def _due_at_otrs(row: Row, method: str, person: str, relation: str) -> tuple[int | str, bool]:
    """An administrator who is neither agent nor customer has nothing to sign in as."""
    if method not in row.methods:
        return 405, False
    if not (belongs(person, "agents", "") or belongs(person, "customers", "")):
        return 401, False
    status = row.expected(method, person, relation) or 404
    return status, status < 400


def _is_known(person: str) -> bool:
    return belongs(PROGRAMS.get(person, person), "known", "")


def _is_public(row: Row) -> bool:
    return all(audience == "everybody" for found in row.methods.values() for audience, _status in found)
