"""Reports by program: what can be counted, answers, files; with the rights of the person alone."""

import pytest

from reports.exporting import make
from reports.keeping import keep
from reports.measures import measures
from reports.models import Export
from tests.factories import TicketFactory
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
WEEK = {"period": "last_7_days"}


@pytest.fixture
def carlos(world, program):
    return program(world.carlos)


@pytest.fixture
def tickets(world):
    for queue in (world.support, world.support, world.billing):
        TicketFactory(queue=queue)
    keep(list(Ticket.objects.values_list("pk", flat=True)))


def test_measures_say_what_they_mean(bea):
    found = bea.get("reports/measures/").json()
    assert [each["key"] for each in found] == list(measures())
    assert all(each["explanation"] and each["label"] for each in found)
    backlog = next(each for each in found if each["key"] == "backlog")
    assert "agent" not in backlog["dimensions"] and "state" in backlog["dimensions"]


def test_a_question_is_answered_with_totals(bea, carlos, world, tickets):
    answer = bea.get("reports/answer/", {"measures": "created,backlog", "rows": "queue", **WEEK}).json()
    assert [row["label"] for row in answer["rows"]] == ["Billing", "Support"]
    values = {cell["row"]: cell["values"]["created"]["value"] for cell in answer["cells"]}
    assert values == {str(world.billing.pk): 1, str(world.support.pk): 2, "*": 3}
    answer = carlos.get("reports/answer/", {"measures": "created", "rows": "queue", **WEEK}).json()
    assert [row["label"] for row in answer["rows"]] == ["Support"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "measures"),
        ({"measures": "created,nonsense"}, "measures"),
        ({"measures": "created", "rows": "owner__password"}, "rows"),
        ({"measures": "backlog", "rows": "agent"}, "rows"),
        ({"measures": "created", "columns": "time", "rows": "time"}, "columns"),
        ({"measures": "created", "period": "for ever"}, "period"),
        ({"measures": "created", "from": "2026-03-02", "to": "2026-03-01"}, "period"),
        ({"measures": "created", "from": "2026-03-02"}, "period"),
        ({"measures": "created", "rows": "time", "grain": "hour", "period": "last_year"}, "grain"),
        ({"measures": "created", "zone": "Mars/Olympus"}, "zone"),
        ({"measures": "created", "compare": "tomorrow"}, "compare"),
        ({"measures": "created", "condition": "{"}, "condition"),
        ({"measures": "created", "condition": '{"field": "owner__password__startswith", "is": "x"}'}, "condition"),
        ({"measures": "created", "colums": "queue"}, "colums"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(bea, asked, field):
    answer = bea.get("reports/answer/", asked)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_a_file_is_asked_for_made_and_downloaded(bea, carlos, world, tickets):
    asked = {"question": {"measures": ["created"], **WEEK}, "content": "tickets", "name": "All of it"}
    answer = bea.post("reports/exports/", asked)
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    address = f"reports/exports/{answer.json()['id']}/"
    assert bea.get(f"{address}file/").status_code == 404
    make(Export.objects.get())
    shown = bea.get(address).json()
    assert (shown["state"], shown["done"], shown["total"]) == ("ready", 3, 3)
    file = bea.get(f"{address}file/")
    assert (file.status_code, file["X-Send-Blob"]) == (200, Export.objects.get().digest)
    assert "All_of_it.csv" in file["Content-Disposition"]
    assert [bea.get("reports/exports/").json()["results"][0]["id"], carlos.get(address).status_code] == [
        shown["id"],
        404,
    ]
