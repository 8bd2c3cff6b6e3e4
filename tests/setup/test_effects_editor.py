"""The list of effects in a form: rows that are added, moved, removed and read back, whatever they ask for."""

import pytest
from django.http import QueryDict

from tickets.models import FieldDefinition, Priority, State
from web.setup.effect_asks import Offered
from web.setup.effects_editor import EffectsEditor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def effects(settings):
    settings.EFFECTS = ["automation.ticket_effects.TICKET_EFFECTS"]


def data(*effects: tuple[str, dict], edit: str = "") -> QueryDict:
    """What a form with these effects sends."""
    sent = QueryDict(mutable=True)
    for index, (do, fields) in enumerate(effects):
        sent.appendlist("effects-row", f"{index} {do}")
        for name, value in fields.items():
            sent.setlist(f"effects{index}-{name}", value if isinstance(value, list) else [str(value)])
    if edit:
        sent["effects-edit"] = edit
    return sent


def saved(*effects: tuple[str, dict]) -> list[dict]:
    editor = EffectsEditor.sent(data(*effects), Offered())
    assert editor.is_valid(), editor.problems()
    return editor.effects


def edited(edit: str, *effects: tuple[str, dict]) -> EffectsEditor:
    return EffectsEditor.typed(data(*effects, edit=edit), Offered())


def names(editor: EffectsEditor) -> list[str]:
    return [row.do for row in editor.rows]


def test_each_question_gives_what_is_stored(world):
    high, waiting = Priority.objects.get(level=4), State.objects.filter(type="pending_reminder").first()
    assert saved(
        ("move", {"to": world.billing.pk}),
        ("assign", {"to": ""}),
        ("priority", {"to": high.pk}),
        ("state", {"to": waiting.pk, "wait": "2 D"}),
        ("rate", {"impact": "3", "urgency": ""}),
        ("tag", {"tags": "vip, big one ,vip"}),
        ("customer", {"to": "Dana@ACME.example"}),
        ("note", {"text": "Hello {{ customer.first_name }}"}),
        ("spam", {}),
    ) == [
        {"do": "move", "to": world.billing.pk},
        {"do": "assign", "to": None},
        {"do": "priority", "to": high.pk},
        {"do": "state", "to": waiting.pk, "wait": "2d"},
        {"do": "rate", "impact": 3},
        {"do": "tag", "tags": ["vip", "big one"]},
        {"do": "customer", "to": world.dana.pk},
        {"do": "note", "text": "Hello {{ customer.first_name }}"},
        {"do": "spam"},
    ]


@pytest.mark.parametrize(
    ("kind", "options", "typed", "stored"),
    [
        ("text", [], "A 12", "A 12"),
        ("number", [], "12.5", "12.5"),
        ("checkbox", [], "on", True),
        ("dropdown", ["red", "green"], "red", "red"),
        ("multiselect", ["red", "green"], ["red"], ["red"]),
        ("date", [], "2026-03-01", "2026-03-01"),
    ],
)
def test_custom_fields_bring_their_control(db, kind, options, typed, stored):
    FieldDefinition.objects.create(key="one", label="One", kind=kind, options=options)
    (effect,) = saved(("fields", {"values_key": "one", "values_value": typed}))
    assert str(effect["values"]["one"]) == str(stored)
    (row,) = EffectsEditor.of([effect], Offered()).rows
    again = row.form["values_value"].value()
    assert str(again) == str(stored)


def test_several_fields_in_one_effect_are_rows_of_their_own(db):
    for key in ("one", "two"):
        FieldDefinition.objects.create(key=key, label=key.title(), kind="text")
    editor = EffectsEditor.of([{"do": "fields", "values": {"one": "1", "two": "2"}}], Offered())
    assert [row.form["values_key"].value() for row in editor.rows] == ["one", "two"]


def test_what_is_wrong_is_said_at_its_field(world):
    editor = EffectsEditor.sent(
        data(
            ("move", {"to": "999999"}),
            ("tag", {"tags": " , "}),
            ("state", {"to": State.objects.filter(type="pending_reminder").first().pk, "wait": "soon"}),
            ("customer", {"to": "nobody@nowhere.example"}),
            ("note", {"text": "{{ broken"}),
            ("gone", {}),
        ),
        Offered(),
    )
    assert not editor.is_valid()
    wrong = [list(row.form.errors) or [row.error] for row in editor.rows]
    assert wrong == [["to"], ["tags"], ["wait"], ["to"], ["text"], ["This effect is not there any more. Remove it."]]
    ids = [problem.id for problem in editor.problems()]
    assert ids == [
        *("id_effects0-to", "id_effects1-tags", "id_effects2-wait", "id_effects3-to", "id_effects4-text"),
        "effects-5",
    ]


def test_an_empty_list_is_refused(db):
    editor = EffectsEditor.sent(data(), Offered())
    assert (editor.is_valid(), editor.error) == (False, "Add at least one effect.")
    assert EffectsEditor.sent(data(), Offered(), required=False).is_valid()


ROWS = (("move", {"to": ""}), ("tag", {"tags": "vip"}), ("note", {"text": "Half {{"}))


@pytest.mark.parametrize(
    ("edit", "order", "said"),
    [
        ("add spam", ["move", "tag", "note", "spam"], "Mark as spam was added as number 4."),
        ("up 2", ["move", "note", "tag"], "Add a note is number 2 of 3 now."),
        ("down 0", ["tag", "move", "note"], "Move is number 2 of 3 now."),
        ("up 0", ["move", "tag", "note"], "Move is number 1 of 3 now."),
        ("drop 1", ["move", "note"], "Add tags was removed."),
        ("add nothing", ["move", "tag", "note"], ""),
        ("drop 9", ["move", "tag", "note"], ""),
        ("drop x", ["move", "tag", "note"], ""),
        ("", ["move", "tag", "note"], ""),
    ],
)
def test_rows_move_with_what_was_typed(db, edit, order, said):
    editor = edited(edit, *ROWS)
    assert (names(editor), editor.said) == (order, said)
    typed = {row.do: {field.name: field.value() for field in row.form} for row in editor.rows}
    assert typed.get("tag", {"tags": "vip"}) == {"tags": "vip"}
    assert typed["note"] == {"text": "Half {{"}
    assert [row.form.prefix for row in editor.rows] == [f"effects{index}" for index in range(len(order))]


def test_two_lists_on_one_page_do_not_mix(db):
    sent = data(("spam", {}))
    sent.appendlist("resolved-row", "0 trash")
    assert names(EffectsEditor.sent(sent, Offered(), prefix="resolved")) == ["trash"]
    assert names(EffectsEditor.sent(sent, Offered())) == ["spam"]


def test_what_needs_a_person_is_offered_where_one_starts_it(db):
    def offered(**options):
        menu = EffectsEditor.of([], Offered(), **options).menu
        return {entry.do for group in menu for entry in group.entries}

    assert offered(for_person=True) - offered() == {"take"}
    assert "trash" not in offered(without=["trash"])


def test_a_row_that_is_gone_stays_chosen_until_another_is(world):
    (row,) = EffectsEditor.of([{"do": "move", "to": 424242}], Offered()).rows
    assert ("424242", "Something that is not there any more") in [
        (str(value), str(label)) for value, label in row.form.fields["to"].choices
    ]


def test_lists_are_fetched_once_however_many_effects_ask(world, queries):
    def drawn(number: int) -> int:
        with queries() as counted:
            editor = EffectsEditor.of([{"do": "move", "to": 1}, {"do": "assign", "to": 1}] * number, Offered())
            assert [str(field) for row in editor.rows for field in row.form]
        return len(counted)

    drawn(1)
    assert drawn(1) == drawn(10)
