"""The work: in chunks that happen wholly or not at all, from where it stopped, by one worker at a time; cancelled, let go."""

import io
import tracemalloc
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from accounts.customers import add_customer
from accounts.models import ConfigChange, User
from core.work import LEASE, run_leased
from imports import working
from imports.kinds import people
from imports.models import Import, Origin, Refusal, State
from imports.reading.kept_rows import kept_rows
from imports.reading.sources import open_source
from imports.starting import begin_import, cancel_import, forget_old, imports_of, remove_import
from imports.tasks import work as work_task
from mail.models import Unneeded
from tests.imports.conftest import as_csv, checked, counts, handed_in, imported, work
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

ROWS = [["email", "name"], *([f"p{n}@x.example", f"Person {n}"] for n in range(10)), ["none", ""]]


class Killed(BaseException):
    """As by `kill -9`: nobody catches it."""


def people_there() -> int:
    return User.objects.filter(email__endswith="@x.example").count()


@pytest.mark.parametrize("dies_at", range(1, 11))
def test_killed_at_any_row_it_goes_on_and_nothing_is_there_twice(world, small_chunks, monkeypatch, dies_at):
    small_chunks(3)
    job = begin_import(checked(ROWS, "people", world.alex))
    calls = []

    def dying(facts, *, by):
        calls.append(facts.email)
        if len(calls) == dies_at:
            raise Killed
        return add_customer(facts, by=by)

    monkeypatch.setattr(people, "add_customer", dying)
    with pytest.raises(Killed):
        run_leased(Import, job.pk, working.run, lease=LEASE)
    half = Import.objects.get(pk=job.pk)
    assert (half.position, half.created, people_there()) == ((dies_at - 1) // 3 * 3,) * 3
    assert work(job).state == State.IMPORTING  # the dead one holds its lease
    Import.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    job = work(job)
    assert (job.state, counts(job), people_there()) == (State.DONE, {"created": 10, "refused": 1}, 10)
    assert ConfigChange.objects.filter(through=job.mark).count() == 10
    assert Refusal.objects.filter(job=job).count() == 1


def test_whoever_was_slow_finds_that_it_is_in_other_hands(world, small_chunks, monkeypatch):
    small_chunks(3)
    job = begin_import(checked(ROWS, "people", world.alex))
    taken = []

    def overtaken(facts, *, by):
        person = add_customer(facts, by=by)
        if not taken:
            taken.append(person)
            Import.objects.filter(pk=job.pk).update(attempts=99)
        return person

    monkeypatch.setattr(people, "add_customer", overtaken)
    job = work(job)
    assert (job.position, people_there()) == (0, 0)


def test_cancelling_stops_it_and_what_is_done_stays(world, small_chunks, monkeypatch):
    small_chunks(3)
    job = begin_import(checked(ROWS, "people", world.alex))
    real = working._keep

    def after_two(job, last, number, tally):
        real(job, last, number, tally)
        if job.position == 6:
            cancel_import(job)

    monkeypatch.setattr(working, "_keep", after_two)
    job = work(job)
    assert (job.state, job.due_at, people_there()) == (State.CANCELLED, None, 6)
    assert cancel_import(job).state == State.CANCELLED
    with pytest.raises(ValidationError):
        begin_import(job)


def test_what_takes_long_goes_on_later(world, small_chunks, monkeypatch):
    small_chunks(3)
    job = begin_import(checked(ROWS, "people", world.alex))
    monkeypatch.setattr(working, "BUDGET", -1)
    seen = []
    for _turn in range(6):
        Import.objects.filter(pk=job.pk, due_at__isnull=False).update(due_at=timezone.now())
        work_task(job.pk)
        seen.append(Import.objects.get(pk=job.pk).position)
    job = Import.objects.get(pk=job.pk)
    assert (seen, job.state) == ([3, 6, 9, 11, 11, 11], State.DONE)


def test_beginning_twice_is_once(world):
    job = checked(ROWS, "people", world.alex)
    first, second = begin_import(job), begin_import(job)
    assert (first.pk, second.state) == (second.pk, State.IMPORTING)
    assert begin_import(work(job)).state == State.DONE
    assert people_there() == 10


def test_what_goes_wrong_is_tried_again_and_then_said(world, monkeypatch):
    job = begin_import(checked(ROWS, "people", world.alex))
    monkeypatch.setattr(people, "customers_of", lambda user: 1 / 0)
    for _try in range(4):
        Import.objects.filter(pk=job.pk, due_at__isnull=False).update(due_at=timezone.now())
        job = work(job)
    assert (job.state, job.due_at, job.setbacks) == (State.FAILED, None, 4)
    assert job.parked_at is not None and "ZeroDivisionError" in job.last_error


def test_a_file_over_which_workers_are_lost_is_given_up_in_plain_words(world, monkeypatch):
    job = handed_in(as_csv(ROWS), "people", world.alex)
    seen = []

    def killed(*_args):
        seen.append(Import.objects.get(pk=job.pk).claims)
        # Nothing that a killed process has in its hands is saved.
        monkeypatch.setattr(Import, "WORK_FIELDS", ("attempts",))
        raise Killed

    for _try in range(3):
        with monkeypatch.context() as patched, pytest.raises(Killed):
            patched.setattr(working, "open_source", killed)
            run_leased(Import, job.pk, working.run, lease=LEASE)
        Import.objects.update(leased_until=None)
    monkeypatch.undo()
    job = work(job)
    assert (seen, job.state, job.due_at) == ([1, 2, 3], State.FAILED, None)
    assert "given up" in job.trouble


def test_files_are_let_go_of_after_a_month_and_what_came_stays(world):
    job = imported(ROWS, "people", world.alex)
    Import.objects.update(created_at=timezone.now() - timedelta(days=31))
    forget_old()
    assert not Import.objects.exists() and not Refusal.objects.exists()
    assert set(Unneeded.objects.values_list("digest", flat=True)) >= {job.digest, job.lines, job.refused_file}
    assert people_there() == 10


def test_nothing_is_let_go_of_while_it_is_worked_on(world):
    job = begin_import(checked(ROWS, "people", world.alex))
    with pytest.raises(ValidationError, match="Cancel it first"):
        remove_import(job)


def test_imports_are_their_owners_alone(world):
    job = handed_in(as_csv(ROWS), "people", world.alex)
    assert list(imports_of(world.alex)) == [job]
    assert list(imports_of(world.bea)) == []


def test_a_ticket_that_cannot_be_put_into_its_state_leaves_nothing(world, monkeypatch):
    row = ["1", "T", "Support", "new@x.example", "2020-01-01", "open"]
    head = ["number", "title", "queue", "customer", "created", "state"]

    def refuses(*_args, **_options):
        raise ValidationError("no")

    monkeypatch.setattr("tickets.actions.importing.set_state", refuses)
    assert counts(imported([head, row], "tickets", world.alex)) == {"refused": 1}
    assert (Ticket.objects.count(), Origin.objects.count(), people_there()) == (0, 0, 0)


def test_a_long_file_is_read_in_bounded_memory(world):
    head, line = b"email,name\n", b"%d@x.example,Somebody with a name of usual length\n"
    content = io.BytesIO(head + b"".join(line % n for n in range(40_000)))
    tracemalloc.start()
    assert sum(1 for _row in open_source(content).rows) == 40_000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_row_knows_where_the_next_begins(world):
    job = checked(ROWS, "people", world.alex)
    rows = list(kept_rows(job.lines))
    assert [kept.row for kept in kept_rows(job.lines, offset=rows[4].ends)] == [kept.row for kept in rows[5:]]


def test_the_command_imports_and_tells(world, tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_bytes(as_csv(ROWS))
    with pytest.raises(SystemExit) as ended:
        call_command("import_file", "people", str(file), by="alex@demo.example")
    told = capsys.readouterr()
    assert ended.value.code == 1
    assert "10 new, 0 changed, 0 unchanged, 1 refused" in told.out
    assert "line 12: email: “none” is no email address." in told.out
    assert people_there() == 10


def test_the_command_may_only_check(world, tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_bytes(as_csv(ROWS[:-1]))
    call_command("import_file", "people", str(file), by="alex@demo.example", check=True)
    assert "10 new" in capsys.readouterr().out and people_there() == 0
