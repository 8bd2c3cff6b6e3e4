"""Conditions as sentences."""

import pytest

from tickets.models import FieldDefinition, Priority
from web.common.builder import Leaf
from web.common.choices import Choices
from web.common.condition_words import in_words

pytestmark = pytest.mark.django_db

TITLE = {"field": "title", "contains": "x"}
EMPTY = {"field": "owner", "empty": True}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"all": []}, "All tickets"),
        ({"any": []}, "No ticket"),
        ({"not": {"any": []}}, "All tickets"),
        ({"not": {"all": []}}, "No ticket"),
        (
            {"all": [EMPTY, {"not": {"any": [TITLE, EMPTY]}}]},
            "Agent is not set and (none of: Subject contains x; Agent is not set)",
        ),
        (TITLE, "Subject contains x"),
        ({"not": TITLE}, "Subject does not contain x"),
        ({"all": [TITLE, EMPTY]}, "Subject contains x and Agent is not set"),
        ({"any": [TITLE, EMPTY]}, "Subject contains x or Agent is not set"),
        ({"all": [EMPTY, {"any": [TITLE, EMPTY]}]}, "Agent is not set and (Subject contains x or Agent is not set)"),
        ({"all": [EMPTY, {"any": [TITLE]}]}, "Agent is not set and Subject contains x"),
        ({"not": {"any": [TITLE, EMPTY]}}, "None of: Subject contains x; Agent is not set"),
        ({"not": {"all": [TITLE, EMPTY]}}, "Not all of: Subject contains x; Agent is not set"),
        ({"field": "created", "after": {"now": "-7d"}}, "Opened is less than 7 days ago"),
        ({"field": "created", "before": {"now": "-1d"}}, "Opened is more than 1 day ago"),
        ({"not": {"field": "created", "before": {"now": "-4h"}}}, "Opened is not more than 4 hours ago"),
        ({"field": "created", "before": {"now": "+30m"}}, "Opened is in less than 30 minutes"),
        ({"field": "created", "after": {"today": "+0d"}}, "Opened is after today"),
        ({"field": "tags", "contains": "vip"}, "Tags contains vip"),
        ({"field": "field.gone", "is": 7}, "field.gone is 7"),
    ],
)
def test_what_is_said(world, condition, words):
    assert in_words([condition], Choices(world.alex)) == [words]


def test_rows_are_called_by_their_names(world):
    FieldDefinition.objects.create(key="model", label="Model", kind="text")
    high = Priority.objects.get(level=5)
    conditions = [
        {"field": "queue", "in": [world.support.pk, world.hardware.pk]},
        {"field": "priority", "is": high.pk},
        {"field": "customer", "is": world.dana.pk},
        {"field": "organisation", "in": [world.acme.pk, "Globex"]},
        {"field": "field.model", "is": "K2"},
    ]
    words = in_words(conditions, Choices(world.alex))
    assert words[0].startswith("Queue is one of Support, ")
    assert words[2:] == [
        "Customer is dana@acme.example",
        "Organisation is one of Acme, Globex",
        "Model is K2",
    ]


@pytest.mark.parametrize(
    ("field", "name", "words"),
    [
        ("priority", "5 very high", "Priority is Very high"),
        ("state", "open", "Status is Open"),
        ("queue", "Support", "Queue is Support"),
        ("owner", "bea@demo.example", "Agent is Bea Costa"),
        ("priority", "6 beyond", "Priority is Something you may not see"),
    ],
)
def test_rows_may_be_named_by_the_condition(world, field, name, words):
    name = world.bea.email if field == "owner" else name
    assert in_words([{"field": field, "is": name}], Choices(world.alex)) == [words]


def test_a_name_is_offered_once_and_stays_a_name(world):
    leaf = Leaf("priority", "in", ["5 very high", str(Priority.objects.get(level=3).pk)])
    choices = Choices(world.alex).control(leaf).choices
    assert [label for _value, label in choices].count("Very high") == 1
    assert ("5 very high", "Very high") in choices
    assert {value for value, _label in choices} >= set(leaf.values)


def test_more_names_cost_the_same(world, queries):
    one = {"all": [{"field": "priority", "is": "5 very high"}, {"field": "queue", "is": "Support"}]}
    in_words([one], Choices(world.alex))
    with queries() as few:
        in_words([one], Choices(world.alex))
    with queries() as many:
        in_words([one, {"any": [one, one]}], Choices(world.alex))
    assert len(few) == len(many)


def test_more_of_them_cost_the_same(world, queries):
    one = {"all": [{"field": "queue", "is": world.support.pk}, {"field": "customer", "is": world.dana.pk}]}
    in_words([one], Choices(world.alex))
    with queries() as few:
        in_words([one], Choices(world.alex))
    with queries() as many:
        in_words([one] * 5, Choices(world.alex))
    assert len(few) == len(many)
