"""Rules in the administration: written, drawn, tried on the past, published, ordered, and what they did."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Role
from automation.models import EffectRun, Rule, RuleRun
from automation.rule_handlers import run_rules
from automation.ruling import publish, save_rule
from automation.trying import Trial
from mail.models import Outgoing
from tests.factories import TicketFactory
from tests.setup.test_meanwhile import seen
from tickets.models import Event, Priority, Ticket
from web.setup.rule_templates import TEMPLATES
from web.setup.rule_words import told_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("drawn_with")]

NEW = "setup:rule_new"
TAG = {"do": "tag", "tags": ["seen"]}
HTMX = {"HX-Request": "true"}


def made(world, name: str = "Outages", **fields) -> Rule:
    facts = {"events": ["opened"], "condition": {"field": "title", "contains": "outage"}, "effects": [TAG]} | fields
    return save_rule(Rule(name=name, **facts), fields.get("queues", []), by=world.alex)


def active(world, name: str = "Outages", **fields) -> Rule:
    return publish(made(world, name, **fields), by=world.alex)


def sent(*effects: tuple[str, dict], rows: tuple = (), **fields) -> dict:
    """What the form posts; rows are (path, field, operator, value) of the condition."""
    data: dict = {"name": "Outages", "events": ["opened"], "kind-0": "all"}
    data |= {"row": [f"{path} leaf" for path, *_rest in rows]}
    for path, name, operator, value in rows:
        data |= {f"field-{path}": name, f"op-{path}": operator, f"value-{path}": value}
    data["effects-row"] = [f"{index} {do}" for index, (do, _asked) in enumerate(effects)]
    for index, (_do, asked) in enumerate(effects):
        data |= {f"effects{index}-{name}": value for name, value in asked.items()}
    return data | fields


TAGGED = ("tag", {"tags": "seen"})


def path_of(rule: Rule, name: str = "rule") -> str:
    return reverse(f"setup:{name}", args=[rule.pk])


def ran(world, rule: Rule, title: str = "An outage") -> RuleRun:
    ticket = TicketFactory(title=title, queue=world.support, customer=world.dana)
    run_rules(Event.objects.select_related("ticket", "article").get(ticket=ticket, kind="ticket.created"))
    return RuleRun.objects.get(rule=rule, ticket=ticket)


# ---- writing


def test_a_new_one_with_all_there_is(world, door, last_change):
    high = Priority.objects.get(level=4)
    data = sent(
        TAGGED,
        ("priority", {"to": str(high.pk)}),
        rows=(
            ("0.0", "title", "contains", "outage"),
            ("0.1", "article.from", "not_matches", "^noreply@"),
            ("0.2", "state", "changed_to", "-"),
            ("0.3", "owner", "not_changed", ""),
            ("0.4", "event.in_hours", "is", "yes"),
            ("0.5", "event.by", "in", ["customer", "agent"]),
        ),
        events=["opened", "state"],
        queues=[str(world.support.pk)],
        description="Tells outages from the rest",
        once_per_ticket="on",
    )
    answer = door.post(reverse(NEW), data)
    rule = Rule.objects.get()
    assert answer["Location"] == path_of(rule)
    assert rule.condition == {
        "all": [
            {"field": "title", "contains": "outage"},
            {"not": {"field": "article.from", "matches": "^noreply@"}},
            {"field": "state", "changed_to": None},
            {"not": {"field": "owner", "changed": True}},
            {"field": "event.in_hours", "is": True},
            {"field": "event.by", "in": ["customer", "agent"]},
        ]
    }
    assert rule.effects == [TAG, {"do": "priority", "to": high.pk}]
    assert (rule.events, rule.status, rule.stops, rule.once_per_ticket) == (["opened", "state"], "draft", False, True)
    assert list(rule.queues.all()) == [world.support]
    change = last_change()
    assert (change.kind, change.action, change.actor) == ("automation.rule", "created", world.alex)


def test_what_was_written_is_shown_the_same_way(world, door):
    rows = (
        ("0.0", "tags", "changed_to", "vip"),
        ("0.1", "priority", "not_changed_from", str(Priority.objects.first().pk)),
    )
    door.post(reverse(NEW), sent(TAGGED, rows=rows, events=["tags"]))
    rule = Rule.objects.get()
    page = door.get(path_of(rule))
    group = page.context["shown"].group
    assert [(leaf.field, leaf.operator, leaf.values) for leaf in group.parts] == [
        ("tags", "changed_to", ["vip"]),
        ("priority", "not_changed_from", [str(Priority.objects.first().pk)]),
    ]
    before = rule.condition
    door.post(path_of(rule), sent(TAGGED, rows=rows, events=["tags"], seen=seen(door, path_of(rule))))
    rule.refresh_from_db()
    assert rule.condition == before


def test_a_rule_reads_as_a_sentence(world, door, text_of):
    rule = made(world, events=["opened", "closed"], effects=[TAG, {"do": "move", "to": world.billing.pk}])
    rule.queues.set([world.support])
    sentence = (
        "When a ticket is opened or it is closed in Support , and Subject contains outage : "
        "Add the tag seen; Move it to Billing ."
    )
    assert sentence in text_of(door.get(path_of(rule)))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "a ticket is opened or impact or urgency changes"),
        ("de", "ein Ticket wird eröffnet oder Auswirkung oder Dringlichkeit ändert sich"),
    ],
)
def test_happenings_stand_in_the_middle_of_a_sentence(language, words):
    with override(language):
        assert told_of(["opened", "rated"], [], {}, [], None).happenings == words


def test_everything_wrong_is_said_at_its_place(world, door):
    data = sent(("move", {"to": ""}), rows=(("0.0", "title", "contains", ""),), name="", events=[])
    answer = door.post(reverse(NEW), data)
    assert answer.status_code == 422
    assert [(one.label, one.id) for one in answer.context["problems"]] == [
        ("Name", "id_name"),
        ("Choose at least one event.", "happenings"),
        ("Say what to compare with.", "field-0.0"),
        ("Effect 1, Move: Queue", "id_effects0-to"),
    ]
    page = answer.content.decode()
    assert all(f'id="{one.id}"' in page for one in answer.context["problems"])
    assert not Rule.objects.exists()


def test_a_broken_expression_is_refused(world, door, text_of):
    answer = door.post(reverse(NEW), sent(TAGGED, rows=(("0.0", "title", "matches", "(["),)))
    assert answer.status_code == 422
    assert "cannot be read" in text_of(answer)
    assert not Rule.objects.exists()


def test_a_stale_page_is_refused(world, door, text_of):
    rule = made(world)
    mark = seen(door, path_of(rule))
    rule.description = "By somebody else"
    save_rule(rule, [], by=world.bea)
    answer = door.post(path_of(rule), sent(TAGGED, seen=mark, name="Mine"))
    assert answer.status_code == 409
    assert "Somebody else has changed this meanwhile" in text_of(answer)
    rule.refresh_from_db()
    assert (rule.name, rule.description) == ("Outages", "By somebody else")


@pytest.mark.parametrize("is_htmx", [False, True])
@pytest.mark.parametrize(
    ("query", "edit", "wanted"),
    [
        ("effects", {"effects-edit": "add spam"}, "Mark as spam"),
        ("events", {"events-edit": "add closed"}, "It is closed"),
        ("rows", {"edit": "leaf 0"}, 'name="field-0.1"'),
    ],
)
def test_drawing_keeps_what_is_typed_and_saves_nothing(world, door, query, edit, wanted, is_htmx):
    rule = made(world)
    data = sent(("note", {"text": "Half {{"}), rows=(("0.0", "title", "contains", "typed"),), name="Typed", **edit)
    answer = door.post(f"{path_of(rule)}?draw={query}", data, headers=HTMX if is_htmx else {})
    page = answer.content.decode()
    assert (answer.status_code, wanted in page, "<h1" in page) == (200, True, not is_htmx)
    assert 'id="told"' in page
    if not is_htmx:
        assert "Half {{" in page
        assert 'value="Typed"' in page
        assert f'action="{path_of(rule)}"' in page
    rule.refresh_from_db()
    assert (rule.name, rule.effects) == ("Outages", [TAG])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.key)
def test_a_rule_from_a_template_is_whole(world, door, template):
    page = door.get(f"{reverse(NEW)}?template={template.key}")
    rule = page.context["rule"]
    assert (rule.pk, page.context["form"]["name"].value()) == (None, str(template.name))
    assert rule.effects
    assert rule.events
    if template.key not in ("vip", "escalation"):  # which organisation or role is for the administrator to say
        save_rule(rule, [], by=world.alex)
        assert publish(rule, by=world.alex).is_active


def test_who_is_told_of_escalations_must_be_said(world, door):
    data = sent(("notify", {"to": "", "role": "", "person": "", "by": "both", "text": "Look"}), events=["sla_breached"])
    answer = door.post(reverse(NEW), data)
    assert answer.status_code == 422
    assert "Say who is told." in answer.content.decode()
    data["effects0-role"] = str(Role.objects.get(group=world.support_role).pk)
    assert door.post(reverse(NEW), data).status_code == 302


def test_one_among_many_is_found_by_what_it_does(world, door, monkeypatch):
    monkeypatch.setattr("web.setup.finding.FEW", 1)
    rule, other = made(world, "Outages"), made(world, "Thanks", condition={"field": "title", "contains": "thank"})
    url = reverse("setup:rules")

    def found(words: str) -> list[str]:
        page = door.get(url, {"q": words}).content.decode()
        assert "Words of a rule" in page
        return re.findall(r'medium" href="/admin/automation/rules/\d+/">([^<]+)<', page)

    assert found("") == ["Outages", "Thanks"]
    assert found("OUTAGES draft") == ["Outages"]
    assert found("contains thank") == [other.name]
    assert found("opened seen") == ["Outages", "Thanks"]
    assert found("nowhere") == []
    page = door.get(url, {"q": "thank"}).content.decode()
    assert reverse("setup:rule_move", args=[other.pk]) not in page  # a part has no order
    assert reverse("setup:rule_move", args=[rule.pk]) in door.get(url).content.decode()
    assert "No rule has these words" in door.get(url, {"q": "nowhere"}).content.decode()


def test_a_few_rules_need_no_search(world, door):
    made(world)
    assert "Words of a rule" not in door.get(reverse("setup:rules")).content.decode()


def test_an_empty_list_offers_templates(world, door):
    page = door.get(reverse("setup:rules")).content.decode()
    assert all(f"?template={one.key}" in page for one in TEMPLATES)


def test_a_copy_begins_with_everything_but_the_name(world, door):
    rule = active(world, effects=[TAG], stops=True)
    rule.queues.set([world.billing])
    page = door.get(f"{reverse(NEW)}?copy={rule.pk}")
    form = page.context["form"]
    assert (form["name"].value(), form["stops"].value(), page.context["rule"].status) == (
        "Outages (copy)",
        True,
        "draft",
    )
    assert page.context["shown"].queue_ids() == [world.billing.pk]


# ---- working


def test_publishing_pausing_ordering_and_removing(world, door, text_of):
    first, second = made(world, "First"), made(world, "Second")
    door.post(path_of(first, "rule_publish"))
    first.refresh_from_db()
    assert first.is_active
    door.post(path_of(first, "rule_pause"))
    first.refresh_from_db()
    assert first.status == "paused"
    door.post(path_of(second, "rule_move"), {"to": "up"})
    assert list(Rule.objects.values_list("name", flat=True)) == ["Second", "First"]
    door.post(path_of(first, "rule_remove"))
    assert "The rule First is gone." in text_of(door.get(reverse("setup:rules")))
    assert list(Rule.objects.values_list("name", flat=True)) == ["Second"]


def test_saved_and_published_at_once(world, door):
    door.post(reverse(NEW), sent(TAGGED, publish="on"))
    assert Rule.objects.get().is_active


# ---- changes that wait


def test_changes_of_an_active_rule_wait_as_a_draft_and_are_published(world, door, text_of, last_change):
    rule = active(world)
    url = path_of(rule)
    changed = sent(
        ("tag", {"tags": "later"}), rows=(("0.0", "title", "contains", "outage"),), queues=[world.support.pk]
    )
    answer = door.post(url, changed | {"draft": "on", "seen": seen(door, url)})
    assert (answer.status_code, answer["Location"]) == (302, url)
    rule.refresh_from_db()
    assert (rule.effects, rule.is_active, list(rule.queues.all())) == ([TAG], True, [])
    assert rule.draft["effects"] == [{"do": "tag", "tags": ["later"]}]
    assert ran(world, rule).effects[0]["effect"] == TAG
    shown = door.get(url)
    assert shown.context["form"]["queues"].value() == [world.support.pk]
    assert "Until you publish them, this runs:" in text_of(shown)
    copy = door.get(f"{reverse(NEW)}?copy={rule.pk}")
    assert (copy.context["form"]["name"].value(), copy.context["has_draft"]) == ("Outages (copy)", False)
    assert 'value="later"' in shown.content.decode()
    assert "Unpublished changes" in text_of(door.get(reverse("setup:rules")))
    assert "Add the tag later" in text_of(door.get(reverse("setup:audit_change", args=[last_change().pk])))
    door.post(url, changed | {"seen": seen(door, url)})
    rule.refresh_from_db()
    assert (rule.effects, rule.draft, rule.is_active) == ([{"do": "tag", "tags": ["later"]}], None, True)
    assert list(rule.queues.all()) == [world.support]


def test_a_draft_is_tried_on_the_past_and_thrown_away(world, door, text_of):
    TicketFactory(title="The printer hums", queue=world.support, customer=world.dana)
    rule = active(world)
    url = path_of(rule)
    changed = sent(TAGGED, rows=(("0.0", "title", "contains", "printer"),))
    tried = door.post(url, changed | {"preview": "on", "past-days": "7"})
    assert tried.context["tried"].found.tickets == 1
    door.post(url, changed | {"draft": "on", "seen": seen(door, url)})
    door.post(path_of(rule, "rule_drop_draft"))
    rule.refresh_from_db()
    assert (rule.draft, rule.condition) == (None, {"field": "title", "contains": "outage"})
    assert "Until you publish them" not in text_of(door.get(url))


def test_a_draft_that_says_the_same_as_the_rule_is_none(world, door):
    rule = active(world, condition={"all": [{"field": "title", "contains": "outage"}]})
    url = path_of(rule)
    same = sent(TAGGED, rows=(("0.0", "title", "contains", "outage"),), draft="on")
    door.post(url, same | {"seen": seen(door, url)})
    rule.refresh_from_db()
    assert rule.draft is None


def test_what_is_typed_is_saved_and_paused_together(world, door):
    rule = active(world)
    url = path_of(rule)
    door.post(url, sent(("tag", {"tags": "later"}), also="pause", seen=seen(door, url)))
    rule.refresh_from_db()
    assert (rule.status, rule.effects) == ("paused", [{"do": "tag", "tags": ["later"]}])


def test_leaving_with_what_is_not_saved_asks_first(world, door):
    rule = active(world)
    fresh = door.get(path_of(rule)).content.decode()
    refused = door.post(path_of(rule), sent(TAGGED, name="")).content.decode()
    assert "<leave-guard hidden></leave-guard>" in fresh
    assert "<leave-guard hidden data-typed></leave-guard>" in refused
    assert re.search(r'<form id="switch"[^>]* data-unless-typed="unsaved"', fresh)
    assert '<dialog class="dialog" id="unsaved"' in fresh


def test_the_list_says_how_rules_did(world, door, text_of):
    rule = active(world)
    run = ran(world, rule)
    RuleRun.objects.filter(pk=run.pk).update(outcome=RuleRun.Outcome.FAILED)
    (row,) = door.get(reverse("setup:rules")).context["rows"]
    assert (row.last_run, row.failures) == (run.at, 1)
    assert "Needs a look" in text_of(door.get(reverse("setup:home")))


def test_queries_of_the_list_do_not_grow(world, door, queries):
    def counted(number: int) -> int:
        for _index in range(number):
            one = made(world, f"Rule {Rule.objects.count()}", effects=[TAG, {"do": "move", "to": world.billing.pk}])
            one.queues.set([world.support])
        with queries() as found:
            door.get(reverse("setup:rules"))
        return len(found)

    counted(1)
    assert counted(1) == counted(8)


# ---- the past


def test_it_is_tried_on_the_past_and_nothing_stays(world, door, text_of):
    mine = TicketFactory(title="An outage", queue=world.support, customer=world.dana)
    TicketFactory(title="An outage of another queue", queue=world.billing, customer=world.dana)
    TicketFactory(title="All is well", queue=world.support, customer=world.dana)
    events, mails = Event.objects.count(), Outgoing.objects.count()
    data = sent(
        TAGGED,
        ("reply", {"text": "We are on it."}),
        rows=(("0.0", "title", "contains", "outage"),),
        preview="on",
        **{"past-days": "7"},
    )
    answer = door.post(reverse(NEW), data)
    tried = answer.context["tried"]
    assert (tried.found.tickets, tried.found.looked_at, tried.found.mails) == (2, 3, 2)
    assert [(one.text, one.done) for one in tried.effects] == [
        ("Add the tag seen", 2),
        ("Answer the customer by email: “We are on it.”", 2),
    ]
    readable = set(Ticket.objects.allowing(world.alex, "read").values_list("pk", flat=True))
    shown = {one.ticket.pk for one in tried.tickets}
    assert mine.pk in shown
    assert shown <= readable
    assert tried.hidden == 2 - len(shown)
    assert "2 emails would have been sent." in text_of(answer)
    assert (Event.objects.count(), Outgoing.objects.count(), Rule.objects.count()) == (events, mails, 0)


def test_tickets_that_somebody_was_changing_are_told_of(world, door, text_of, monkeypatch):
    monkeypatch.setattr("web.setup.rule_trials.try_rule", lambda *_rule, **_options: Trial(7, looked_at=3, busy=2))
    answer = door.post(path_of(made(world)), sent(TAGGED, preview="on"))
    assert "2 tickets were left out, because somebody was changing them just then." in text_of(answer)


def test_what_is_not_complete_is_not_tried(world, door, text_of):
    answer = door.post(reverse(NEW), sent(preview="on"))
    assert "Complete the rule first, then try it." in text_of(answer)


# ---- what it did


def test_a_run_tells_each_condition_and_effect(world, door, text_of):
    condition = {"all": [{"field": "title", "contains": "outage"}, {"not": {"field": "tags", "contains": "known"}}]}
    rule = active(world, condition=condition, effects=[TAG, {"do": "assign", "to": world.dana.pk}][:1])
    run = ran(world, rule)
    text = text_of(door.get(path_of(rule, "rule_runs")))
    assert f"#{run.ticket.number}" in text
    for words in ("True: Subject contains outage", "True: Tags does not contain known", "Add the tag seen done"):
        assert words in text
    assert not re.search("Not true", text)


def test_only_failures(world, door):
    rule = active(world)
    ran(world, rule)
    failed = ran(world, rule, "Another outage")
    RuleRun.objects.filter(pk=failed.pk).update(outcome=RuleRun.Outcome.FAILED)
    answer = door.get(f"{path_of(rule, 'rule_runs')}?only=failed")
    assert [told.run.pk for told in answer.context["runs"]] == [failed.pk]


def test_what_was_given_up_is_tried_again(world, door):
    rule = active(world)
    run = ran(world, rule)
    row = EffectRun(run=run, place=0, effect=TAG)
    row.save()
    row.park()
    row.save()
    page = door.get(path_of(rule, "rule_runs")).content.decode()
    assert reverse("setup:rule_run_again", args=[rule.pk, run.pk]) in page
    door.post(reverse("setup:rule_run_again", args=[rule.pk, run.pk]))
    row.refresh_from_db()
    assert (row.parked_at, row.due_at is not None) == (None, True)


def test_queries_of_the_runs_do_not_grow(world, door, queries):
    rule = active(world, effects=[TAG, {"do": "move", "to": world.billing.pk}])

    def counted(number: int) -> int:
        for index in range(number):
            ran(world, rule, f"outage {index}")
        with queries() as found:
            door.get(path_of(rule, "rule_runs"))
        return len(found)

    counted(1)
    assert counted(1) == counted(6)


def test_the_audit_tells_in_words(world, door, text_of, last_change):
    rule = made(world)
    rule.effects = [{"do": "tag", "tags": ["other"]}]
    save_rule(rule, [], by=world.alex)
    text = text_of(door.get(reverse("setup:audit_change", args=[last_change().pk])))
    assert "Add the tag seen" in text
    assert "Add the tag other" in text
