"""Rules at work: who is asked, in which order, what is done and what is kept of it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils import timezone

from accounts.models import ConfigChange
from automation import rule_handlers, running, traces
from automation.effects import do_effect
from automation.leaning import leaning_on
from automation.models import EffectRun, Rule, RuleOnce, RuleRun
from automation.rule_handlers import run_rules
from automation.ruling import copy_rule, move_rule, order_rules, pause, publish, remove_rule, save_rule
from automation.tasks import run_effect
from core import memo
from tests.automation.ruling import active, draft, last_event, react, runs_on
from tests.factories import TicketFactory
from tickets.actions.fields import set_tags, set_title
from tickets.actions.progress import set_priority
from tickets.actions.replying import add_note
from tickets.actions.routing import move
from tickets.events import MAX_DEPTH, broken_links
from tickets.messages import Message
from tickets.models import Event, Priority, Ticket
from tickets.sentences import sentence_of

pytestmark = pytest.mark.django_db

TAG = [{"do": "tag", "tags": ["seen"]}]


@pytest.fixture
def ticket(world) -> Ticket:
    return TicketFactory(title="It hums", queue=world.hardware, customer=world.dana)


def newest(ticket: Ticket) -> Event:
    return Event.objects.select_related("ticket", "article").filter(ticket=ticket).order_by("-pk").first()


def test_a_rule_does_its_effects_and_tells_why(world, ticket):
    condition = {"all": [{"field": "title", "contains": "down"}, {"field": "event.by", "is": "agent"}]}
    effects = [*TAG, {"do": "priority", "to": 5}, {"do": "move", "to": world.hardware.pk}]
    rule = active(draft("Outages", ["title"], effects, condition), by=world.alex)
    at = last_event()
    cause = set_title(ticket, "All is down", by=world.bea)
    assert react(at) == 3
    ticket.refresh_from_db()
    assert (ticket.tags, ticket.priority_id) == (["seen"], 5)
    run = RuleRun.objects.get()
    assert (run.rule, run.ticket, run.event, run.depth, run.root_id) == (rule, ticket, cause, 0, cause.pk)
    assert run.outcome == RuleRun.Outcome.DONE
    assert run.conditions == {
        "all": [
            {"field": "title", "contains": "down", "held": True},
            {"field": "event.by", "is": "agent", "held": True},
        ],
        "held": True,
    }
    made = list(Event.objects.filter(pk__gt=cause.pk).order_by("pk"))
    assert [(event.kind, event.cause_event, event.cause_kind, event.cause_reference) for event in made] == [
        ("tags.changed", cause, "rule", str(rule.pk)),
        ("priority.changed", cause, "rule", str(rule.pk)),
    ]
    assert run.effects == [
        {"effect": effects[0], "result": "done", "event": made[0].pk},
        {"effect": effects[1], "result": "done", "event": made[1].pk},
        {"effect": effects[2], "result": "nothing"},
    ]
    assert traces.caused_by([run]) == {run.pk: [event.pk for event in made]}
    assert traces.figures_of([rule])[rule.pk].runs == 1


def test_drafts_and_paused_rules_do_nothing(world, ticket):
    rule = save_rule(draft("Draft", ["anything"], TAG), [], by=world.alex)
    at = last_event()
    set_title(ticket, "One", by=world.bea)
    react(at)
    pause(publish(rule, by=world.alex), by=world.alex)
    set_title(ticket, "Two", by=world.bea)
    react(at)
    assert runs_on(ticket) == []


def test_rules_are_asked_in_order_see_what_others_did_and_can_stop_the_rest(world, ticket):
    first = active(draft("A", ["title"], TAG), by=world.alex)
    second = active(
        draft("B", ["title"], [{"do": "priority", "to": 5}], {"field": "tags", "contains": "seen"}, stops=True),
        by=world.alex,
    )
    active(draft("C", ["title"], [{"do": "priority", "to": 1}]), by=world.alex)
    at = last_event()
    set_title(ticket, "One", by=world.bea)
    react(at)
    assert runs_on(ticket) == [("A", "done"), ("B", "done")]
    set_tags(ticket, [], by=world.bea)
    order_rules([second.pk, first.pk], by=world.alex)
    at = last_event()
    set_title(ticket, "Two", by=world.bea)
    react(at)
    assert runs_on(ticket)[2:] == [("A", "done"), ("C", "done")]


def test_a_scope_of_queues_holds_for_those_below(world, ticket):
    active(draft("Support", ["title"], TAG), by=world.alex, queues=[world.support])
    active(draft("Billing", ["title"], TAG), by=world.alex, queues=[world.billing])
    at = last_event()
    set_title(ticket, "One", by=world.bea)
    react(at)
    assert runs_on(ticket) == [("Support", "done")]


def test_once_per_ticket(world, ticket):
    active(draft("Once", ["title"], TAG, once_per_ticket=True), by=world.alex)
    at = last_event()
    for title in ("One", "Two"):
        set_title(ticket, title, by=world.bea)
    react(at)
    assert len(runs_on(ticket)) == RuleOnce.objects.count() == 1
    RuleRun.objects.update(at=timezone.now() - traces.KEPT * 2)
    assert traces.forget_old() == 1
    at = last_event()
    set_title(ticket, "Three", by=world.bea)
    react(at)
    assert runs_on(ticket) == [], "what is forgotten is not done again"


def test_what_is_refused_is_told_and_stops_no_other_effect(world, ticket):
    effects = [{"do": "assign", "to": world.carlos.pk}, *TAG]
    move(ticket, world.billing, by=world.bea)
    active(draft("Refused", ["title"], effects), by=world.alex)
    at = last_event()
    set_title(ticket, "One", by=world.bea)
    react(at)
    run = RuleRun.objects.get()
    assert run.outcome == RuleRun.Outcome.FAILED
    assert [(each["result"], each.get("code")) for each in run.effects] == [("refused", "right"), ("done", None)]
    assert EffectRun.objects.count() == 0


def test_an_effect_that_fails_fails_alone_and_is_tried_again(world, ticket, monkeypatch):
    active(draft("Fails", ["title"], [{"do": "priority", "to": 5}, *TAG]), by=world.alex)

    def fail(values, ticket, context):
        if values["do"] == "priority":
            do_effect({"do": "note", "text": "half done"}, ticket, context)
            raise OperationalError("away")
        return do_effect(values, ticket, context)

    monkeypatch.setattr(running, "do_effect", fail)
    at = last_event()
    set_title(ticket, "One", by=world.bea)
    react(at)
    ticket.refresh_from_db()
    assert (ticket.tags, ticket.articles.filter(channel="note").count()) == (["seen"], 0)
    run, row = RuleRun.objects.get(), EffectRun.objects.get()
    assert [each["result"] for each in run.effects] == ["waiting", "done"]
    assert (run.outcome, row.attempts, row.last_error) == ("failed", 1, "OperationalError: away")
    EffectRun.objects.update(due_at=timezone.now())
    run_effect(row.pk)
    row.refresh_from_db()
    assert row.attempts == 2
    monkeypatch.setattr(running, "do_effect", do_effect)
    EffectRun.objects.update(due_at=timezone.now())
    for _twice in range(2):
        run_effect(row.pk)
    ticket.refresh_from_db()
    run.refresh_from_db()
    assert (ticket.priority_id, run.outcome, run.effects[0]["result"]) == (5, "done", "done")
    assert Event.objects.filter(kind="priority.changed").count() == 1


def test_an_effect_that_keeps_failing_is_given_up_until_somebody_asks(world, ticket, monkeypatch):
    active(draft("Fails", ["title"], TAG), by=world.alex)
    monkeypatch.setattr(running, "do_effect", lambda *_args: 1 / 0)
    at = last_event()
    set_title(ticket, "One", by=world.bea)
    react(at)
    row = EffectRun.objects.get()
    for _try in range(len(EffectRun.backoff)):
        EffectRun.objects.update(due_at=timezone.now())
        run_effect(row.pk)
    row.refresh_from_db()
    run = RuleRun.objects.get()
    assert (row.due_at, run.effects[0]["result"], run.effects[0]["code"]) == (None, "failed", "error")
    monkeypatch.setattr(running, "do_effect", do_effect)
    assert traces.try_again(run) == 1
    run_effect(row.pk)
    ticket.refresh_from_db()
    assert ticket.tags == ["seen"]


def test_F03_a_worker_that_dies_between_rules_goes_on_where_it_was(world, ticket, monkeypatch):
    """The first rule's effects would make it hold again; what comes before what was done is not asked again."""
    for name, condition in (("A", {"field": "tags", "contains": "seen"}), ("B", {}), ("C", {})):
        active(draft(name, ["title"], [{"do": "note", "text": name}, *TAG], condition), by=world.alex)
    set_title(ticket, "One", by=world.bea)
    event, real = newest(ticket), rule_handlers.run_rule

    def dies(entry, moment):
        if entry.name == "C":
            raise SystemExit
        return real(entry, moment)

    monkeypatch.setattr(rule_handlers, "run_rule", dies)
    with pytest.raises(SystemExit):
        run_rules(event)
    monkeypatch.setattr(rule_handlers, "run_rule", real)
    for _again in range(2):
        run_rules(event)
    assert runs_on(ticket) == [("B", "done"), ("C", "done")]
    assert [article.body for article in ticket.articles.filter(channel="note")] == ["B", "C"]


def test_many_rules_that_do_not_hold_cost_two_queries(world, ticket, queries, monkeypatch):
    condition = {"all": [{"field": "title", "contains": "nothing like it"}, {"field": "state.type", "is": "open"}]}
    rules = [draft(f"Rule {n}", ["title", "tags"], TAG, condition) for n in range(60)]
    for rule in rules:
        active(rule, by=world.alex)
    set_title(ticket, "One", by=world.bea)
    event = newest(ticket)
    monkeypatch.setattr(memo, "MOMENT", 1.0)  # as for a worker that does one event after the other
    run_rules(event)
    with queries() as counted:
        run_rules(event)
    assert len(counted) == 2
    set_priority(ticket, Priority.objects.get(level=5), by=world.bea)
    event = newest(ticket)
    with queries() as counted:
        run_rules(event)
    assert len(counted) == 1, "nobody listens"


def test_K10_rules_that_set_each_other_off_end_with_a_plain_record(world, ticket):
    there, back = world.billing.pk, world.hardware.pk
    active(draft("There", ["moved"], [{"do": "move", "to": there}]), by=world.alex)
    active(draft("Back", ["moved"], [{"do": "move", "to": back}]), by=world.alex)
    at = last_event()
    move(ticket, world.billing, by=world.bea)
    react(at)
    stopped = list(Event.objects.filter(kind="rule.stopped"))
    assert len(stopped) == 1
    assert stopped[0].depth <= MAX_DEPTH
    assert "was stopped here" in sentence_of(stopped[0])
    assert "stopped" in {outcome for _name, outcome in runs_on(ticket)}
    assert broken_links(Ticket.objects.get(pk=ticket.pk)) == []


def test_K10_a_loop_that_spreads_is_stopped_by_its_number(world, ticket, monkeypatch):
    monkeypatch.setattr(running, "MOST_RUNS", 20)
    for name in ("A", "B", "C"):
        active(draft(name, ["noted"], [{"do": "note", "text": name}] * 2), by=world.alex)
    at = last_event()
    add_note(ticket, Message(text="Go"), by=world.bea)
    react(at)
    assert ticket.articles.count() <= 2 * (running.MOST_RUNS + 3)
    assert Event.objects.filter(kind="rule.stopped").count() == 1


def test_a_broken_rule_stops_no_other_one(world, ticket, monkeypatch):
    Rule.objects.bulk_create(
        [
            draft("Gone", ["title"], TAG, {"field": "field.gone", "is": "x"}, status="active", position=0),
            draft("Odd", ["title"], TAG, {"field": "tags", "contains": "x"}, status="active", position=0),
        ]
    )
    active(draft("Good", ["title"], TAG), by=world.alex)
    at = last_event()
    set_title(ticket, "One", by=world.bea)
    react(at)
    assert runs_on(ticket) == [("Good", "done")]


def test_setting_rules_up_is_audited_and_reaches_every_process(world, ticket):
    rule = save_rule(draft(" Tags ", ["title", "title"], TAG), [world.support], by=world.alex)
    assert (rule.name, rule.status, rule.events) == ("Tags", "draft", ["title"])
    publish(rule, by=world.alex)
    rule.effects = [{"do": "tag", "tags": ["other"]}]
    save_rule(rule, [world.support], by=world.alex)
    save_rule(rule, [world.support], by=world.alex)
    other = copy_rule(rule, by=world.alex)
    assert (other.name, other.status, list(other.queues.all())) == ("Tags (copy)", "draft", [world.support])
    move_rule(other, -1, by=world.alex)
    at = last_event()
    set_title(ticket, "One", by=world.bea)
    react(at)
    ticket.refresh_from_db()
    assert ticket.tags == ["other"]
    remove_rule(rule, by=world.alex)
    assert RuleRun.objects.get().rule_name == "Tags"
    lines = ConfigChange.objects.filter(kind="automation.rule").order_by("pk")
    assert [(line.action, sorted(line.after)[:1]) for line in lines] == [
        ("created", ["condition"]),
        ("changed", ["status"]),
        ("changed", ["condition"]),
        ("created", ["condition"]),
        ("changed", ["position"]),
        ("changed", ["position"]),
        ("removed", []),
    ]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "Taken"}),
        ("events", {"events": []}),
        ("events", {"events": ["rule.stopped"]}),
        ("condition", {"condition": {"field": "nothing", "is": 1}}),
        ("effects", {"effects": [{"do": "nothing"}]}),
    ],
)
def test_rules_that_cannot_be_kept(world, field, changes):
    save_rule(draft("Taken", ["title"], TAG), [], by=world.alex)
    rule = draft("New", ["title"], TAG)
    for name, value in changes.items():
        setattr(rule, name, value)
    with pytest.raises(ValidationError) as refused:
        save_rule(rule, [], by=world.alex)
    assert list(refused.value.error_dict) == [field]
    assert Rule.objects.count() == 1


def test_what_rules_name_is_known_before_it_is_retired(world):
    high, low = Priority.objects.get(level=5), Priority.objects.get(level=1)
    condition = {
        "any": [{"field": "priority", "changed_to": low.pk}, {"not": {"field": "owner", "is": world.bea.email}}]
    }
    by_effect = save_rule(draft("A", ["title"], [{"do": "priority", "to": high.pk}], condition), [], by=world.alex)
    by_scope = save_rule(draft("B", ["title"], TAG), [world.billing], by=world.alex)
    pause(active(draft("C", ["title"], [{"do": "priority", "to": high.pk}]), by=world.alex), by=world.alex)
    found = {str(row): leaning_on(row) for row in (high, low, world.bea, world.billing, world.support, world.carlos)}
    assert found == {
        str(high): [by_effect],
        str(low): [by_effect],
        "Bea Costa": [by_effect],
        "Billing": [by_scope],
        "Support": [],
        "Carlos Díaz": [],
    }
