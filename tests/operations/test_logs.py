"""Log lines: what they carry, and what must never stand in them."""

import json
import logging

import pytest
from django.db import OperationalError, connection
from django.test import Client

from core import logs
from core.logs import LineFormatter
from core.work import run_inside
from helpdesk.operation.troubles import Brief
from tests.factories import TicketFactory
from tickets.models import Delivery
from tickets.tasks import deliver


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.addFilter(Brief())
        self.setFormatter(LineFormatter())
        self.lines: list[dict] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def lines(monkeypatch):
    handler = Lines()
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", logging.INFO)
    logging.disable(logging.NOTSET)
    root.addHandler(handler)
    root.manager._clear_cache()
    yield handler.lines
    root.removeHandler(handler)
    monkeypatch.undo()
    root.manager._clear_cache()


@pytest.mark.django_db
def test_a_request_that_acts_on_a_ticket_names_it(world, signed_in, lines):
    ticket = TicketFactory(queue=world.support)
    answer = signed_in(world.bea).post(f"/desk/tickets/{ticket.number}/take/", HTTP_X_REQUEST_ID="abcdef-123456")
    assert answer.status_code < 400
    line = next(line for line in lines if line["logger"] == "helpdesk.requests")
    assert line["message"] == "POST desk/tickets/<slug:number>/take/"
    assert (line["request"], line["ticket"]) == ("abcdef-123456", ticket.number)
    assert (line["status"], line["person"]) == (answer.status_code, world.bea.pk)
    assert line["ms"] > 0


@pytest.mark.django_db
def test_the_ticket_of_one_request_is_not_that_of_the_next(world, signed_in, lines):
    ticket = TicketFactory(queue=world.support)
    signed_in(world.bea).post(f"/desk/tickets/{ticket.number}/take/")
    Client().get("/login/")
    assert [line.get("ticket") for line in lines if line["logger"] == "helpdesk.requests"] == [ticket.number, None]


@pytest.mark.django_db
def test_work_names_its_row_and_its_ticket(world, lines):
    ticket = TicketFactory(queue=world.support)
    delivery = Delivery.objects.get(event__ticket=ticket, event__kind="ticket.created")
    deliver(delivery.pk)
    line = next(line for line in lines if line["message"] == "done")
    assert (line["work"], line["ticket"]) == (f"tickets.Delivery {delivery.pk}", ticket.number)


@pytest.mark.django_db
def test_work_that_fails_says_why_and_at_what(world, lines):
    delivery = TicketFactory(queue=world.support).events.first().delivery
    run_inside(Delivery, delivery.pk, lambda _row: 1 / 0)
    line = next(line for line in lines if line["level"] == "error")
    assert line["work"] == f"tickets.Delivery {delivery.pk}"
    assert "ZeroDivisionError" in line["trace"]


@pytest.mark.django_db
def test_T80_secrets_of_an_address_are_not_in_the_log(lines):
    Client().get("/welcome/very-secret-token/?next=also-secret")
    Client().get("/password/reset/key/abc-very-secret-token/")
    assert lines
    assert "secret" not in json.dumps(lines)


OTRS = "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", f"{OTRS}/Session/very-s3cret"),
        ("PUT", f"{OTRS}/Session/very-s3cret"),
        ("DELETE", f"{OTRS}/Session/very-s3cret"),
        ("GET", f"{OTRS}/Nothing/very-s3cret?SessionID=s3cret&Password=s3cret"),
        ("GET", f"{OTRS}/Ticket/7?SessionID=s3cret&UserLogin=bea@demo.example&Password=s3cret"),
        ("PATCH", f"{OTRS}/Ticket/7?SessionID=s3cret"),
        ("GET", f"{OTRS}/TicketSearch?SessionID=s3cret"),
        ("GET", "/otrs/elsewhere/s3cret?SessionID=s3cret"),
        ("GET", "/api/v1/nothing/s3cret/?token=s3cret"),
        ("POST", "/api/v1/alerts/very-s3cret/"),
    ],
)
def test_T80_sessions_and_passwords_of_programs_are_not_in_the_log(lines, caplog, method, address):
    """Clients of OTRS write them into addresses, and Django would quote these of each answer from 400 on."""
    caplog.set_level(logging.DEBUG)
    answer = Client(raise_request_exception=False).generic(method, address, "{not json", "application/json")
    assert answer.status_code >= 200
    assert [line["message"].split()[0] for line in lines if line["logger"] == "helpdesk.requests"] == [method]
    assert "s3cret" not in json.dumps(lines)


@pytest.mark.django_db
def test_T80_a_form_that_is_not_ours_names_its_route_alone(lines):
    answer = Client(enforce_csrf_checks=True).post("/password/reset/key/abc-very-secret-token/", {"password": "x"})
    assert answer.status_code == 403
    line = next(line for line in lines if line["logger"] == "django.security.csrf")
    assert line["message"].startswith("Forbidden (CSRF")
    assert "secret" not in json.dumps(lines)


@pytest.mark.django_db
def test_health_checks_write_no_line_while_all_is_well(lines):
    Client().get("/healthz/live")
    Client().get("/healthz/ready")
    assert lines == []


def test_T70_a_hostile_name_writes_no_line_of_its_own():
    record = logging.LogRecord("x", logging.INFO, "", 0, "hello %s", ('a\r\n{"level": "error"}\x1b[31m',), None)
    with logs.scope(person="\n\x1b[2J"):
        line = LineFormatter().format(record)
    assert line.isascii()
    assert line.isprintable()


def test_scopes_nest_and_end():
    def shown() -> dict:
        line = json.loads(LineFormatter().format(logging.LogRecord("x", logging.INFO, "", 0, "x", (), None)))
        return {key: line[key] for key in ("request", "work", "ticket") if key in line}

    logs.note(ticket="0")
    with logs.scope(request="r"):
        logs.note(ticket="1")
        with logs.scope(work="w"):
            logs.note(ticket="2")
            assert shown() == {"request": "r", "work": "w", "ticket": "2"}
        assert shown() == {"request": "r", "ticket": "1"}
    assert shown() == {}


def test_T80_not_even_an_error_names_the_address(lines, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError("boom")

    client = Client(raise_request_exception=False)
    monkeypatch.setattr("web.common.views.invited_person", broken)
    assert client.get("/welcome/very-secret-token/").status_code == 500
    assert any("boom" in line.get("trace", "") for line in lines)
    assert "very-secret-token" not in json.dumps(lines)


@pytest.mark.django_db
def test_a_database_that_is_away_is_one_sentence_each_time(world, lines):
    delivery = TicketFactory(queue=world.support).events.first().delivery

    def lost(_row):
        raise OperationalError("server closed the connection unexpectedly\n\tThis probably means 100% of it")

    run_inside(Delivery, delivery.pk, lost)
    line = next(line for line in lines if line["level"] == "warning")
    said = "server closed the connection unexpectedly This probably means 100% of it"
    assert line["message"] == f"the database is away: {said}"
    assert "trace" not in line


@pytest.mark.django_db
def test_what_the_database_refuses_keeps_its_trace(world, lines):
    delivery = TicketFactory(queue=world.support).events.first().delivery

    def refused(_row):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10ms'")
            cursor.execute("SELECT pg_sleep(1)")

    run_inside(Delivery, delivery.pk, refused)
    line = next(line for line in lines if line["level"] == "error")
    assert "statement timeout" in line["trace"]
