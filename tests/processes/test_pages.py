"""Pages of processes: working on a drawing, and what agents and customers do in it."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from processes import wiring
from processes.actions import configuring, starting
from processes.editing import laid_out
from processes.links import token_of
from processes.models import Decision, Process, Run, Task, Version
from processes.plans import drawing_of
from processes.reading import read_drawing
from processes.ready import offers
from tests.factories import TicketFactory
from tests.processes import world as made
from tests.processes.drawings import CUSTOMER, QUEUE, acting, drawing, end, line, node, start, tag, way, ways, work
from tickets.customfields import forget_kinds
from tickets.models import FieldDefinition
from tickets.sentences import cause_of

PART = {"HX-Request": "true"}


@pytest.fixture
def alex(world, signed_in) -> Client:
    return signed_in(world.alex)


@pytest.fixture
def bea(world, signed_in) -> Client:
    return signed_in(world.bea)


@pytest.fixture
def dana(world, signed_in) -> Client:
    return signed_in(world.dana)


@pytest.fixture
def ticket(world):
    return TicketFactory(queue=world.support, customer=world.dana, title="New laptop")


def field(key: str, *, label: str, kind: str = "text") -> FieldDefinition:
    made_field = FieldDefinition.objects.create(key=key, label=label, kind=kind)
    forget_kinds()
    return made_field


def approval(*by: dict, rule: str = "all", **more) -> dict:
    return {"approval": {"rule": rule, "by": list(by), "delegation": True, **more}}


def decision_drawing(world) -> str:
    asked = approval({"kind": "person", "person": world.bea.email}, {"kind": "customer"})
    return drawing(
        start(),
        work("Ask", asked),
        node("exclusiveGateway", "G", default="G_No"),
        acting("Yes", tag("granted")),
        acting("No", tag("refused")),
        end(),
        ways("S>Ask", "Ask>G", "G>No", "Yes>E", "No>E"),
        way("G>Yes", {"field": "step.Ask", "is": "approved"}),
    )


def draft(xml: str, world, key: str = "draft") -> Process:
    return configuring.create(Process(key=key, name="Laptop"), xml=xml, by=world.alex)


def step_url(process: Process, element: str, draw: str = "") -> str:
    url = f"{reverse('setup:process_step', args=[process.pk])}?element={element}"
    return f"{url}&draw={draw}" if draw else url


def settings_of(process: Process, element: str) -> dict:
    return dict(drawing_of(process.versions.get(state=Version.State.DRAFT)).by_id[element].settings)


# ---- working on a drawing


def test_a_new_process_is_an_empty_drawing(alex):
    answer = alex.post(reverse("setup:process_new"), {"name": "Laptop", "key": "laptop"})
    process = Process.objects.get(key="laptop")
    assert answer.url == reverse("setup:process", args=[process.pk])
    page = alex.get(answer.url)
    assert page.status_code == 200
    assert "Draft of version 1" in page.content.decode()


def test_each_template_can_be_begun_with(alex):
    page = alex.get(reverse("setup:process_new")).content.decode()
    keys = [part.split('"')[0] for part in page.split('name="template" value="')[1:]]
    assert keys == [one.key for one in offers()]
    answer = alex.post(reverse("setup:process_new"), {"template": keys[0]})
    assert answer.status_code == 302
    for view in ("", "?view=list"):
        assert alex.get(f"{answer.url}{view}").status_code == 200


def test_a_file_is_read_in_and_comes_out_byte_for_byte(alex, world):
    xml = line(work("Check")).encode()
    answer = alex.post(reverse("setup:process_import"), {"file": SimpleUploadedFile("a.bpmn", xml)})
    process = Process.objects.get()
    assert answer.url == reverse("setup:process", args=[process.pk])
    file = alex.get(reverse("setup:process_download", args=[process.pk, 1]))
    assert file.content == xml
    assert "attachment" in file["Content-Disposition"]


def test_a_hostile_file_is_refused_with_its_reason(alex):
    xml = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    answer = alex.post(reverse("setup:process_import"), {"file": SimpleUploadedFile("a.bpmn", xml)})
    assert answer.status_code == 422
    assert "document type" in answer.content.decode()
    assert not Process.objects.exists()


def test_what_was_drawn_is_saved_with_its_problems(alex, world):
    process = draft(line(work("Check")), world)
    seen = process.versions.get().pk
    drawn = line(work("Check", {}))
    answer = alex.post(reverse("setup:process_save", args=[process.pk]), {"xml": drawn, "seen": seen}, headers=PART)
    assert answer.status_code == 200
    assert json.loads(answer["HX-Trigger"])["process:saved"]["seen"] >= seen
    assert 'data-element="Check"' in answer.content.decode()
    assert process.versions.get().xml == drawn


def test_what_is_no_drawing_is_not_saved(alex, world):
    process = draft(line(work("Check")), world)
    was = process.versions.get().xml
    answer = alex.post(reverse("setup:process_save", args=[process.pk]), {"xml": "<a/>"}, headers=PART)
    assert answer.status_code == 422
    assert process.versions.get().xml == was


def test_a_step_is_given_to_a_role_with_a_form(alex, world):
    field("serial", label="Serial number")
    process = draft(line(work("Check")), world)
    url = step_url(process, "Check")
    assert alex.get(url).status_code == 200
    added = {"name": "Check", "mode": "form", "who": "role", "role": "Support team", "fields-add": "serial"}
    drawn = alex.post(step_url(process, "Check", "draw"), {**added, "fields-edit": "add"}, headers=PART)
    assert drawn.status_code == 200
    assert 'value="0 serial"' in drawn.content.decode()
    typed = {**added, "fields-row": "0 serial", "fields0-mode": "required", "fields0-help": "On the back"}
    answer = alex.post(url, {**typed, "due": "2d", "due_business": "on", "text_en": "Have a look"}, headers=PART)
    assert answer.status_code == 200, answer.content.decode()
    assert json.loads(answer["HX-Trigger"])["process:changed"] == {"element": "Check"}
    assert settings_of(process, "Check") == {
        "who": {"kind": "role", "role": "Support team"},
        "form": [{"field": "serial", "required": True, "help": {"en": "On the back"}}],
        "text": {"en": "Have a look"},
        "due": {"after": "2d", "business": True},
    }


def test_a_step_becomes_an_approval(alex, world):
    process = draft(line(work("Check")), world)
    typed = {
        "name": "Check",
        "mode": "approval",
        "rule": "majority",
        "by_people": "bea@demo.example",
        "by_customer": "on",
    }
    answer = alex.post(step_url(process, "Check"), {**typed, "deadline": "1d", "late": "approve"})
    assert answer.status_code == 302
    assert settings_of(process, "Check")["approval"] == {
        "rule": "majority",
        "by": [{"kind": "person", "person": "bea@demo.example"}, {"kind": "customer"}],
        "delegation": False,
        "deadline": {"after": "1d"},
        "late": "approve",
    }


def test_the_list_speaks_of_fields_times_and_steps_in_words(alex, world):
    for key, label in [("serial", "Serial number"), ("boss", "Boss")]:
        field(key, label=label)
    field("day", label="First day", kind="date")
    by = approval({"kind": "field", "field": "boss"}, deadline={"after": "3d", "business": True})
    timer = node(
        "intermediateCatchEvent",
        "T",
        {"timer": {"field": "day", "offset": "-1d"}},
        inside="<bpmn:timerEventDefinition />",
    )
    xml = line(work("Tell", {**QUEUE, "form": [{"field": "serial"}]}), work("Ask", by), timer)
    process = draft(xml.replace('name="Ask"', 'name=""'), world)
    page = alex.get(f"{reverse('setup:process', args=[process.pk])}?view=list").content.decode()
    for words in (
        "Asks for: Serial number",
        "whose address is in “Boss”: all have to approve",
        "3 days of opening hours",
        "1 day before the date in “First day”",
        "<bdi>Approval</bdi>",
    ):
        assert words in page


def test_an_approval_keeps_everybody_who_is_asked(alex, world):
    for key in ("serial", "second"):
        field(key, label=key)
    by = [{"kind": "queue"}, *({"kind": "field", "field": key} for key in ("second", "serial"))]
    process = draft(line(work("Check", {"approval": {"rule": "all", "by": by}})), world)
    typed = {"name": "Checked", "mode": "approval", "rule": "all", "by_queue": "on"}
    assert alex.post(step_url(process, "Check"), {**typed, "by_fields": ["serial", "second"]}).status_code == 302
    assert settings_of(process, "Check")["approval"] == {"rule": "all", "by": by, "delegation": False}


def test_a_wrong_address_changes_nothing(alex, world):
    process = draft(line(work("Check")), world)
    typed = {"name": "Check", "mode": "form", "who": "agent", "person": "nobody@nowhere.example"}
    answer = alex.post(step_url(process, "Check"), typed, headers=PART)
    assert answer.status_code == 422
    assert "Nobody has this address." in answer.content.decode()
    assert settings_of(process, "Check") == QUEUE


def test_an_automatic_step_gets_effects(alex, world):
    process = draft(line(acting("Do", tag("a"))), world)
    typed = {"name": "Do", "effects-row": "0 tag", "effects0-tags": "b, c"}
    assert alex.post(step_url(process, "Do"), typed).status_code == 302
    assert settings_of(process, "Do")["effects"] == [{"do": "tag", "tags": ["b", "c"]}]


def test_a_way_gets_a_condition_on_what_a_step_came_to(alex, world):
    process = draft(decision_drawing(world), world)
    assert alex.get(step_url(process, "G_Yes")).status_code == 200
    typed = {"name": "yes", "kind-0": "all", "row": "0.0 leaf", "field-0.0": "step.Ask", "op-0.0": "is"}
    answer = alex.post(step_url(process, "G_Yes"), {**typed, "value-0.0": "declined"})
    assert answer.status_code == 302
    flow = drawing_of(process.versions.get()).flow_by_id["G_Yes"]
    assert (flow.name, flow.condition) == ("yes", {"all": [{"field": "step.Ask", "is": "declined"}]})


def test_a_way_becomes_the_one_taken_otherwise(alex, world):
    process = draft(decision_drawing(world), world)
    assert alex.post(step_url(process, "G_Yes"), {"name": "", "otherwise": "on", "kind-0": "all"}).status_code == 302
    assert drawing_of(process.versions.get()).by_id["G"].default == "G_Yes"


def test_a_timer_waits_for_a_date_in_a_field(alex, world):
    field("visit_on", label="Visit", kind="date")
    waits = node("intermediateCatchEvent", "Wait", inside="<bpmn:timerEventDefinition />", name="Wait")
    process = draft(line(waits), world)
    typed = {"name": "Wait", "timer": "field", "field": "visit_on", "offset": "-1d"}
    assert alex.post(step_url(process, "Wait"), typed).status_code == 302
    assert settings_of(process, "Wait")["timer"] == {"field": "visit_on", "offset": "-1d"}


def test_publishing_retiring_and_a_draft_that_goes(alex, world):
    process = draft(line(work("Check")), world)
    alex.post(reverse("setup:process_publish", args=[process.pk]))
    process.refresh_from_db()
    assert process.active.number == 1
    configuring.save_draft(process, line(work("Other")), by=world.alex)
    alex.post(reverse("setup:process_discard", args=[process.pk]))
    assert [version.number for version in process.versions.all()] == [1]
    alex.post(reverse("setup:process_retire", args=[process.pk]))
    process.refresh_from_db()
    assert process.active is None


def test_a_draft_with_problems_is_not_published(alex, world):
    process = draft(line(work("Check", {})), world)
    answer = alex.post(reverse("setup:process_publish", args=[process.pk]), follow=True)
    assert "It cannot be published yet." in answer.content.decode()
    process.refresh_from_db()
    assert process.active is None


def test_the_list_tells_what_the_picture_shows(alex, world):
    process = draft(decision_drawing(world), world)
    page = alex.get(reverse("setup:process", args=[process.pk]), {"view": "list"}).content.decode()
    assert "Outcome of “Ask” is approved" in page
    assert 'role="img"' in page
    assert "otherwise" in page


def test_settings_and_versions(alex, world):
    process = draft(line(work("Check")), world)
    url = reverse("setup:process_about", args=[process.pk])
    assert alex.get(url).status_code == 200
    typed = {"name": "Laptops", "name_de": "Rechner", "is_active": "on", "by_agents": "on", "queues": world.support.pk}
    assert alex.post(url, typed).status_code == 302
    process.refresh_from_db()
    assert (process.name, process.names, list(process.queues.all())) == ("Laptops", {"de": "Rechner"}, [world.support])
    assert alex.get(reverse("setup:process_version", args=[process.pk, 1])).status_code == 200
    assert alex.get(reverse("setup:process_runs", args=[process.pk])).status_code == 200


def test_the_list_puts_steps_in_and_takes_them_out(alex, world):
    process = draft(line(work("Check")), world)
    add, remove = (reverse(f"setup:process_step_{what}", args=[process.pk]) for what in ("add", "remove"))
    answer = alex.post(add, {"flow": "S_Check", "kind": "manual", "name": "Look"})
    assert "element=Step_" in answer.url
    assert alex.get(answer.url).status_code == 200
    new = drawing_of(process.versions.get()).flows_from("S")[0].target
    assert drawing_of(process.versions.get()).by_id[new].name == "Look"
    alex.post(remove, {"element": new})
    assert [flow.target for flow in drawing_of(process.versions.get()).flows_from("S")] == ["Check"]


# ---- the drawing itself


def test_a_step_is_put_in_and_taken_out_again(db):
    with_one, new = wiring.with_step(laid_out(line(work("Check"))), "S_Check", "user", "Before")
    read = read_drawing(with_one)
    assert [flow.target for flow in read.flows_from("S")] == [new]
    assert [flow.target for flow in read.flows_from(new)] == ["Check"]
    without = read_drawing(wiring.without_step(with_one, new))
    assert [flow.target for flow in without.flows_from("S")] == ["Check"]
    assert set(without.by_id) == {"S", "Check", "E"}


def test_where_ways_meet_nothing_is_taken_out(world):
    with pytest.raises(wiring.NotPossible):
        wiring.without_step(decision_drawing(world), "G")


# ---- what agents do


def test_a_process_is_started_from_the_menu(bea, world, ticket):
    process = made.published(line(work("Check")))
    url = reverse("desk:process_start", args=[ticket.number])
    assert process.name in bea.get(url).content.decode()
    answer = bea.post(url, {"process": process.pk})
    assert answer.status_code == 302
    assert Run.objects.get().ticket == ticket
    page = bea.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert 'id="pg-run-' in page
    assert "Diagram of the process" in page
    assert bea.get(reverse("desk:processes", args=[ticket.number])).status_code == 200


def test_a_start_form_asks_first(bea, ticket):
    field("serial", label="Serial number")
    asks = start(settings={"form": [{"field": "serial", "required": True}]})
    process = made.published(drawing(asks, work("Check"), end(), ways("S>Check", "Check>E")))
    url = reverse("desk:process_start", args=[ticket.number])
    asked = bea.post(url, {"process": process.pk})
    assert (asked.status_code, Run.objects.count()) == (200, 0)
    refused = bea.post(url, {"process": process.pk, "started": "1", "field_serial": ""})
    assert (refused.status_code, Run.objects.count()) == (422, 0)
    bea.post(url, {"process": process.pk, "started": "1", "field_serial": "X1"})
    ticket.refresh_from_db()
    assert (Run.objects.count(), ticket.custom_fields["serial"]) == (1, "X1")


def test_a_task_is_done_by_its_form(bea, world, ticket):
    field("serial", label="Serial number")
    field("why", label="Why")
    asked = [
        {"field": "serial", "required": True},
        {"field": "why", "shown_when": {"field": "field.serial", "is": "X1"}},
    ]
    process = made.published(line(work("Check", {**QUEUE, "form": asked})))
    run = starting.start(process, ticket, by=world.bea)
    assert "Check" in bea.get(reverse("desk:tasks")).content.decode()
    task = Task.objects.get()
    url = reverse("desk:task", args=[task.pk])
    assert "Serial number" in bea.get(url).content.decode()
    hidden = bea.post(f"{url}?draw", {"field_serial": "X2"}, headers=PART).content.decode()
    shown = bea.post(f"{url}?draw", {"field_serial": "X1"}, headers=PART).content.decode()
    assert ("field_why" in hidden, "field_why" in shown) == (False, True)
    assert bea.post(url, {"field_serial": ""}).status_code == 422
    bea.post(url, {"field_serial": "X", "draft": "1"})
    task.refresh_from_db()
    assert (task.state, task.draft) == ("open", {"serial": "X"})
    bea.post(url, {"field_serial": "X1", "field_why": "old"})
    task.refresh_from_db()
    assert (task.state, made.fresh(run).state) == ("done", "done")
    assert bea.get(url).status_code == 404


def test_one_of_many_takes_a_task(bea, world, ticket):
    process = made.published(line(work("Check")))
    starting.start(process, ticket, by=world.carlos)
    bea.post(reverse("desk:task_take", args=[Task.objects.get().pk]))
    assert Task.objects.get().user == world.bea


def test_an_agent_approves(bea, world, ticket):
    process = made.published(decision_drawing(world))
    starting.start(process, ticket, by=world.carlos)
    decision = Decision.objects.get(approver=world.bea)
    url = reverse("desk:approval", args=[decision.pk])
    assert ticket.title in bea.get(url).content.decode()
    assert bea.post(url, {"answer": ""}).status_code == 422
    assert bea.post(url, {"answer": "approved", "comment": "fine"}).status_code == 302
    decision.refresh_from_db()
    assert (decision.answer, decision.comment, decision.way) == ("approved", "fine", "desk")


def test_an_agent_passes_it_on(bea, world, ticket):
    process = made.published(decision_drawing(world))
    starting.start(process, ticket, by=world.carlos)
    url = reverse("desk:approval", args=[Decision.objects.get(approver=world.bea).pk])
    assert bea.post(url, {"answer": "delegated", "person": "nobody@nowhere.example"}).status_code == 422
    bea.post(url, {"answer": "delegated", "person": world.carlos.email})
    assert Decision.objects.waiting().filter(approver=world.carlos).exists()


def test_a_run_is_cancelled_and_led_elsewhere_with_a_reason(bea, world, ticket):
    process = made.published(line(work("One"), work("Two")))
    run = starting.start(process, ticket, by=world.bea)
    jump = reverse("desk:process_jump", args=[ticket.number, run.pk])
    assert bea.post(jump, {"to": "Two", "reason": ""}).status_code == 422
    bea.post(jump, {"to": "Two", "reason": "One is done"})
    assert set(made.tasks(run)) == {"Two"}
    cancel = reverse("desk:process_cancel", args=[ticket.number, run.pk])
    assert bea.get(cancel).status_code == 200
    bea.post(cancel, {"reason": "Not needed"})
    assert made.fresh(run).state == "cancelled"


def test_whoever_only_reads_steers_nothing(world, signed_in, ticket):
    process = made.published(line(work("One")))
    run = starting.start(process, ticket, by=world.bea)
    reader = signed_in(made.agent(ticket, "read"))
    assert reader.get(reverse("desk:processes", args=[ticket.number])).status_code == 200
    assert reader.post(reverse("desk:process_cancel", args=[ticket.number, run.pk]), {"reason": "x"}).status_code == 404
    assert reader.post(reverse("desk:task", args=[Task.objects.get().pk])).status_code == 404
    assert made.fresh(run).state == "going"


def test_a_run_that_is_stuck_says_why_beside_the_ticket_and_tries_again(bea, world, ticket):
    field("boss", label="Boss")
    process = made.published(line(work("Ask", approval({"kind": "field", "field": "boss"}))))
    run = starting.start(process, ticket, by=world.bea)
    assert made.fresh(run).state == "stuck"
    page, url = (
        reverse("desk:ticket", args=[ticket.number]),
        reverse("desk:process_retry", args=[ticket.number, run.pk]),
    )
    shown = bea.get(page).content.decode()
    assert "There is nobody who could do it." in shown
    assert f'hx-post="{url}"' in shown
    ticket.custom_fields["boss"] = world.carlos.email
    ticket.save(update_fields=["custom_fields"])
    assert bea.post(url, headers=PART).status_code == 200
    assert made.fresh(run).state == "going"


# ---- what customers do


def test_a_customer_fills_in_a_form(dana, world, ticket):
    field("serial", label="Serial number")
    process = made.published(line(work("Tell", {**CUSTOMER, "form": [{"field": "serial", "required": True}]})))
    run = starting.start(process, ticket, by=world.bea)
    url = reverse("portal:task", args=[ticket.number, Task.objects.get().pk])
    for page in (reverse("portal:home"), reverse("portal:request", args=[ticket.number])):
        assert url in dana.get(page).content.decode()
    assert dana.get(url).status_code == 200
    assert dana.post(url, {"field_serial": ""}).status_code == 422
    assert dana.post(url, {"field_serial": "X1"}).status_code == 302
    assert made.fresh(run).state == "done"
    done = ticket.events.filter(kind__in=["fields.changed", "process.done"])
    assert [cause_of(one) for one in done] == ["in the portal", "in the portal"]


def test_the_task_of_a_customer_is_nobody_elses(world, signed_in, ticket):
    process = made.published(line(work("Tell", CUSTOMER)))
    starting.start(process, ticket, by=world.bea)
    task = Task.objects.get()
    url = reverse("portal:task", args=[ticket.number, task.pk])
    assert signed_in(world.erik).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert signed_in(world.bea).get(reverse("desk:task", args=[task.pk])).status_code == 404


def test_a_link_decides_without_signing_in(world, ticket):
    process = made.published(decision_drawing(world))
    starting.start(process, ticket, by=world.bea)
    decision = Decision.objects.get(approver=world.dana)
    url, browser = reverse("portal:approve", args=[token_of(decision)]), Client()
    page = browser.get(url)
    assert page.status_code == 200
    assert ticket.title in page.content.decode()
    decision.refresh_from_db()
    assert decision.answer == ""
    assert browser.post(url, {"answer": "declined", "comment": "no"}).status_code == 302
    decision.refresh_from_db()
    assert (decision.answer, decision.way) == ("declined", "link")
    assert cause_of(ticket.events.get(kind="process.decided")).startswith("as an approver, by the link")
    assert "You have declined this" in browser.get(url).content.decode()


def test_a_link_tells_nobody_who_has_an_account(world, ticket):
    process = made.published(decision_drawing(world))
    starting.start(process, ticket, by=world.bea)
    url = reverse("portal:approve", args=[token_of(Decision.objects.get(approver=world.dana))])
    browser, pages = Client(), []
    for address in ("nobody@nowhere.example", world.erik.email, world.dana.email, world.bea.email):
        answer = browser.post(url, {"answer": "delegated", "person": address})
        assert answer.status_code == 422
        pages.append(answer.content.decode().replace(address, ""))
    assert "Nobody with this address can be asked." in pages[0]
    assert {len(page) for page in pages} == {len(pages[0])}
    assert browser.post(url, {"answer": "delegated", "person": ""}).status_code == 422
    assert Decision.objects.count() == 2
    codes = {browser.post(url, {"answer": ""}).status_code for _try in range(20)}
    assert codes == {422, 429}


def test_a_forged_link_leads_nowhere(world, ticket):
    process = made.published(decision_drawing(world))
    starting.start(process, ticket, by=world.bea)
    decision = Decision.objects.get(approver=world.dana)
    answer = Client().post(reverse("portal:approve", args=[f"{decision.pk}-{'a' * 43}"]), {"answer": "approved"})
    assert answer.status_code == 410
    decision.refresh_from_db()
    assert decision.answer == ""


def test_a_customer_approves_signed_in(dana, world, ticket):
    process = made.published(decision_drawing(world))
    starting.start(process, ticket, by=world.bea)
    decision = Decision.objects.get(approver=world.dana)
    url = reverse("portal:approval", args=[decision.pk])
    assert url in dana.get(reverse("portal:home")).content.decode()
    assert dana.post(url, {"answer": "approved"}).status_code == 302
    decision.refresh_from_db()
    assert (decision.answer, decision.way) == ("approved", "portal")
