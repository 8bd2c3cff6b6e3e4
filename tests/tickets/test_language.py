"""The search language: what queries mean, where errors point, and that nobody names what they may not see."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import TicketFactory
from tickets.actions.fields import set_custom_fields, set_tags
from tickets.actions.progress import set_priority, set_state
from tickets.actions.routing import assign
from tickets.conditions import check, to_q, viewer
from tickets.customfields import custom_fields
from tickets.language import LanguageError, read
from tickets.lookups import ReadersNames
from tickets.models import FieldDefinition, Priority, State, Ticket

OPEN = {"field": "closed", "empty": True}


class Known:
    def rows(self, field, text):
        found = {"queue": {"support": [1, 2]}, "owner": {"bea": [7]}, "state": {"new": [1]}}.get(field, {})
        return found[text]


CUSTOM = {"field.asset": "custom_text", "field.count": "custom_number", "field.vip": "custom_flag"}


def words(text: str) -> dict:
    return {"field": "words", "contains": text}


@pytest.mark.parametrize(
    ("query", "meaning"),
    [
        ("", {"all": []}),
        ("printer", words("printer")),
        ('printer "disk full" hums', words('printer "disk full" hums')),
        ("queue:support", {"field": "queue", "in": [1, 2]}),
        ("owner:me", {"field": "owner", "is": {"me": True}}),
        ("owner:none", {"field": "owner", "empty": True}),
        ("owner:any", {"not": {"field": "owner", "empty": True}}),
        ("state:open", OPEN),
        ("is:open", OPEN),
        ("-is:open", {"not": OPEN}),
        ("not is:open", {"not": OPEN}),
        ("-printer", {"not": words("printer")}),
        ('-"disk full"', {"not": words('"disk full"')}),
        ("created>-7d", {"field": "created", "after": {"now": "-7d"}}),
        ("created<2026-01-01", {"field": "created", "before": "2026-01-01"}),
        ("tag:vip", {"field": "tags", "contains": "vip"}),
        ("tag:vip,late", {"any": [{"field": "tags", "contains": "vip"}, {"field": "tags", "contains": "late"}]}),
        ("field.asset:PC-12", {"field": "field.asset", "contains": "PC-12"}),
        ('field.asset:"PC 12"', {"field": "field.asset", "contains": "PC 12"}),
        ("field.count>2.5", {"field": "field.count", "above": 2.5}),
        ("field.vip:yes", {"field": "field.vip", "is": True}),
        ("time_spent<60", {"field": "time_spent", "below": 60}),
        ("a or b", {"any": [words("a"), words("b")]}),
        (
            "is:open (tag:a or tag:b) fax",
            {
                "all": [
                    OPEN,
                    {"any": [{"field": "tags", "contains": "a"}, {"field": "tags", "contains": "b"}]},
                    words("fax"),
                ]
            },
        ),
        ("see http://x.example/a", words("see http://x.example/a")),
        ("at 10:30", words("at 10:30")),
        ('an "open quote', words('an "open quote"')),
    ],
)
def test_what_a_query_means(query, meaning):
    assert read(query, Known(), CUSTOM) == meaning


def test_a_day_is_the_whole_day():
    assert read("created:2026-02-28", Known(), {}) == {
        "all": [{"not": {"field": "created", "before": "2026-02-28"}}, {"field": "created", "before": "2026-03-01"}]
    }


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("printer ownr:me", "ownr"),
        ("queue:nowhere fax", "nowhere"),
        ("created>someday", "someday"),
        ("created:2026-02-31", "2026-02-31"),
        ("field.count:many", "many"),
        ("field.vip:perhaps", "perhaps"),
        ("is:lost", "lost"),
        ("title>5", "title>5"),
        ("queue:", "queue:"),
        ("(printer", "("),
        ("printer)", ")"),
        ("printer or", "or"),
        ("or printer", "or"),
        ("fax not", "not"),
        ("()", "()"),
    ],
)
def test_an_error_points_at_its_place(query, at):
    with pytest.raises(LanguageError) as error:
        read(query, Known(), CUSTOM)
    assert query[error.value.start : error.value.end] == at
    assert str(error.value)


@pytest.mark.parametrize("query", ["(" * 50 + "a" + ")" * 50, "a" * 501])
def test_t71_depth_and_length_are_bounded(query):
    with pytest.raises(LanguageError):
        read(query, Known(), CUSTOM)


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(alphabet='ab :<>"()-,.0or1not is:open tag:x\n\x00', max_size=40))
def test_whatever_is_typed_is_read_or_refused(query):
    try:
        condition = read(query, Known(), CUSTOM)
    except LanguageError as error:
        assert 0 <= error.start <= error.end <= len(query)
    else:
        check(condition)


@pytest.fixture
def tickets(world):
    FieldDefinition.objects.create(key="asset", label="Asset", kind="text")
    made = {name: TicketFactory(queue=world.support, customer=world.dana, title=name) for name in "abc"}
    made["hidden"] = TicketFactory(queue=world.billing, customer=world.erik, title="hidden")
    assign(made["a"], world.bea, by=world.bea)
    set_tags(made["b"], ["vip"], by=world.bea)
    set_custom_fields(made["b"], {"asset": "PC-12"}, by=world.bea)
    set_priority(made["c"], Priority.objects.get(level=5), by=world.bea)
    set_state(made["c"], State.objects.get(name="closed successful"), by=world.bea)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("owner:me", ""),
        ("owner:bea", "a"),
        ("owner:bea@demo.example or tag:vip", "ab"),
        ("state:solved", "c"),
        ('state:"closed successful"', "c"),
        ('priority:"very high"', "c"),
        ("is:open -owner:any", "b"),
        ("field.asset:pc-12", "b"),
        ("queue:support", "abc"),
        ("customer:dana@acme.example -is:closed", "ab"),
        ("customer:erik", ""),
        ("organisation:nobody", ""),
        ("created>-1h type:unclassified", "abc"),
    ],
)
def test_queries_find_what_they_say(world, tickets, query, found):
    assert titles(query, world.carlos) == set(found)


def titles(query: str, user) -> set[str]:
    kinds = {name: field.kind for name, field in custom_fields().items()}
    condition = read(query, ReadersNames(user), kinds)
    seen = Ticket.objects.allowing(user, "read").filter(to_q(condition, viewer(user)))
    return set(seen.values_list("title", flat=True))


@pytest.mark.django_db
def test_t48_a_hidden_queue_is_no_name_at_all(world, tickets):
    said = []
    for query in ("queue:billing", "queue:nothing"):
        with pytest.raises(LanguageError) as error:
            titles(query, world.carlos)
        said.append(str(error.value).replace("billing", "nothing"))
    assert said[0] == said[1]
    assert titles("queue:billing", world.bea) == {"hidden"}
