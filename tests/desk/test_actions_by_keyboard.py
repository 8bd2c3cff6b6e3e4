"""A ticket worked by keyboard alone: taken, put off, linked, merged and taken out again, closed with what that takes."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Locator, Page, expect

from tests.desk.conftest import state
from tests.factories import TicketFactory
from tests.journey.browser import chromium
from tickets.actions.progress import set_priority
from tickets.models import FieldDefinition, Link, Priority, Ticket

WAIT = 60_000
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Desk:
    """Bea's window. `troubles` are errors of scripts and refusals of the policy."""

    def __init__(self, page: Page) -> None:
        self.page, self.troubles = page, []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda said: self.troubles.append(said.text) if "Content Security" in said.text else None)

    def open(self, path: str) -> Page:
        self.page.goto(path)
        self.page.evaluate("customElements.whenDefined('key-map').then(() => true)")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Until the list beside the ticket has come, which the page asks for by itself."""
        expect(self.page.locator("#pane nav")).to_be_visible()


@pytest.fixture
def other(world) -> Ticket:
    return TicketFactory(queue=world.support, customer=world.dana, title="Printer blinks")


@pytest.fixture
def desk(ticket, other, bea, live_server, monkeypatch) -> Iterator[Desk]:
    """Started when the world is there and closed before it is swept away: while it runs, its loop is this thread's, and
    Django takes the thread for one that must not ask the database, and has another connection for it."""
    expect.set_options(timeout=WAIT)
    with chromium() as browser:
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
        context.set_default_timeout(WAIT)
        cookie = bea.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        opened = Desk(context.new_page())
        yield opened
        context.close()
        connections.close_all()
    assert opened.troubles == []


def dialog(page: Page) -> Locator:
    return page.locator("#ask-dialog")


def says(page: Page, words: str) -> None:
    expect(page.locator("#toasts .toast").filter(has_text=words).last).to_be_visible()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_ticket_is_worked_by_keyboard_alone(desk, world, ticket, other):
    FieldDefinition.objects.create(key="cause", label="Cause", kind="dropdown", options=["Wear"], to_close=True)
    page = desk.open(f"/desk/tickets/{ticket.number}/")

    press(page, "i")
    says(page, "The ticket is yours now.")

    press(page, "h")
    expect(dialog(page)).to_be_visible()
    expect(page.locator(":focus")).to_contain_text("Tomorrow morning")
    press(page, "Enter")
    says(page, "The ticket is put off.")
    expect(dialog(page)).to_be_hidden()

    press(page, "Shift+L")
    expect(page.locator("#other-q")).to_be_focused()
    page.keyboard.type(other.number)
    expect(page.locator("#other-list [role=option]")).to_have_count(1)
    press(page, "Enter")
    says(page, f"Linked with #{other.number}.")
    assert Link.objects.get().target == other

    press(page, "Shift+M")
    expect(page.locator("#other-q")).to_be_focused()
    page.keyboard.type("blinks")
    expect(page.locator("#other-list [role=option]")).to_have_count(1)
    press(page, "Enter")
    expect(page.locator(":focus")).to_have_text(f"Merge into #{other.number}")
    press(page, "Enter")
    expect(page).to_have_url(re.compile(rf"/{other.number}/$"))
    desk.settle()

    desk.open(f"/desk/tickets/{ticket.number}/")
    expect(page.locator("#ticket-banners")).to_contain_text("This ticket was merged into")
    press(page, "Shift+U")
    says(page, "The merge is undone.")
    desk.settle()
    ticket.refresh_from_db()
    assert (ticket.merged_into, ticket.owner, ticket.state.name) == (None, world.bea, "pending reminder")

    press(page, "e")
    expect(dialog(page)).to_be_visible()
    expect(page.locator("#close-state")).to_be_focused()
    press(page, "Tab")
    page.keyboard.type("Wear")
    press(page, "Tab", "Tab", "Enter")
    says(page, "The ticket is closed.")
    expect(dialog(page)).to_be_hidden()
    ticket.refresh_from_db()
    assert (ticket.state.name, ticket.custom_fields) == ("closed successful", {"cause": "Wear"})


def test_escape_leaves_everything_as_it_was(desk, ticket):
    page = desk.open(f"/desk/tickets/{ticket.number}/")
    version = ticket.events.count()
    for key in ("h", "Shift+p", "Shift+t", "Shift+c", "Shift+i", "Shift+m", "Shift+x", "Shift+l", "Shift+w"):
        press(page, key)
        expect(dialog(page)).to_be_visible()
        press(page, "Escape")
        expect(dialog(page)).to_be_hidden()
    for key, field in (("s", "#menu-state"), ("t", "#menu-tags"), ("q", "#menu-move")):
        press(page, key)
        expect(page.locator(f"{field} input:not([type=hidden])").first).to_be_focused()
        press(page, "Escape")
        expect(page.locator(field)).to_be_hidden()
    assert ticket.events.count() == version


def test_the_focus_comes_back_to_where_it_was(desk, ticket):
    page = desk.open(f"/desk/tickets/{ticket.number}/")
    page.locator("#add-time").focus()
    press(page, "Enter")
    expect(page.locator("#time-minutes")).to_be_focused()
    page.keyboard.type("15")
    press(page, "Enter")
    says(page, "Your time is written down.")
    expect(page.locator("#add-time")).to_be_focused()
    press(page, "t")
    expect(page.locator("#menu-tags input:not([type=hidden])").first).to_be_focused()
    page.keyboard.type("alpha,")
    press(page, "Enter")
    says(page, "The tags are changed.")
    expect(page.locator("#edit-tags")).to_be_focused()


def test_what_is_wrong_is_said_in_the_dialog_and_what_was_typed_stays(desk, ticket):
    page = desk.open(f"/desk/tickets/{ticket.number}/")
    press(page, "Shift+T")
    expect(page.locator("#time-minutes")).to_be_focused()
    page.keyboard.type("soon")
    press(page, "Enter")
    expect(dialog(page)).to_contain_text("Enter between one minute and one day.")
    expect(page.locator("#time-minutes")).to_have_value("soon")
    expect(dialog(page).get_by_role("alert")).to_be_focused()


def test_who_was_too_slow_sees_what_changed(desk, world, ticket):
    page = desk.open(f"/desk/tickets/{ticket.number}/")
    press(page, "Shift+I")
    expect(dialog(page)).to_be_visible()
    set_priority(ticket, Priority.objects.get(level=2), by=world.carlos)
    press(page, "Enter")
    expect(dialog(page)).to_be_hidden()
    expect(page.locator("#conflict")).to_contain_text("Carlos Díaz changed the priority from Normal to Low")
    expect(page.locator("#conflict .banner")).to_be_focused()


def test_a_step_is_ticked_without_losing_ones_place(desk, ticket):
    page = desk.open(f"/desk/tickets/{ticket.number}/")
    press(page, "Shift+C")
    expect(page.locator("#steps-steps")).to_be_focused()
    page.keyboard.type("Look")
    press(page, "Enter")
    page.keyboard.type("Mend")
    press(page, "Tab", "Tab", "Enter")
    says(page, "The steps are added.")
    first = page.locator(".checks__box").first
    first.focus()
    press(page, "Space")
    expect(first).to_have_attribute("aria-checked", "true")
    expect(first).to_be_focused()


def test_the_trash_can_be_undone_from_the_toast(desk, ticket):
    page = desk.open(f"/desk/tickets/{ticket.number}/")
    press(page, "Shift+D")
    says(page, "The ticket is in the trash.")
    expect(page.locator("#composer")).to_contain_text("nothing can be written here any more")
    page.locator("#toasts").get_by_role("button", name="Undo").focus()
    press(page, "Enter")
    says(page, "The ticket is back as it was.")
    expect(page.locator("#ticket-banners")).to_be_empty()
    expect(page.locator("#thread")).to_contain_text("Bea Costa restored it")
    ticket.refresh_from_db()
    assert ticket.state == state("new")


def test_the_last_changes_are_undone_one_after_the_other_by_key(desk, ticket):
    page = desk.open(f"/desk/tickets/{ticket.number}/")
    press(page, "p")
    page.get_by_role("option", name="Very high").click()
    says(page, "The priority is changed.")
    press(page, "i")
    says(page, "The ticket is yours now.")
    press(page, "z")
    expect(page.locator("#ticket-head")).to_contain_text("Unassigned")
    press(page, "z")
    expect(page.locator("#ticket-head")).to_contain_text("Normal")
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.priority.level) == (None, 3)
