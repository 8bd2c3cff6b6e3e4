"""The description of the interface: complete, stable, public, and without anything of the installation."""

import json
import re

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from api.docs import TAGS, docs
from api.schema import document
from api.urls import urlpatterns
from sla.models import Calendar
from tests.factories import TicketFactory
from tests.sla.conftest import hours_of_queue, office, sla

__all__ = ["office", "sla"]

OPERATIONS = {
    "askReport": "GET /api/v1/reports/answer/",
    "downloadExport": "GET /api/v1/reports/exports/{id}/file/",
    "listExports": "GET /api/v1/reports/exports/",
    "listMeasures": "GET /api/v1/reports/measures/",
    "showExport": "GET /api/v1/reports/exports/{id}/",
    "startExport": "POST /api/v1/reports/exports/",
    "cancelImport": "POST /api/v1/imports/{id}/cancel/",
    "changeImport": "PATCH /api/v1/imports/{id}/",
    "downloadRefused": "GET /api/v1/imports/{id}/refused/",
    "listImports": "GET /api/v1/imports/",
    "listRefusals": "GET /api/v1/imports/{id}/refusals/",
    "removeImport": "DELETE /api/v1/imports/{id}/",
    "runImport": "POST /api/v1/imports/{id}/start/",
    "showImport": "GET /api/v1/imports/{id}/",
    "startImport": "POST /api/v1/imports/",
    "addArticle": "POST /api/v1/tickets/{number}/articles/",
    "addCalendar": "POST /api/v1/calendars/",
    "addKnowledge": "POST /api/v1/kb/articles/",
    "addSla": "POST /api/v1/slas/",
    "changeCalendar": "PATCH /api/v1/calendars/{id}/",
    "changeKnowledge": "PATCH /api/v1/kb/articles/{number}/",
    "changeQueueHours": "PATCH /api/v1/queue-hours/{queue}/",
    "changeSla": "PATCH /api/v1/slas/{id}/",
    "addLink": "POST /api/v1/tickets/{number}/links/",
    "addTime": "POST /api/v1/tickets/{number}/time/",
    "changeTickets": "PATCH /api/v1/tickets/bulk/",
    "listChanges": "GET /api/v1/changes/",
    "listLinks": "GET /api/v1/tickets/{number}/links/",
    "listMacros": "GET /api/v1/tickets/{number}/macros/",
    "listTime": "GET /api/v1/tickets/{number}/time/",
    "listWatchers": "GET /api/v1/tickets/{number}/watchers/",
    "mergeTicket": "POST /api/v1/tickets/{number}/merge/",
    "removeLink": "DELETE /api/v1/tickets/{number}/links/{id}/",
    "removeTime": "DELETE /api/v1/tickets/{number}/time/{id}/",
    "runMacro": "POST /api/v1/tickets/{number}/macros/{id}/",
    "unmergeTicket": "DELETE /api/v1/tickets/{number}/merge/",
    "unwatchTicket": "DELETE /api/v1/tickets/{number}/watch/",
    "watchTicket": "POST /api/v1/tickets/{number}/watch/",
    "changeTicket": "PATCH /api/v1/tickets/{number}/",
    "decide": "POST /api/v1/approvals/{id}/",
    "doTask": "POST /api/v1/tasks/{id}/",
    "downloadAttachment": "GET /api/v1/attachments/{uuid}/",
    "downloadKnowledgeFile": "GET /api/v1/kb/files/{uuid}/",
    "addView": "POST /api/v1/views/",
    "changeView": "PATCH /api/v1/views/{id}/",
    "listFields": "GET /api/v1/fields/",
    "listViews": "GET /api/v1/views/",
    "removeView": "DELETE /api/v1/views/{id}/",
    "showView": "GET /api/v1/views/{id}/",
    "addOrganisation": "POST /api/v1/organisations/",
    "addPerson": "POST /api/v1/people/",
    "changeOrganisation": "PATCH /api/v1/organisations/{id}/",
    "changePerson": "PATCH /api/v1/people/{id}/",
    "findOrganisations": "GET /api/v1/organisations/",
    "showOrganisation": "GET /api/v1/organisations/{id}/",
    "showPerson": "GET /api/v1/people/{id}/",
    "findPerson": "GET /api/v1/people/",
    "listApprovals": "GET /api/v1/approvals/",
    "listArticleCategories": "GET /api/v1/kb/categories/",
    "listArticles": "GET /api/v1/tickets/{number}/articles/",
    "listCalendars": "GET /api/v1/calendars/",
    "listClocks": "GET /api/v1/tickets/{number}/clocks/",
    "listEvents": "GET /api/v1/tickets/{number}/history/",
    "listKnowledge": "GET /api/v1/kb/articles/",
    "listPriorities": "GET /api/v1/priorities/",
    "listProcesses": "GET /api/v1/processes/",
    "listProcessRuns": "GET /api/v1/tickets/{number}/processes/",
    "listQueueHours": "GET /api/v1/queue-hours/",
    "listQueues": "GET /api/v1/queues/",
    "listServices": "GET /api/v1/services/",
    "listSlas": "GET /api/v1/slas/",
    "listStates": "GET /api/v1/states/",
    "listTasks": "GET /api/v1/tasks/",
    "listTickets": "GET /api/v1/tickets/",
    "listTypes": "GET /api/v1/types/",
    "openTicket": "POST /api/v1/tickets/",
    "postAlerts": "POST /api/v1/alerts/",
    "postAlertsAt": "POST /api/v1/alerts/{secret}/",
    "readTask": "GET /api/v1/tasks/{id}/",
    "sendProcessMessage": "POST /api/v1/tickets/{number}/messages/",
    "showCalendar": "GET /api/v1/calendars/{id}/",
    "showKnowledge": "GET /api/v1/kb/articles/{number}/",
    "showMe": "GET /api/v1/me/",
    "showQueueHours": "GET /api/v1/queue-hours/{queue}/",
    "showSla": "GET /api/v1/slas/{id}/",
    "showTicket": "GET /api/v1/tickets/{number}/",
    "startProcess": "POST /api/v1/tickets/{number}/processes/",
}


# Monitoring shows the secret of its source, which is no person's token.
BY_SECRET = ("postAlerts", "postAlertsAt")
LEVELS = ["addCalendar", "addSla", "changeSla", "changeQueueHours"]


def operations() -> dict[str, dict]:
    return {
        operation["operationId"]: {**operation, "address": f"{method.upper()} {path}"}
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_is_described_under_a_stable_name(db):
    found = operations()
    assert {name: operation["address"] for name, operation in found.items()} == OPERATIONS
    for name, operation in found.items():
        assert operation["tags"][0] in TAGS
        assert operation["summary"] and operation["description"]
        assert operation.get("security", []) == ([] if name in BY_SECRET else [{"token": []}])
        assert operation["responses"]["4XX"] == {"$ref": "#/components/responses/Refused"}
    described = {re.sub(r"{\w+}", "<x>", operation["address"].split()[1]) for operation in found.values()}
    routes = {"/api/v1/" + re.sub(r"<\w+:\w+>", "<x>", str(route.pattern)) for route in urlpatterns}
    assert routes - described == {"/api/v1/schema/", "/api/v1/docs/"}


def test_it_is_openapi_3_1_with_the_token_as_its_key(db):
    answer = Client().get("/api/v1/schema/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    described = answer.json()
    assert described["openapi"].startswith("3.1.")
    assert described["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    forms = [described["components"]["schemas"][name] for name in ("Opening", "Change", "NewArticle", "NewFile")]
    assert [form["additionalProperties"] for form in forms] == [False] * 4
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", ["openTicket", "changeTicket", "addArticle", "startExport", "startImport", *LEVELS])
def test_examples_fit_what_they_show(db, name):
    content = operations()[name]["requestBody"]["content"]["application/json"]
    schema = {**content["schema"], "components": document()["components"]}
    assert content["examples"]
    for example in content["examples"].values():
        Draft202012Validator(schema).validate(example["value"])


def test_requests_in_the_manual_fit_too(db, settings):
    manual = (settings.BASE_DIR / "docs" / "api.md").read_text()
    bodies = [json.loads(body) for body in re.findall(r"-d '({.*})'", manual)]
    names = ("Opening", "Change", "BulkChange", "NewTime", "Customer", "NewArticle", "Change", "NewSla", "NewImport")
    for name, body in zip(names, bodies, strict=True):
        schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
        Draft202012Validator(schema).validate(body)


def test_answers_are_as_described(world, bea, sla):
    level = sla("Gold", first_response=7200, condition=None)
    sla("Silver", first_response=7200)
    hours_of_queue(world.support, stay=7200, calendar=Calendar.objects.get())
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    bea.patch(f"tickets/{ticket.number}/", {"owner": "bea@demo.example"})
    bea.post(
        f"tickets/{ticket.number}/articles/",
        {"channel": "note", "body": "x", "attachments": [{"name": "a", "content": ""}]},
    )
    asked = {
        "Ticket": f"tickets/{ticket.number}/",
        "TicketPage": "tickets/",
        "ArticlePage": f"tickets/{ticket.number}/articles/",
        "EventPage": f"tickets/{ticket.number}/history/",
        "ClockPage": f"tickets/{ticket.number}/clocks/",
        "CalendarPage": "calendars/",
        "SlaPage": "slas/",
        "Sla": f"slas/{level.pk}/",
        "QueueHoursPage": "queue-hours/",
        "QueueHours": f"queue-hours/{world.billing.pk}/",
        "QueuePage": "queues/",
        "StatePage": "states/",
        "PriorityPage": "priorities/",
        "RowPage": "types/",
        "FoundPersonPage": "people/?email=dana@acme.example",
        "Me": "me/",
        "Problem": "tickets/404404/",
    }
    for name, path in asked.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
        Draft202012Validator(schema).validate(bea.get(path).json())


def test_T56_the_page_for_people_is_public_and_names_nothing_of_the_installation(world, ticket, signed_in):
    answer = Client().get("/api/v1/docs/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for operation in operations().values():
        assert operation["summary"] in page
    for secret in ("Billing", world.dana.email.split("@")[0] + " Miller", ticket.number, "Django", "drf"):
        assert secret not in page
    assert signed_in(world.bea).get("/api/v1/docs/").status_code == 200
    assert Client().post("/api/v1/docs/").status_code == 405


def test_the_page_keeps_to_the_content_security_policy(db):
    answer = Client().get("/api/v1/docs/")
    page = answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(r"<style|<script(?! [^>]*src=)|\sstyle=|\son\w+=|https?://(?!www\.w3\.org)", page)


def test_every_link_of_the_page_leads_somewhere(rf, db):
    page = docs(rf.get("/api/v1/docs/")).content.decode()
    names = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= names
