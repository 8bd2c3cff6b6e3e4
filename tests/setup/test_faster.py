"""Two people save the same name at the same moment: the second one gets the form again, and is told at the field."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError
from django.db.models import Model
from django.urls import reverse

from accounts.models import Organisation, User
from core.database import field_given_twice
from sla.models import Calendar, Policy
from tests.setup.test_calendars import sent as calendar_sent
from tests.setup.test_queues import sent as queue_sent
from tests.setup.test_service_levels import sent as sla_sent
from tickets.models import Queue, State
from web.setup.views import queues as views


def violation(table: str, constraint: str) -> Exception:
    """As PostgreSQL tells of it."""
    error = IntegrityError("duplicate key value violates unique constraint")
    error.__cause__ = psycopg_error = Exception()
    psycopg_error.diag = SimpleNamespace(table_name=table, constraint_name=constraint)
    return error


@pytest.mark.parametrize(
    ("name", "data", "model", "words"),
    [
        ("calendar_new", calendar_sent(name="Twin"), Calendar, "There is already a calendar with this name."),
        ("sla_new", sla_sent(name="Twin", **{"t-solution-0": "8 h"}), Policy, "with this name."),
        ("states_new", {"name": "Twin", "type": "open", "position": "9", "is_active": "on"}, State, "with this name."),
    ],
)
def test_the_second_of_two_gets_the_form_again(world, door, monkeypatch, text_of, name, data, model, words):
    assert door.post(reverse(f"setup:{name}"), data).status_code == 302
    monkeypatch.setattr(Model, "validate_unique", lambda *_args, **_options: None)
    answer = door.post(reverse(f"setup:{name}"), data)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert 'value="Twin"' in answer.content.decode()
    assert model.objects.filter(name="Twin").count() == 1


def test_two_queues_at_the_same_place(world, door, monkeypatch, text_of):
    def too_late(*_args, **_options):
        raise violation("tickets_queue", "tickets_queue_path_1f2e_uniq")

    monkeypatch.setattr(views, "save_queue", too_late)
    answer = door.post(reverse("setup:queue_new"), queue_sent(None, name="Returns"))
    assert answer.status_code == 422
    assert "There is already one with this name." in text_of(answer)
    assert not Queue.objects.filter(name="Returns").exists()


@pytest.mark.parametrize(
    ("model", "field", "value"), [(Organisation, "name", "Twin"), (User, "email", "twin@x.example")]
)
def test_the_database_says_which_field_it_is(db, model, field, value):
    model.objects.create(**{field: value})
    with pytest.raises(IntegrityError) as caught:
        model.objects.create(**{field: value})
    assert field_given_twice(caught.value) == field


def test_another_error_names_no_field():
    assert field_given_twice(IntegrityError("of something else")) == ""
