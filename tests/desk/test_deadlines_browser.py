"""Deadlines in a browser: chips let the time pass, another service level is chosen by keys, nothing hides on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from sla.configuring import save_policy
from sla.models import Policy, Target
from tests.desk.browsing import Window, answering_browser, window
from tests.desk.test_accessible import COLOURS, RULES, findings
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with answering_browser() as running:
        yield running


@pytest.fixture
def promised(world) -> Ticket:
    """An answer within two hours and a half, at any time of the day."""
    for position, (name, condition) in enumerate((("Gold", {"all": []}), ("Iron", None))):
        targets = [Target(kind="first_response", seconds=5 * HOUR // 2), Target(kind="solution", seconds=30 * HOUR)]
        save_policy(Policy(name=name, position=position, condition=condition), targets, by=world.alex)
    return TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")


@pytest.fixture
def desk(world, promised, bea, browser) -> Iterator[Window]:
    with window(browser, bea) as opened:
        yield opened
        assert opened.troubles == []


def test_a_chip_counts_on_by_itself_and_turns_amber_in_its_last_hour(desk):
    desk.page.clock.install()
    page = desk.open("/desk/views/open/")
    chip = page.locator(".trow time.sla")
    expect(chip).to_contain_text("Reply 2h 30m")
    page.clock.fast_forward(31 * 60 * 1000)
    expect(chip.locator("[data-time]")).to_have_text("Reply 1h 59m")
    assert "sla--warn" not in chip.get_attribute("class")
    page.clock.fast_forward(80 * 60 * 1000)
    expect(chip.locator("[data-time]")).to_have_text("Reply 39m")
    assert "sla--warn" in chip.get_attribute("class")


def test_another_service_level_is_chosen_by_keys(desk, promised):
    page = desk.open(f"/desk/tickets/{promised.number}/")
    expect(page.locator("#edit-level")).to_contain_text("Gold")
    page.locator("#conversation").focus()
    page.keyboard.press("Shift+G")
    expect(page.locator("#menu-level [role=option]")).to_have_count(4)
    page.keyboard.type("iron")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-level")).to_contain_text("Iron")
    expect(page.locator("#toasts .toast").last).to_contain_text("The SLA is changed.")
    expect(page.locator("#thread")).to_contain_text("The SLA changed from Gold to Iron")
    expect(page.locator("#conversation")).to_be_focused()


def test_a_key_leads_to_how_it_is_counted(desk, promised):
    page = desk.open(f"/desk/tickets/{promised.number}/")
    page.locator("#conversation").focus()
    page.keyboard.press("Shift+H")
    expect(page.locator(".clock__table").first).to_contain_text("Dana Miller opened the ticket")
    assert page.url.endswith(f"/desk/tickets/{promised.number}/deadlines/")


def test_chips_panel_and_explanation_are_accessible(desk, promised):
    found = []
    for path in (f"tickets/{promised.number}/", f"tickets/{promised.number}/deadlines/", "views/deadlines/"):
        found += findings(desk.open(f"/desk/{path}"), RULES)
        desk.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found += findings(desk.page, COLOURS)
        desk.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert found == [], "\n".join(found)


def test_nothing_hides_or_sticks_out_on_a_phone(world, promised, bea, browser):
    with window(browser, bea) as opened:
        opened.page.set_viewport_size(PHONE)
        for path, shown in (
            ("views/deadlines/", ".trow time.sla"),
            ("views/open/", ".trow time.sla"),
            (f"tickets/{promised.number}/deadlines/", ".clock__facts"),
        ):
            page = opened.open(f"/desk/{path}")
            expect(page.locator(shown).first).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert opened.troubles == []
