"""The ready templates: installed, published, and walked to each of their ends."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from lxml import html

from mail.models import Address
from processes import forms, ready
from processes.actions import configuring, deciding, starting, working
from processes.checking import problems_of
from processes.editing import laid_out
from processes.models import Decision
from processes.reading import read_drawing
from tests.factories import AgentFactory, CustomerFactory, PersonFactory, TicketFactory
from tests.processes.world import agent, fresh, pass_time, path, tasks

pytestmark = pytest.mark.django_db

KEYS = ("access", "onboarding", "purchase", "incident", "change")


@pytest.fixture
def ticket():
    found = TicketFactory(customer=CustomerFactory())
    Address.objects.create(address="help@demo.example", queue=found.queue)
    return found


@pytest.fixture
def worker(ticket):
    return agent(ticket)


def installed(key, by):
    process = ready.from_template(key, by=by)
    configuring.publish(process, by=by)
    return process


def begin(key, ticket, worker):
    return starting.start(installed(key, worker), ticket, by=worker)


def do(run, element, by, **answers):
    task = tasks(run)[element]
    working.complete(task, answers, by=by)


def decide(run, element, by, answer):
    deciding.decide(Decision.objects.for_page().get(task=tasks(run)[element], approver=by), answer, by=by)


@pytest.mark.parametrize("key", KEYS)
def test_each_can_be_published_as_it_is(key):
    process = ready.from_template(key, by=AgentFactory())
    drawing = read_drawing(process.versions.get().xml)
    assert problems_of(drawing, process=process) == []
    assert drawing.is_laid_out
    assert laid_out(process.versions.get().xml) == process.versions.get().xml


@pytest.mark.parametrize("key", KEYS)
def test_each_speaks_four_languages(key):
    process = ready.from_template(key, by=AgentFactory())
    assert set(process.names) == {"de", "es", "pt"}
    for element in read_drawing(process.versions.get().xml).elements:
        if element.name:
            assert set(element.settings["names"]) == {"de", "es", "pt"}, element.id
        if "text" in element.settings:
            assert set(element.settings["text"]) == {"en", "de", "es", "pt"}


def test_they_are_offered_in_the_readers_language():
    with translation.override("de"):
        assert [offer.name for offer in ready.offers()] == [
            "Zugriff beantragen", "Neu im Team", "Einkauf genehmigen", "Störung", "Änderung",
        ]  # fmt: skip


def test_a_template_can_be_used_twice_and_makes_its_fields_once():
    by = AgentFactory()
    keys = [ready.from_template("access", by=by).key for _time in range(2)]
    assert keys == ["access-request", "access-request-2"]


@pytest.mark.parametrize(
    ("manager", "team", "end"),
    [("approved", "approved", "Granted"), ("declined", "", "Declined"), ("approved", "declined", "Declined")],
)
def test_access_needs_two_approvals(ticket, worker, manager, team, end):
    boss = PersonFactory(email="boss@people.example")
    run = begin("access", ticket, worker)
    answers = {"access_system": "CRM", "access_level": "read", "access_reason": "Sales", "access_manager": boss.email}
    do(run, "Describe", ticket.customer, **answers)
    decide(run, "Manager", boss, manager)
    if team:
        decide(run, "Team", worker, team)
    if team == "approved":
        do(run, "Grant", worker)
    run, ticket = fresh(run), fresh(run).ticket
    assert (run.state, path(run)[-1], ticket.state.type) == ("done", end, "closed")
    told = ticket.articles.filter(sender="system").get()
    assert ("was not approved" in told.body) == (end == "Declined")


def test_who_approves_a_purchase_is_asked_once_there_is_an_amount(ticket, worker):
    form = forms.form_of(tasks(begin("purchase", ticket, worker))["Ask"])
    for amount, is_asked in [("", False), ("99", False), ("100", True)]:
        asked = forms.asked(form, {"purchase_item": "Lamp", "purchase_amount": amount}, ticket)
        assert ("purchase_manager" in {entry.key for entry in asked}) == is_asked


def test_nobody_names_himself_as_who_approves(ticket, worker):
    run = begin("access", ticket, worker)
    answers = {"access_system": "ERP", "access_level": "read", "access_reason": "Work"}
    with pytest.raises(ValidationError) as refused:
        do(run, "Describe", ticket.customer, **answers, access_manager=ticket.customer.email.upper())
    assert set(refused.value.message_dict) == {"access_manager"}
    do(run, "Describe", ticket.customer, **answers, access_manager=PersonFactory().email)
    assert "Manager" in tasks(run)


@pytest.mark.parametrize(
    ("amount", "asked", "end"),
    [(50, [], "Bought"), (500, ["Manager"], "Bought"), (5000, ["Manager", "Finance"], "Bought")],
)
def test_who_approves_a_purchase_follows_from_the_amount(ticket, worker, amount, asked, end):
    boss = PersonFactory(email="boss@people.example")
    run = begin("purchase", ticket, worker)
    answers = {"purchase_item": "Lamp", "purchase_amount": amount}
    if asked:
        assert "purchase_manager" in {
            entry.key for entry in forms.asked(forms.form_of(tasks(run)["Ask"]), answers, ticket)
        }
        answers["purchase_manager"] = boss.email
    do(run, "Ask", ticket.customer, **answers)
    for step in asked:
        decide(run, step, boss if step == "Manager" else worker, "approved")
    do(run, "Order", worker)
    do(run, "Received", ticket.customer)
    assert (fresh(run).state, path(run)[-1]) == ("done", end)
    assert [step for step in path(run) if step in ("Manager", "Finance")] == asked


def test_onboarding_waits_for_all_teams_and_for_the_day_before(ticket, worker):
    run = begin("onboarding", ticket, worker)
    first_day = date.today() + timedelta(days=20)
    do(run, "Tell", ticket.customer, onboarding_name="New", onboarding_start=first_day.isoformat())
    assert set(tasks(run)) == {"Accounts", "Equipment", "Place"}
    do(run, "Equipment", worker)
    do(run, "Place", worker, onboarding_desk="2.14")
    do(run, "Accounts", worker)
    timer = run.timers.get()
    assert timer.due_at.date() in {first_day - timedelta(days=1), first_day - timedelta(days=2)}
    pass_time(run)
    do(run, "Welcome", worker)
    assert fresh(run).state == "done"


def test_a_major_incident_is_raised_and_reviewed(ticket, worker):
    run = begin("incident", ticket, worker)
    do(run, "Assess", worker, incident_reach="everybody")
    ticket.refresh_from_db()
    assert (ticket.priority.level, ticket.tags) == (5, ["major-incident"])
    pass_time(run, "Long")
    ticket.refresh_from_db()
    assert ticket.tags == ["escalated", "major-incident"]
    do(run, "FixMajor", worker, incident_cause="A cable")
    do(run, "Inform", worker)
    do(run, "Review", worker, incident_lesson="Two cables")
    assert (fresh(run).state, path(run)[-1]) == ("done", "End")


def test_a_small_incident_is_just_fixed(ticket, worker):
    run = begin("incident", ticket, worker)
    do(run, "Assess", worker, incident_reach="one person")
    do(run, "Fix", worker)
    assert fresh(run).state == "done"


@pytest.mark.parametrize(
    ("risk", "answer", "end"), [("low", "", "End"), ("high", "approved", "End"), ("high", "declined", "Declined")]
)
def test_a_risky_change_needs_the_team(ticket, worker, risk, answer, end):
    run = begin("change", ticket, worker)
    day = (date.today() + timedelta(days=5)).isoformat()
    answers = {"change_plan": "Swap it", "change_risk": risk, "change_day": day}
    if risk == "high":
        answers["change_way_back"] = "Swap it back"
    do(run, "Plan", worker, **answers)
    if answer:
        decide(run, "Board", worker, answer)
    if end == "End":
        pass_time(run)
        do(run, "Carry", worker, change_result="rolled back")
        do(run, "Review", worker)
    assert (fresh(run).state, path(run)[-1]) == ("done", end)


def sent_by(form):
    """What a browser sends of a form that nobody has touched."""
    return {
        name: [value for given, value in form.form_values() if given == name]
        for name, _value in form.form_values()
        if name != "then"
    }


@pytest.mark.parametrize("key", KEYS)
def test_each_step_saved_untouched_stays_as_it_is(key, world, signed_in):
    process = ready.from_template(key, by=world.alex)
    alex, before = signed_in(world.alex), read_drawing(process.versions.get().xml)
    for step in before.elements:
        url = f"{reverse('setup:process_step', args=[process.pk])}?element={step.id}"
        (form,) = [one for one in html.fromstring(alex.get(url).content).forms if "name" in one.fields]
        assert alex.post(url, sent_by(form)).status_code == 302, step.id
        (draft,) = process.versions.all()
        assert read_drawing(draft.xml).by_id[step.id].settings == step.settings
    assert problems_of(read_drawing(draft.xml), process=process) == []
