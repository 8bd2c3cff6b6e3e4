"""Who may enter, that looking changes nothing, and that pages cost what they show."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from accounts.models import Brand, ConfigChange
from accounts.tokens import issue_token
from automation.alert_sources import save_source
from automation.endpoints import make_test, save_endpoint
from automation.macro_setup import save_macro
from automation.models import AlertSource, Content, Endpoint, Macro, Rule, Schedule, Skill, SkillRule
from automation.rule_handlers import run_rules
from automation.ruling import publish, save_rule
from automation.schedules import run_now, save_schedule
from core.clock import now
from knowledge.categories import save_category
from knowledge.models import Announcement, Category
from mail.models import Account, AutomaticText, Filter, KnownSender, Server, Storm, Trust
from processes.actions import configuring
from processes.models import Process
from sla.configuring import save_calendar, save_policy
from sla.models import Calendar, Policy
from tests.factories import AgentFactory, CustomerFactory, QueueFactory, TicketFactory, address, organisation, role
from tests.rights.importing import handed_in
from tests.setup import worlds
from tests.sla.conftest import OFFICE
from tickets.actions.fields import set_tags
from tickets.models import (
    ChecklistTemplate,
    Delivery,
    FieldDefinition,
    Priority,
    ReplyTemplate,
    Service,
    Snippet,
    State,
    Tag,
    TicketType,
    WebForm,
)
from tickets.servicedefinitions import add_question, save_service
from tickets.webforms import save_form
from web.setup.urls import urlpatterns

LISTS = [
    "home",
    "queues",
    "roles",
    "people",
    "organisations",
    "addresses",
    "accounts",
    "incoming_list",
    "ledger",
    "outgoing_list",
    "servers",
    "server_new",
    "storms",
    "mail_rules",
    "filters",
    "filter_new",
    "senders",
    "sender_new",
    "trust_list",
    "mail_trial",
    "automatic",
    "automatic_new",
    "fields",
    "audit",
    "tokens",
    "health",
    "rules",
    "rule_new",
    "rule_choose",
    "queue_new",
    "role_new",
    "person_new",
    "organisation_new",
    "account_new",
    "account_choose",
    "field_new",
    "agents",
    "rights",
    "tags",
    "states",
    "priorities",
    "types",
    "templates",
    "snippets",
    "checklists",
    "templates_new",
    "matrix",
    "slas",
    "sla_new",
    "calendars",
    "calendar_new",
]
ACTIONS = [
    "person_invite",
    "person_token_revoke",
    "account_test_new",
    "account_test",
    "account_visit",
    "incoming_retry",
    "incoming_put_right",
    "incoming_discard",
    "incoming_delete",
    "incoming_selected",
    "ledger_keeping",
    "account_reconcile",
    "outgoing_again",
    "outgoing_anyway",
    "outgoing_withdraw",
    "outgoing_selected",
    "server_test_new",
    "server_test",
    "storm_release",
    "storm_drop",
    "filter_move",
    "filter_remove",
    "sender_remove",
    "delivery_retry",
    "token_new",
    "token_renew",
    "token_revoke",
    "person_sign_out",
    "field_move",
    "tag_remove",
    "audit_export",
    "sla_move",
    "sla_remove",
    "calendar_remove",
    "webhook_test",
    "webhook_secret",
    "webhook_remove",
    "webhook_replay_failed",
    "webhook_replay",
    "alert_source_secret",
    "alert_source_remove",
    "schedule_switch",
    "schedule_run",
    "schedule_remove",
    "schedule_run_stop",
    "schedule_run_again",
    *("import_columns", "import_start", "import_cancel", "import_remove"),
    "process_import",
    "process_save",
    "process_step_add",
    "process_step_remove",
    "process_publish",
    "process_retire",
    "process_discard",
    "process_remove",
    "macro_move",
    "macro_switch",
    "macro_remove",
    "rule_move",
    "rule_publish",
    "rule_drop_draft",
    "rule_pause",
    "rule_remove",
    "rule_run_again",
    "skill_remove",
    "skill_rule_move",
    "skill_rule_remove",
    "web_form_remove",
    "category_move",
    "category_remove",
    "service_move",
    "question_add",
    "service_try",
    "question_move",
    "question_remove",
]


# To the provider of a mailbox and back from it.
LEAD_ELSEWHERE = ["account_connect", "account_connected", "process_step"]


@pytest.fixture
def rows(world) -> dict[str, int]:
    """One row for every page that shows one, by the name of its address."""
    field = FieldDefinition.objects.create(key="serial", label="Serial number", kind="text")
    token, _secret = issue_token(world.alex, name="Monitoring")
    outgoing = worlds.failed(world)
    calendar = save_calendar(Calendar(name="Office", hours=OFFICE), by=world.alex)
    level = save_policy(Policy(name="Gold", condition={"all": []}), [], by=world.alex)
    server = Server.objects.create(name="Relay", host="relay.demo.example")
    storm = Storm.objects.create(kind=Storm.Kind.SENDER, about="dana@acme.example")
    fltr = Filter.objects.create(name="Orders", conditions=[], tags=["order"])
    sender = KnownSender.objects.create(pattern="spam.example")
    text = AutomaticText.objects.create(event=AutomaticText.Event.NEW, subject="Thanks", body="We have it.")
    return {
        **rows_of_automation(world),
        **rows_of_portal(world),
        **dict.fromkeys(("server", "server_test"), server.pk),
        **dict.fromkeys(("storm", "storm_release", "storm_drop"), storm.pk),
        **dict.fromkeys(("filter", "filter_move", "filter_remove"), fltr.pk),
        **dict.fromkeys(("sender", "sender_remove"), sender.pk),
        "automatic_row": text.pk,
        **dict.fromkeys(IMPORT, handed_in(world.alex)["import"]["own"][0]),
        **dict.fromkeys(("sla", "sla_move", "sla_remove"), level.pk),
        **dict.fromkeys(("calendar", "calendar_remove"), calendar.pk),
        "queue": world.support.pk,
        "queue_people": world.support.pk,
        "role": world.support_role.role.pk,
        "person": world.dana.pk,
        "person_invite": world.dana.pk,
        "organisation": world.acme.pk,
        "account": account(world).pk,
        "account_test": account(world, name="Second").pk,
        **dict.fromkeys(("account_visit", "account_consent", "account_connect"), Account.objects.first().pk),
        "incoming": worlds.quarantined().pk,
        "incoming_raw": worlds.quarantined().pk,
        "incoming_retry": worlds.quarantined().pk,
        "incoming_put_right": worlds.quarantined().pk,
        "incoming_discard": worlds.quarantined().pk,
        **{name: worlds.quarantined().pk for name in ("incoming_delete", "incoming_release", "incoming_reread")},
        **dict.fromkeys(("account_reconcile", "trust_account"), Account.objects.first().pk),
        "outgoing": outgoing.pk,
        "outgoing_raw": outgoing.pk,
        **dict.fromkeys(("outgoing_again", "outgoing_anyway", "outgoing_withdraw"), outgoing.pk),
        "field": field.pk,
        "audit_change": ConfigChange.objects.order_by("-pk").first().pk,
        "delivery_retry": Delivery.objects.first().pk,
        "token_renew": token.pk,
        "token_revoke": token.pk,
        "person_deactivate": world.dana.pk,
        "person_sign_out": world.dana.pk,
        "field_move": field.pk,
        "tag": Tag.objects.get_or_create(name="urgent")[0].pk,
        "tag_remove": Tag.objects.get_or_create(name="urgent")[0].pk,
        "states_row": State.objects.get(name="open").pk,
        "priorities_row": Priority.objects.get(level=3).pk,
        "types_row": TicketType.objects.get(name="Incident").pk,
        "templates_row": ReplyTemplate.objects.create(name="Thanks", body="Thank you.").pk,
        "snippets_row": Snippet.objects.create(name="Hours", keyword="hours", body="9 to 5").pk,
        "checklists_row": ChecklistTemplate.objects.create(name="New colleague", steps="Laptop").pk,
    }


def rows_of_portal(world) -> dict[str, Any]:
    form = save_form(WebForm(name="Contact", queue=world.support), [], by=world.alex)
    category = save_category(Category(name="Bicycles"), brands=[], by=world.alex)
    service = save_service(Service(name="New laptop", queue=world.support), {}, by=world.alex)
    size = FieldDefinition.objects.create(key="size", label="Size", kind="text")
    question = [service.pk, add_question(service, size, by=world.alex).pk]
    return {
        "brand": Brand.objects.get(is_default=True).pk,
        "announcements_row": Announcement.objects.create(titles={"en": "Planned work tonight"}, starts_at=now()).pk,
        **dict.fromkeys(("web_form", "web_form_remove", "web_form_posts"), form.pk),
        **dict.fromkeys(("category", "category_move", "category_remove"), category.pk),
        **dict.fromkeys(("service", "service_move", "service_form", "service_try", "question_add"), service.pk),
        **dict.fromkeys(("question", "question_move", "question_remove"), question),
    }


def rows_of_automation(world) -> dict[str, Any]:
    """By the beginning of the names of addresses; a list where an address names more than one row."""
    tag = [{"do": "tag", "tags": ["seen"]}]
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    rule = Rule(name="Seen", events=["tags"], effects=[{"do": "untag", "tags": ["old"]}])
    publish(save_rule(rule, [], by=world.alex), by=world.alex)
    run_rules(set_tags(ticket, {"new"}, by=world.bea))
    process = configuring.create(Process(key="seen", name="Seen"), by=world.alex)
    macro = save_macro(Macro(name="Seen", effects=tag), roles=[], queues=[], by=world.alex)
    daily = Schedule(name="Daily", condition={"all": []}, effects=tag, cron="0 7 * * *", zone="UTC")
    schedule = save_schedule(daily, by=world.alex)
    run = [schedule.pk, run_now(schedule, by=world.alex).pk]
    endpoint = save_endpoint(Endpoint(name="Chat", url="https://chat.example/"), queues=[], by=world.alex)
    message = make_test(endpoint).pk
    source = AlertSource(name="Metrics", queue=world.support, customer=world.dana)
    save_source(source, by=world.alex)
    skill = Skill.objects.create(name="Linux")
    wanted = SkillRule.objects.create(name="Linux", condition={"all": []}, wants={str(skill.pk): 3})
    content = Content.objects.create(key="greeting", name="Greeting", texts={"en": "Hello"})
    rules = ("rule", "rule_move", "rule_publish", "rule_drop_draft", "rule_pause", "rule_remove", "rule_runs")
    hooks = ("webhook", "webhook_test", "webhook_secret", "webhook_remove", "webhook_log", "webhook_replay_failed")
    alerts = ("alert_source", "alert_source_secret", "alert_source_remove", "alert_posts", "alert_try")
    return {
        **dict.fromkeys(rules, rule.pk),
        "rule_run_again": [rule.pk, rule.runs.get().pk],
        **dict.fromkeys([f"process{part}" for part in PROCESS], process.pk),
        **dict.fromkeys(("process_version", "process_download"), [process.pk, 1]),
        **dict.fromkeys(("macro", "macro_move", "macro_switch", "macro_remove"), macro.pk),
        **dict.fromkeys(
            ("schedule", "schedule_switch", "schedule_run", "schedule_remove", "schedule_runs"), schedule.pk
        ),
        **dict.fromkeys(("schedule_one_run", "schedule_run_stop", "schedule_run_again"), run),
        **dict.fromkeys(hooks, endpoint.pk),
        **dict.fromkeys(("webhook_delivery", "webhook_replay"), message),
        **dict.fromkeys(alerts, source.pk),
        **dict.fromkeys(("skill", "skill_remove"), skill.pk),
        **dict.fromkeys(("skill_rule", "skill_rule_move", "skill_rule_remove"), wanted.pk),
        "contents_row": content.pk,
        "notice": "answered",
        "notice_text": ["answered", "en"],
        "agent_work": world.bea.pk,
    }


def account(world, **fields) -> Account:
    facts = {"name": "Provider", "host": "imap.demo.example", "username": "support", "queue": world.support}
    return Account.objects.create(**{**facts, **fields})


IMPORT = ("import", "import_columns", "import_start", "import_cancel", "import_remove", "import_refused")
PROCESS = (
    *("", "_about", "_runs", "_remove", "_source", "_save", "_step", "_step_add", "_step_remove"),
    *("_publish", "_retire", "_discard"),
)


def address_of(pattern: URLPattern, rows: dict[str, int], world) -> str:
    if pattern.name == "person_token_revoke":
        return reverse("setup:person_token_revoke", args=[world.alex.pk, rows["token_revoke"]])
    if pattern.name == "trust_door":
        return reverse("setup:trust_door", args=[Trust.Door.values[0]])
    row = rows[pattern.name] if "<" in str(pattern.pattern) else []
    return reverse(f"setup:{pattern.name}", args=row if isinstance(row, list) else [row])


@pytest.mark.parametrize("who", ["bea", "dana"])
def test_everything_is_absent_for_others(world, rows, signed_in, who):
    browser = signed_in(getattr(world, who))
    for pattern in urlpatterns:
        path = address_of(pattern, rows, world)
        answer = browser.post(path) if pattern.name in ACTIONS else browser.get(path)
        answer = browser.post(path) if answer.status_code == 405 else answer
        assert answer.status_code == 404, path


def test_visitors_sign_in_first(world, rows):
    answer = Client().get(reverse("setup:queues"))
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=%2Fadmin%2Fqueues%2F"


def test_T74_every_page_opens_and_nothing_changes_by_looking(world, rows, door):
    """No choice in it is a row of dashes, which is what Django says for none."""
    before = ConfigChange.objects.count()
    for pattern in urlpatterns:
        path = address_of(pattern, rows, world)
        answer = door.get(path)
        usual = 405 if pattern.name in ACTIONS else 302 if pattern.name in LEAD_ELSEWHERE else 200
        assert answer.status_code == usual, path
        assert b"-----" not in answer.content, path
        assert ConfigChange.objects.count() == before, path


def test_T74_without_a_token_nothing_changes(world, rows):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.alex)
    before = ConfigChange.objects.count()
    for pattern in urlpatterns:
        path = address_of(pattern, rows, world)
        answer = strict.post(path, {"name": "Renamed"})
        assert answer.status_code in (403, 405), path
    assert ConfigChange.objects.count() == before


def test_forms_cost_the_same_with_more_rows(world, rows, door, queries):
    names = ["queue", "queue_people", "role", "person", "organisation", "account", "incoming", "outgoing", "field"]
    names += [
        "sla",
        "calendar",
        "person_deactivate",
        "tag",
        "states_row",
        "priorities_row",
        "types_row",
        "templates_row",
        "snippets_row",
    ]
    paths = [reverse(f"setup:{name}", args=[rows[name]]) for name in names]
    for path in paths:
        door.get(path)
    few = [counted(queries, door, path) for path in paths]
    for number in range(5):
        queue = QueueFactory(parent=world.hardware)
        address(f"row{number}@demo.example", world.support)
        agent = AgentFactory()
        role(f"Team {number}", agent, world.bea, read=world.support, write=queue)
        organisation(f"Firm {number}", CustomerFactory())
        world.acme.memberships.create(user=CustomerFactory())
        world.support_role.user_set.add(agent)
        issue_token(world.dana, name="Program")
    many = [counted(queries, door, path) for path in paths]
    assert dict(zip(names, many, strict=True)) == dict(zip(names, few, strict=True))
    # the page of a queue has the parts of five apps and its brand; the bell of every page is two of these
    assert max(many) <= 25


def counted(queries, door, path) -> int:
    with queries() as made:
        assert door.get(path).status_code == 200
    return len(made)


@pytest.mark.parametrize("name", LISTS)
def test_pages_cost_the_same_with_more_rows(world, rows, door, queries, name):
    door.get(reverse(f"setup:{name}"))
    with queries() as few:
        door.get(reverse(f"setup:{name}"))
    for number in range(5):
        queue = QueueFactory(parent=world.hardware)
        address(f"more{number}@demo.example", queue)
        person = CustomerFactory()
        organisation(f"Company {number}", person)
        role(f"Role {number}", world.bea, write=queue)
        account(world, name=f"Account {number}")
        FieldDefinition.objects.create(key=f"field{number}", label="Field", kind="text")
        issue_token(world.alex, name="More")
        Tag.objects.create(name=f"tag{number}")
        State.objects.create(name=f"State {number}", type="open")
        ReplyTemplate.objects.create(name=f"Template {number}", body="Hello").queues.add(queue)
        worlds.quarantined()
        worlds.failed(world)
    Delivery.objects.update(parked_at="2026-01-01T00:00:00Z", due_at=None)
    with queries() as many:
        door.get(reverse(f"setup:{name}"))
    assert len(many) <= len(few) + 1, [query["sql"][:200] for query in many]
    assert len(many) <= 14


def test_the_overview_finds_settings(world, door, text_of):
    page = text_of(door.get(reverse("setup:home"), {"q": "signatur"}))
    assert "Signature" in page
    assert "Latest changes" not in page
    nothing = text_of(door.get(reverse("setup:home"), {"q": "zebra"}))
    assert "No setting has these words." in nothing


def test_the_overview_says_what_needs_a_look(world, door, text_of):
    before = text_of(door.get(reverse("setup:home")))
    assert "in quarantine" not in before
    worlds.quarantined()
    worlds.failed(world)
    after = text_of(door.get(reverse("setup:home")))
    assert "1 message is in quarantine" in after
    assert "1 message could not be sent" in after


@pytest.mark.parametrize("path", ["people", "audit", "incoming_list", "organisations"])
def test_a_broken_cursor_is_a_bad_request(world, door, path):
    assert door.get(reverse(f"setup:{path}"), {"cursor": "nonsense"}).status_code == 400
