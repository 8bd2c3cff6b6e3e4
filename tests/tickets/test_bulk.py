"""Bulk jobs: every ticket by itself, a result for each, and the way back."""

import pytest

from accounts.models import User
from tests.factories import TicketFactory, role
from tickets.actions.progress import set_state
from tickets.bulk import NothingToUndo, progress_of, run_item, run_job, start_job, undo_job
from tickets.models import FieldDefinition, Job, JobItem, Priority, State, Ticket
from tickets.steps import STEPS

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets(world):
    return [TicketFactory(queue=world.support, customer=world.dana) for _number in range(3)]


def run(tickets, *steps, by) -> Job:
    job = start_job(tickets, steps, by=by)
    run_job(job)
    return job


def fresh(tickets) -> list[Ticket]:
    return list(Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).order_by("pk"))


def done(job: Job) -> dict[str, int]:
    return {state: number for state, number in progress_of(job).items() if number}


def test_each_ticket_has_its_result_and_history(world, tickets):
    set_state(tickets[2], State.objects.get(name="closed successful"), by=world.bea)
    closed = State.objects.get(name="closed successful")
    job = run(tickets, {"do": "state", "to": closed.pk}, by=world.bea)
    assert done(job) == {"done": 2, "unchanged": 1}
    assert [ticket.state for ticket in fresh(tickets)] == [closed] * 3
    assert tickets[0].events.latest("id").actor == world.bea


def test_what_may_not_be_done_fails_alone_and_changes_nothing(world, tickets):
    hidden = TicketFactory(queue=world.billing, customer=world.erik)
    job = run([*tickets, hidden], {"do": "assign", "to": world.carlos.pk}, by=world.carlos)
    assert done(job) == {"done": 3, "failed": 1}
    assert job.items.get(ticket=hidden).reason == "right"
    assert Ticket.objects.get(pk=hidden.pk).owner is None


def test_t45_a_target_is_chosen_by_right_for_each_ticket(world, tickets):
    job = run(tickets, {"do": "move", "to": world.billing.pk}, by=world.carlos)
    assert set(job.items.values_list("state", "reason")) == {("failed", "choice")}
    job = run(tickets, {"do": "assign", "to": world.dana.pk}, by=world.bea)
    assert set(job.items.values_list("state", "reason")) == {("failed", "choice")}


def test_several_steps_are_all_done_or_none(world, tickets):
    FieldDefinition.objects.create(key="cause", label="Cause", kind="text", to_close=True)
    closed = State.objects.get(name="closed successful")
    job = run(tickets, {"do": "tag", "tags": ["old"]}, {"do": "state", "to": closed.pk}, by=world.bea)
    assert set(job.items.values_list("state", "reason")) == {("failed", "closing_fields")}
    assert [ticket.tags for ticket in fresh(tickets)] == [[]] * 3


def test_a_job_is_taken_back_once(world, tickets):
    high = Priority.objects.get(level=5)
    tickets[0].refresh_from_db()
    was = [(t.priority_id, t.tags, t.owner_id, t.state_id) for t in fresh(tickets)]
    job = run(
        tickets,
        {"do": "priority", "to": high.pk},
        {"do": "tag", "tags": ["x", "y"]},
        {"do": "assign", "to": world.carlos.pk},
        {"do": "spam"},
        by=world.bea,
    )
    assert done(job) == {"done": 3}
    assert [(t.priority_id, t.tags, t.owner_id, t.state_id) for t in fresh(tickets)] != was
    back = undo_job(job, by=world.bea)
    run_job(back)
    assert done(back) == {"done": 3}
    assert [(t.priority_id, t.tags, t.owner_id, t.state_id) for t in fresh(tickets)] == was
    with pytest.raises(NothingToUndo):
        undo_job(job, by=world.bea)


def test_what_cannot_be_taken_back_says_so(world, tickets):
    job = run(tickets, {"do": "note", "text": "Called the maker"}, by=world.bea)
    assert done(job) == {"done": 3}
    with pytest.raises(NothingToUndo):
        undo_job(job, by=world.bea)


def test_merging_many_into_one(world, tickets):
    target = tickets[0]
    job = run(tickets, {"do": "merge", "into": target.pk}, by=world.bea)
    assert done(job) == {"done": 2, "unchanged": 1}
    back = undo_job(job, by=world.bea)
    run_job(back)
    assert [ticket.merged_into for ticket in fresh(tickets)] == [None] * 3


def test_an_item_runs_once_however_often_it_is_woken(world, tickets):
    job = start_job(tickets, [{"do": "note", "text": "Once"}], by=world.bea)
    for _time in range(2):
        for item in job.items.all():
            run_item(item.pk)
    assert tickets[0].articles.filter(body="Once").count() == 1


def test_a_broken_step_is_tried_again_and_then_given_up(world, tickets, monkeypatch):
    job = start_job(tickets[:1], [{"do": "note"}], by=world.bea)
    item = job.items.get()
    for _try in range(4):
        JobItem.objects.filter(pk=item.pk).update(due_at=item.due_at)
        run_item(item.pk)
    item.refresh_from_db()
    assert (item.state, item.reason, item.due_at) == ("failed", "error", None)


def test_every_step_names_a_right_that_exists(world):
    role("All", world.erik, write=world.support)
    world.erik.is_agent = True
    world.erik.save()
    user = User.objects.get(pk=world.erik.pk)
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    assert all(ticket.allows(user, step.right) for step in STEPS.values())
