"""The desk by keyboard: each action has one key, `?` lists them all, and the focus is never lost."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.roles import let_edit_people
from automation.macro_setup import save_macro
from automation.models import Macro
from sla.retargeting import look_again
from tests.desk.browsing import PLACE, Window, answering_browser, window
from tests.desk.conftest import colleague_notes
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR
from tickets.events import Cause

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# What static/js/row-list.js does in every list.
OF_LISTS = ("j", "k", "o", "x", "Enter", "Escape", "ArrowDown", "ArrowUp", "Mod+a")
KEYS = """() => [...document.querySelectorAll("[data-key]")]
    .filter((element) => !element.closest("dialog"))
    .flatMap((element) => element.dataset.key.split(/, */))"""
IS_LOST = "!document.activeElement || document.activeElement === document.body"
# These lead to another page, where the focus begins anew.
LEADS_AWAY = """(key) => {
    const element = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key.split(/, */).includes(key));
    return Boolean(element?.matches("a[href]:not([hx-get])") || element?.matches("[type=submit]:not([hx-post])"));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with answering_browser() as running:
        yield running


@pytest.fixture
def desk(world, ticket, bea, browser, sla) -> Iterator[Window]:
    let_edit_people(world.support_role, allowed=True)
    sla(solution=8 * HOUR)
    look_again([ticket.pk], cause=Cause("clock"))
    TicketFactory(queue=world.support, customer=world.dana, title="Another one")
    save_macro(Macro(name="Take it", effects=[{"do": "take"}], key="1"), roles=[], queues=[], by=world.alex)
    colleague_notes(ticket, "Have a look at the tray.", by=world.carlos)
    with window(browser, bea) as opened:
        yield opened
        assert opened.troubles == []


PAGES: dict[str, Callable] = {
    "start": lambda world, ticket: "/desk/",
    "list": lambda world, ticket: "/desk/views/open/",
    "queue": lambda world, ticket: f"/desk/queues/{world.support.pk}/",
    "search": lambda world, ticket: "/desk/search/?q=hums",
    "ticket": lambda world, ticket: f"/desk/tickets/{ticket.number}/",
    "history": lambda world, ticket: f"/desk/tickets/{ticket.number}/history/",
    "new ticket": lambda world, ticket: "/desk/tickets/new/",
    "people": lambda world, ticket: "/desk/people/",
    "person": lambda world, ticket: f"/desk/people/{world.dana.pk}/",
    "merge": lambda world, ticket: f"/desk/people/{world.dana.pk}/merge/",
    "organisations": lambda world, ticket: "/desk/organisations/",
    "organisation": lambda world, ticket: f"/desk/organisations/{world.acme.pk}/",
    "reports": lambda world, ticket: "/desk/reports/",
    "report builder": lambda world, ticket: "/desk/reports/new/",
    "report": lambda world, ticket: "/desk/reports/ready/volume/",
    "dashboard": lambda world, ticket: "/desk/dashboards/ready/agent/",
    "guided, not begun": lambda world, ticket: "/desk/next/",
    "profile": lambda world, ticket: "/profile/",
}


def keys_of(desk: Window) -> list[str]:
    return desk.page.evaluate(KEYS)


@pytest.mark.parametrize("name", PAGES)
def test_no_two_controls_of_a_page_share_a_key(desk, world, ticket, name):
    page = desk.open(PAGES[name](world, ticket))
    keys = keys_of(desk)
    if page.locator("row-list").count():
        keys += OF_LISTS
    assert [key for key, number in Counter(keys).items() if number > 1] == []
    beginnings = {key.split()[0] for key in keys if " " in key}
    assert beginnings & set(keys) == set(), "a key that begins a sequence does nothing alone"
    assert {"Mod+k", "?", "g h", "g t", "g p"} <= set(keys)


@pytest.mark.parametrize("name", PAGES)
def test_the_overlay_names_every_key(desk, world, ticket, name):
    page = desk.open(PAGES[name](world, ticket))
    page.locator("main").focus()
    page.keyboard.press("?")
    rows = page.locator("#shortcuts [data-rows] .shortcuts__row")
    labels = page.evaluate(
        """() => [...document.querySelectorAll("#shortcuts [data-rows] [data-slot=label]")].map((one) => one.textContent)"""
    )
    assert all(label.strip() for label in labels)
    assert rows.count() == len(set(keys_of(desk)))
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('shortcuts').open")


def stays_lost(page: Page) -> bool:
    """What closes gives the focus back in its own time."""
    for _turn in range(60):
        if not page.evaluate(IS_LOST):
            return False
        page.wait_for_timeout(50)
    return True


@pytest.mark.parametrize("name", ["start", "list", "ticket", "people"])
def test_no_key_loses_the_focus(desk, world, ticket, name):
    """What stays on the page keeps the focus or takes it; Escape gives it back to something."""
    path, lost = PAGES[name](world, ticket), []
    page = desk.open(path)
    keys = [key for key in dict.fromkeys(keys_of(desk)) if not page.evaluate(LEADS_AWAY, key)]
    if page.locator("row-list .trow, row-list .prow").count():
        keys += ["j", "x", "k", "Shift+J", "Control+a"]
    for key in keys:
        if page.url != f"{PLACE}{path}":
            desk.open(path)
        page.locator(".trow a, .prow a, main a").first.focus()
        for what in (key, "Escape"):
            for part in what.split():
                page.keyboard.press(part.replace("Mod+", "Control+"))
            desk.settle()
            if stays_lost(page):
                lost.append(f"{what} of {key}")
    assert lost == []


def test_single_keys_rest_when_they_are_turned_off(desk, world, ticket):
    world.bea.single_keys = False
    world.bea.save()
    page = desk.open("/desk/")
    page.keyboard.press("?")
    assert not page.evaluate("document.getElementById('shortcuts').open")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.querySelector('dialog.palette').open")


def test_the_palette_narrows_by_tab_and_leads_on_by_enter(desk, world, ticket):
    page = desk.open("/desk/")
    page.keyboard.press("Control+k")
    page.keyboard.type("dana")
    page.wait_for_selector(f"[role=option][href='/desk/people/{world.dana.pk}/']")
    page.keyboard.press("Tab")
    assert page.input_value("#palette-q") == "#dana"
    page.keyboard.press("Tab")
    assert page.input_value("#palette-q") == "@dana"
    page.wait_for_selector(f"[role=option][aria-selected=true][href='/desk/people/{world.dana.pk}/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/people/{world.dana.pk}/")


def test_guided_mode_by_keyboard_alone(desk, world, ticket):
    page = desk.open("/desk/")
    for key in ("g", "g"):
        page.keyboard.press(key)
    page.wait_for_url("**/desk/next/")
    page.wait_for_selector("text=Next ticket")
    page.keyboard.press("n")
    page.wait_for_selector(".why")
    assert "Printer hums" in page.inner_text("h1")
    page.keyboard.press("j")
    page.wait_for_selector("#skip-other:focus")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.key") == "j"
    page.keyboard.press("r")
    page.wait_for_selector("#reply-form [contenteditable=true]:focus")
    page.keyboard.type("Turn it off and on.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Another one")
    ticket.refresh_from_db()
    assert ticket.state.type == "pending_reminder"
    assert ticket.articles.latest("id").body == "Turn it off and on."


def test_a_person_is_found_edited_and_left_by_keyboard(desk, world, ticket):
    page = desk.open("/desk/")
    for key in ("g", "p"):
        page.keyboard.press(key)
    page.wait_for_url("**/desk/people/")
    page.wait_for_selector(".prow")
    page.keyboard.press("/")
    page.keyboard.type("dan")
    expect(page.locator(".prow")).to_have_count(1)
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/people/{world.dana.pk}/")
    page.keyboard.press("e")
    page.wait_for_url("**/edit/")
    page.get_by_label("Phone").fill("42")
    page.get_by_label("Phone").press("Enter")
    page.wait_for_url(f"**/desk/people/{world.dana.pk}/")
    world.dana.refresh_from_db()
    assert world.dana.phone == "42"
