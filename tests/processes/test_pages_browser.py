"""The designer of processes in a browser: drawing, saving, the panel, trying it out; and nothing against the policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from processes.actions import configuring, starting
from processes.editing import laid_out
from processes.models import Process, Task
from processes.plans import drawing_of
from tests.desk.browsing import Window, answering_browser, window
from tests.factories import TicketFactory
from tests.processes.drawings import QUEUE, acting, drawing, end, line, node, start, way, ways, work
from tests.processes.world import published
from tickets.models import FieldDefinition

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with answering_browser() as running:
        yield running


@pytest.fixture
def desk(browser, world, signed_in) -> Iterator[Window]:
    with window(browser, signed_in(world.alex)) as opened:
        opened.page.on("console", lambda said: "Security Policy" in said.text and opened.troubles.append(said.text))
        yield opened


def decision() -> str:
    return drawing(
        start(),
        work("Check"),
        node("exclusiveGateway", "G", default="G_Other"),
        work("Order"),
        work("Other"),
        end(),
        ways("S>Check", "Check>G", "G>Other", "Order>E", "Other>E"),
        way("G>Order", {"field": "step.Check", "is": "done"}),
    )


def draft(xml: str, world) -> Process:
    return configuring.create(Process(key="laptop", name="Laptop"), xml=laid_out(xml), by=world.alex)


def designer(desk: Window, process: Process) -> Page:
    page = desk.open(f"/admin/processes/{process.pk}/")
    page.wait_for_selector("process-designer[data-ready]", state="attached")
    return page


def choose(page: Page, element: str) -> None:
    page.locator(f"[data-element-id='{element}'] .djs-hit").first.click(force=True)


def test_a_step_is_chosen_and_changed_in_its_panel(desk, world):
    process = draft(decision(), world)
    page = designer(desk, process)
    choose(page, "Check")
    name = page.locator("#step-panel [name=name]")
    expect(name).to_have_value("Check")
    name.fill("Check the order")
    page.locator("#step-panel [name=who]").select_option("owner")
    page.locator("#save-step").click()
    expect(page.locator("#step-panel")).to_contain_text("Saved as a draft.")
    expect(page.locator("[data-element-id='Check'] .djs-label")).to_contain_text("Check the")
    step = drawing_of(process.versions.get()).by_id["Check"]
    assert (step.name, step.settings) == ("Check the order", {"who": {"kind": "owner"}})
    assert desk.troubles == []


def test_a_step_is_added_by_the_keyboard_and_undone(desk, world):
    process = draft(line(work("Check")), world)
    page = designer(desk, process)
    choose(page, "Check")
    page.locator("[data-add=service]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_have_text("Saved as a draft.")
    kinds = [element.kind for element in drawing_of(process.versions.get()).elements]
    assert kinds.count("serviceTask") == 1
    expect(page.locator("#process-problems li").first).to_be_visible()
    expect(page.locator(".problem-mark").first).to_be_visible()
    page.locator("[data-do=undo]").click()
    expect(page.locator("#process-problems")).to_contain_text("Nothing hinders publishing it.")
    assert "serviceTask" not in process.versions.get().xml
    assert desk.troubles == []


@pytest.mark.parametrize(("press", "times"), [("farther", 2), ("nearer", 1)])
def test_undo_takes_back_what_was_added_however_near_one_looks(desk, world, press, times):
    process = draft(line(work("Check")), world)
    page = designer(desk, process)
    for _time in range(times):
        page.locator(f"[data-do={press}]").click()
    choose(page, "Check")
    page.locator("[data-add=service]").click()
    expect(page.locator("[data-said]")).to_have_text("Saved as a draft.")
    expect(page.locator("#process-problems li").first).to_be_visible()
    assert "serviceTask" in process.versions.get().xml
    page.locator("[data-do=undo]").click()
    expect(page.locator("#process-problems")).to_contain_text("Nothing hinders publishing it.")
    assert "serviceTask" not in process.versions.get().xml
    assert desk.troubles == []


def test_what_other_tools_wrote_stays(desk, world):
    xml = laid_out(line(work("Check"))).replace(
        "<bpmn:definitions ", '<bpmn:definitions xmlns:x="http://x.example" ', 1
    )
    xml = xml.replace("<bpmn:extensionElements>", '<bpmn:extensionElements><x:note of="them">kept</x:note>', 1)
    process = draft(xml, world)
    page = designer(desk, process)
    choose(page, "Check")
    page.locator("[data-add=manual]").click()
    expect(page.locator("[data-said]")).to_have_text("Saved as a draft.")
    saved = process.versions.get()
    assert '<x:note of="them">kept</x:note>' in saved.xml
    assert drawing_of(saved).by_id["Check"].settings == QUEUE


def test_it_is_tried_out_with_tokens_and_nothing_is_saved(desk, world):
    process = draft(decision(), world)
    was = process.versions.get().xml
    page = designer(desk, process)
    page.locator("[data-do=try]").click()
    page.locator(".bts-context-pad[aria-label='Go on from here']:not(.hidden)").first.click()
    expect(page.locator(".bts-element-notification")).to_have_text("Finished", timeout=30_000)
    page.locator("[data-do=try]").click()
    expect(page.locator("[data-said]")).to_have_text("Back to drawing.")
    assert process.versions.get().xml == was
    assert desk.troubles == []


def test_the_condition_of_a_way_is_put_together(desk, world):
    process = draft(decision(), world)
    page = designer(desk, process)
    choose(page, "G_Order")
    page.locator("#step-panel").get_by_role("button", name="Add a row").click()
    page.locator("[id='field-0.1']").select_option("priority")
    page.locator("[id='value-0.1']").select_option(index=1)
    page.locator("#save-step").click()
    expect(page.locator("#step-panel")).to_contain_text("Saved as a draft.")
    condition = drawing_of(process.versions.get()).flow_by_id["G_Order"].condition
    assert [part["field"] for part in condition["all"]] == ["step.Check", "priority"]
    assert desk.troubles == []


def test_a_task_is_done_in_a_dialog_over_the_ticket(desk, world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    starting.start(published(line(work("Check"))), ticket, by=world.alex)
    page = desk.open(f"/desk/tickets/{ticket.number}/")
    page.locator(f"#task-{Task.objects.get().pk}").click()
    page.locator("#ask-dialog").get_by_role("button", name="Done").click()
    expect(page.locator("#ask-dialog")).not_to_be_visible()
    assert Task.objects.get().state == "done"
    assert desk.troubles == []


def test_another_kind_is_one_thing_to_undo_and_the_panel_follows(desk, world):
    process = draft(line(work("Check")), world)
    page = designer(desk, process)
    choose(page, "Check")
    page.locator("#step-panel [name=kind]").select_option("manual")
    page.locator("#save-step").click()
    expect(page.locator("#step-panel")).to_contain_text("Saved as a draft.")
    assert "manualTask" in process.versions.get().xml
    page.locator("[data-do=undo]").click()
    expect(page.locator("#step-panel [name=kind]")).to_have_value("user")
    again = drawing_of(process.versions.get()).by_id["Check"]
    assert (again.kind, again.settings) == ("userTask", QUEUE)
    page.locator("[data-do=redo]").click()
    expect(page.locator("#step-panel [name=kind]")).to_have_value("manual")
    assert desk.troubles == []


def test_what_is_typed_in_the_panel_is_not_lost_without_a_question(desk, world):
    process = draft(line(work("Check"), work("Order")), world)
    page = designer(desk, process)
    choose(page, "Check")
    name = page.locator("#step-panel [name=name]")
    name.fill("Check it")
    page.once("dialog", lambda asked: asked.dismiss())
    choose(page, "Order")
    expect(name).to_have_value("Check it")
    page.locator("[data-do=undo]").click()
    expect(name).to_have_value("Check it")
    page.once("dialog", lambda asked: asked.accept())
    choose(page, "Order")
    expect(name).to_have_value("Order")
    name.fill("Order it")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="List").click()
    expect(name).to_have_value("Order it")
    assert (asked, desk.troubles) == (["beforeunload"], [])
    page.locator("#save-step").click()
    expect(page.locator("#step-panel")).to_contain_text("Saved as a draft.")


OUT_OF_REACH = """panel => {
  const { left, right } = panel.getBoundingClientRect();
  const seen = [...panel.querySelectorAll("input, select, textarea, button, .effect__name")].filter(one => one.checkVisibility());
  const wrong = seen.map(one => [one.id || one.className, one.getBoundingClientRect()])
    .filter(([name, box]) => box.left < left || box.right > right || (box.width < 120 && /^id_|field-|op-|value-/.test(name)));
  return wrong.map(([name, box]) => `${name}: ${box.left - left} to ${box.right - left}`);
}"""


@pytest.mark.parametrize("width", [1440, 390])
def test_the_rows_of_a_panel_fit_in_it(desk, world, width):
    desk.page.set_viewport_size({"width": width, "height": 900})
    FieldDefinition.objects.create(key="amount", label="Amount of money", kind="text")
    form = {"form": [{"field": "amount", "required": True}]}
    parts = [start(), work("Ask", QUEUE | form), acting("Tell", {"do": "note", "text": "Hello"}), end()]
    asks = way("G>Tell", {"field": "priority", "is": "normal"})
    gateway = node("exclusiveGateway", "G", default="G_E")
    process = draft(drawing(*parts, gateway, ways("S>Ask", "Ask>G", "G>E", "Tell>E"), asks), world)
    for element in ("Ask", "Tell", "G_Tell"):
        page = desk.open(f"/admin/processes/{process.pk}/?element={element}")
        panel = page.locator("#step-panel")
        expect(panel.locator(".effect, .builder__row").first).to_be_visible()
        assert panel.evaluate(OUT_OF_REACH) == []


def test_tools_are_told_apart_and_the_zoom_is_said(desk, world):
    page = designer(desk, draft(decision(), world))
    assert page.locator("[data-add] .btn__label").count() == 6
    signs = page.locator("process-tools [data-add] use").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert len(signs) == len(set(signs))
    expect(page.locator("[data-zoom]")).to_contain_text("%")
    before = page.locator("[data-zoom]").inner_text()
    page.locator("[data-do=nearer]").click()
    expect(page.locator("[data-zoom]")).not_to_have_text(before)
    assert desk.troubles == []
