"""Imports for programs: a file, what would become of it, the import, what was refused."""

from base64 import b64encode

import pytest

from accounts.models import ApiToken, ConfigChange, User
from accounts.tokens import Limits, issue_token
from imports.models import Import
from tests.api.conftest import Program
from tests.imports.conftest import as_csv, work

pytestmark = pytest.mark.django_db
ROWS = [["E-Mail", "Name"], ["nina@acme.example", "Nina"], ["none", "Nobody"]]


@pytest.fixture
def alex(world, program) -> Program:
    return program(world.alex)


def body(**more) -> dict:
    return {"what": "people", "name": "people.csv", "content": b64encode(as_csv(ROWS)).decode(), **more}


def worked(id: int) -> None:
    work(Import.objects.get(pk=id))


def test_a_file_is_checked_then_imported(alex):
    handed_in = alex.post("imports/", body())
    assert handed_in.status_code == 201
    id = handed_in.json()["id"]
    assert handed_in.json()["state"] == "reading"
    assert alex.post(f"imports/{id}/start/").status_code == 409
    worked(id)
    shown = alex.get(f"imports/{id}/").json()
    names = ("state", "columns", "total", "done", "created", "refused")
    assert [shown[name] for name in names] == ["checked", ["email", "name"], 2, 2, 1, 1]
    assert [row["outcome"] for row in shown["preview"]] == ["created", "refused"]
    assert alex.post(f"imports/{id}/start/").json()["state"] == "importing"
    worked(id)
    assert alex.get(f"imports/{id}/").json()["state"] == "done"
    assert User.objects.get(email="nina@acme.example").name == "Nina"
    assert alex.get(f"imports/{id}/refusals/").json()["results"] == [
        {"line": 3, "column": "email", "heading": "E-Mail", "reason": "“none” is no email address."}
    ]
    answer = alex.get(f"imports/{id}/refused/")
    assert answer["X-Send-Blob"] == Import.objects.get(pk=id).refused_file
    assert 'filename="people.csv.refused.csv"' in answer["Content-Disposition"]
    assert alex.delete(f"/api/v1/imports/{id}/").status_code == 204


def test_a_nightly_file_starts_by_itself(alex):
    id = alex.post("imports/", body(start=True)).json()["id"]
    worked(id)
    assert alex.get(f"imports/{id}/").json()["state"] == "done"


def test_the_audit_names_the_token(alex, world):
    id = alex.post("imports/", body(start=True)).json()["id"]
    worked(id)
    nina = User.objects.get(email="nina@acme.example")
    change = ConfigChange.objects.get(kind="accounts.user", object_id=str(nina.pk))
    assert change.actor == world.alex
    assert change.through.startswith(f"import {id}, robot (")


def test_columns_are_said_afterwards(alex):
    content = b64encode(as_csv([["Wohin"], ["nina@acme.example"]])).decode()
    id = alex.post("imports/", body(content=content)).json()["id"]
    worked(id)
    assert alex.get(f"imports/{id}/").json()["state"] == "asking"
    refusal = alex.patch(f"imports/{id}/", {"columns": ["name"]})
    assert (refusal.status_code, refusal.json()["detail"]) == (409, "Say which column is “Email”.")
    assert alex.patch(f"imports/{id}/", {"columns": ["email"]}).json()["state"] == "checking"
    worked(id)
    assert alex.get(f"imports/{id}/").json()["state"] == "checked"


def test_stopping(alex):
    id = alex.post("imports/", body()).json()["id"]
    assert alex.delete(f"/api/v1/imports/{id}/").status_code == 409
    assert alex.post(f"imports/{id}/cancel/").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"what": "cars"}, "what"),
        ({"content": "§"}, "content"),
        ({"content": ""}, "content"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"dates": "ymd"}, "dates"),
        ({"columns": "email"}, "columns"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_cannot_be_is_said_by_field(alex, more, field):
    answer = alex.post("imports/", body(**more))
    assert answer.status_code == 400 and field in answer.json()["errors"], answer.content
    assert not Import.objects.exists()


def test_who_may_not(world, program):
    assert program(world.bea).get("imports/").status_code == 404
    assert program(world.bea).post("imports/", body()).status_code == 404
    assert program(world.alex, scope="read").post("imports/", body()).status_code == 403
    _token, secret = issue_token(world.alex, name="robot", limits=Limits(queues=[world.support.pk]))
    assert Program(secret).get("imports/").status_code == 403
    _token, secret = issue_token(world.alex, name="robot", limits=Limits(areas=[ApiToken.Area.TICKETS]))
    assert Program(secret).get("imports/").status_code == 403


def test_refusals_name_what_was_sent(alex):
    empty = alex.post("imports/", body(content=""))
    assert (empty.status_code, empty.json()["errors"]) == (400, {"content": ["There is nothing in the file."]})
    id = alex.post("imports/", body()).json()["id"]
    worked(id)
    for answer in (alex.patch(f"imports/{id}/", {"zone": "Mars"}), alex.post("imports/", body(zone="Mars"))):
        assert (answer.status_code, answer.json()["errors"]) == (400, {"zone": ["There is no such time zone."]})
    assert alex.get("imports/0/").json()["detail"] == "Not found."
    for path, row in {
        "webhooks/": {"name": "Chat", "url": "https://chat.example.com/hooks", "events": ["opened"]},
        "slas/": {"name": "Gold"},
    }.items():
        assert alex.post(path, row).status_code == 201, path
        assert alex.post(path, row).json()["errors"] == {"name": ["There is already one with this value."]}
