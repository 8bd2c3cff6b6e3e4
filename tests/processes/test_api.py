"""Processes for programs."""

import pytest

from accounts.tokens import Limits, issue_token
from processes.actions import starting
from processes.models import Decision, Task
from tests.api.conftest import Program
from tests.factories import AgentFactory, CustomerFactory, PersonFactory, QueueFactory, TicketFactory
from tests.processes.drawings import CUSTOMER, drawing, end, line, message, node, start, ways, work
from tests.processes.world import agent, fresh, published, tasks
from tickets.models import FieldDefinition

pytestmark = pytest.mark.django_db


def program(user, scope="write"):
    return Program(issue_token(user, name="robot", scope=scope)[1])


@pytest.fixture
def ticket():
    FieldDefinition.objects.create(key="size", label="Size", kind="number", labels={"de": "Größe"})
    return TicketFactory(customer=CustomerFactory())


@pytest.fixture
def worker(ticket):
    return agent(ticket)


def test_a_program_starts_a_process_and_does_its_tasks(ticket, worker):
    form = {"who": {"kind": "queue"}, "form": [{"field": "size", "required": True}], "text": {"en": "How big?"}}
    published(line(work("Measure", form), work("Look")), key="measure")
    robot = program(worker)
    assert [row["key"] for row in robot.get("processes/").json()["results"]] == ["measure"]
    begun = robot.post(f"tickets/{ticket.number}/processes/", {"process": "measure"})
    assert begun.status_code == 201
    steps = [(step["id"], step["state"]) for step in begun.json()["steps"]]
    assert (begun.json()["state"], steps) == ("going", [("Measure", "now"), ("Look", "next")])
    (task,) = robot.get("tasks/").json()["results"]
    assert (task["ticket"], task["step"], task["text"]) == (ticket.number, "Measure", "How big?")
    assert task["form"][0] | {"value": None} == {
        "key": "size", "label": "Size", "help": "", "kind": "number", "options": [], "required": True,
        "readonly": False, "shown_when": None, "value": None,
    }  # fmt: skip
    wrong = robot.post(f"tasks/{task['id']}/", {"values": {"size": "big"}})
    assert (wrong.status_code, wrong.json()["errors"]) == (400, {"values.size": ["Enter a number."]})
    done = robot.post(f"tasks/{task['id']}/", {"values": {"size": 12}})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert robot.post(f"tasks/{task['id']}/", {"values": {"size": 13}}).status_code == 404
    ticket.refresh_from_db()
    assert ticket.custom_fields == {"size": 12}
    (run,) = robot.get(f"tickets/{ticket.number}/processes/").json()["results"]
    assert [(step["id"], step["state"], step["who"]) for step in run["steps"]][0] == ("Measure", "done", worker.name)


def test_what_may_not_be_is_refused(ticket, worker):
    process = published(line(work("Look")), key="look")
    reader = agent(ticket, "read")
    path = f"tickets/{ticket.number}/processes/"
    assert program(reader).post(path, {"process": "look"}).status_code == 403
    assert program(AgentFactory()).post(path, {"process": "look"}).status_code == 404
    assert program(ticket.customer).post(path, {"process": "look"}).status_code == 404
    assert program(worker, "read").post(path, {"process": "look"}).status_code == 403
    assert program(worker).post(path, {"process": "other"}).status_code == 400
    assert not ticket.process_runs.exists()
    run = starting.start(process, ticket, by=worker)
    (task,) = Task.objects.open()
    for stranger in (reader, AgentFactory(), ticket.customer):
        assert program(stranger).post(f"tasks/{task.pk}/", {}).status_code == 404
        assert program(stranger).get("tasks/").json()["results"] == []
    assert set(tasks(run)) == {"Look"}


def test_a_customer_does_his_own_task(ticket, worker):
    run = starting.start(published(line(work("Tell", CUSTOMER))), ticket, by=worker)
    robot = program(ticket.customer)
    (task,) = robot.get("tasks/").json()["results"]
    done = robot.post(f"tasks/{task['id']}/", {})
    # Of the run and its other steps customers are told nothing.
    assert (done.status_code, done.json()) == (200, task | {"state": "done"})
    assert fresh(run).state == "done"
    assert program(CustomerFactory()).get("tasks/").json()["results"] == []


def test_an_approver_decides_once(ticket, worker):
    boss = PersonFactory(is_customer=True)
    by = {"approval": {"rule": "all", "by": [{"kind": "person", "person": boss.email}]}, "form": [{"field": "size"}]}
    run = starting.start(published(line(work("Ok", by))), ticket, by=worker)
    robot = program(boss)
    (asked,) = robot.get("approvals/").json()["results"]
    assert (asked["name"], asked["ticket"], asked["answer"]) == ("Ok", ticket.number, "")
    assert program(worker).post(f"approvals/{asked['id']}/", {"answer": "approved"}).status_code == 404
    assert robot.post(f"approvals/{asked['id']}/", {"answer": "perhaps"}).status_code == 400
    done = robot.post(f"approvals/{asked['id']}/", {"answer": "approved", "comment": "Go"})
    assert (done.status_code, done.json()["answer"]) == (200, "approved")
    assert robot.post(f"approvals/{asked['id']}/", {"answer": "declined"}).status_code == 404
    decision = Decision.objects.get()
    assert (decision.way, decision.comment, fresh(run).state) == ("api", "Go", "done")


def test_a_token_that_is_kept_to_queues_decides_there_alone(ticket, worker):
    approval = {"approval": {"rule": "one", "by": [{"kind": "person", "person": worker.email}]}}
    starting.start(published(line(work("Approve", approval)), key="approve"), ticket, by=worker)
    elsewhere = Program(issue_token(worker, name="robot", limits=Limits(queues=[QueueFactory().pk]))[1])
    here = Program(issue_token(worker, name="robot", limits=Limits(queues=[ticket.queue_id]))[1])
    assert elsewhere.get("approvals/").json()["results"] == []
    (asked,) = here.get("approvals/").json()["results"]
    assert elsewhere.post(f"approvals/{asked['id']}/", {"answer": "approved"}).status_code == 404
    assert here.post(f"approvals/{asked['id']}/", {"answer": "approved"}).status_code == 200


def test_a_program_sends_a_message_once(ticket, worker):
    declared, defined = message("parcel")
    xml = drawing(
        start(), node("intermediateCatchEvent", "C", inside=defined), end(), ways("S>C", "C>E"), before=declared
    )
    run = starting.start(published(xml), ticket, by=worker)
    robot, path = program(worker), f"tickets/{ticket.number}/messages/"
    assert robot.post(path, {"name": "other"}).json() == {"reached": 0}
    for _time in range(2):
        sent = robot.post(path, {"name": "parcel"}, headers={"Idempotency-Key": "k1"})
        assert sent.json() == {"reached": 1}
    assert fresh(run).state == "done"


def test_reading_runs_costs_the_same_for_many(ticket, worker, django_assert_max_num_queries):
    process = published(line(work("Look"), work("Again")))
    robot = program(worker)
    counts = []
    for number in (1, 4):
        while ticket.process_runs.count() < number:
            starting.start(process, ticket, by=worker)
        robot.get(f"tickets/{ticket.number}/processes/")
        with django_assert_max_num_queries(40) as found:
            robot.get(f"tickets/{ticket.number}/processes/")
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_a_program_cancels_a_run_with_a_reason(ticket, worker):
    published(line(work("Look")), key="look")
    robot = program(worker)
    run = robot.post(f"tickets/{ticket.number}/processes/", {"process": "look"}).json()["id"]
    path = f"tickets/{ticket.number}/processes/{run}/cancel/"
    assert program(agent(ticket, "read")).post(path, {"reason": "No"}).status_code == 403
    assert list(robot.post(path).json()["errors"]) == ["reason"]
    assert robot.get(f"tickets/{ticket.number}/processes/").json()["results"][0]["state"] == "going"
    done = robot.post(path, {"reason": "Not needed"})
    assert (done.status_code, done.json()["state"]) == (200, "cancelled")
    assert not Task.objects.filter(state="open").exists()
    event = ticket.events.order_by("pk").last()
    assert (event.cause_kind, "Not needed" in str(event.data)) == ("token", True)
    assert robot.post(path, {"reason": "Again"}).status_code == 409
    elsewhere = TicketFactory(customer=ticket.customer, queue=ticket.queue)
    assert robot.post(f"tickets/{elsewhere.number}/processes/{run}/cancel/", {"reason": "x"}).status_code == 404


def test_a_program_moves_a_run_to_another_step(ticket, worker):
    published(line(work("Measure"), work("Look")), key="two")
    robot = program(worker)
    run = robot.post(f"tickets/{ticket.number}/processes/", {"process": "two"}).json()["id"]
    path = f"tickets/{ticket.number}/processes/{run}/"
    assert robot.post(f"{path}jump/", {"to": "Nowhere", "reason": "x"}).status_code == 409
    assert [task["step"] for task in robot.get("tasks/").json()["results"]] == ["Measure"]
    moved = robot.post(f"{path}jump/", {"to": "Look", "reason": "Measured by phone"})
    assert moved.status_code == 200
    assert [task["step"] for task in robot.get("tasks/").json()["results"]] == ["Look"]
    assert robot.post(f"{path}retry/").json()["state"] == "going"
