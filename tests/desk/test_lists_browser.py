"""Lists by keyboard alone: search, save as view, select, change, undo; and a row that a colleague changes meanwhile."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.desk.browsing import Window, answering_browser, window
from tests.factories import TicketFactory
from tickets.actions.fields import set_tags
from tickets.actions.routing import assign
from tickets.models import SavedView, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with answering_browser() as running:
        yield running


@pytest.fixture
def other(world) -> Ticket:
    return TicketFactory(queue=world.support, customer=world.dana, title="Printer blinks")


@pytest.fixture
def desk(ticket, other, bea, browser) -> Iterator[Window]:
    with window(browser, bea) as opened:
        yield opened
        assert opened.troubles == []


def says(page: Page, words: str) -> None:
    expect(page.locator("#toasts .toast").filter(has_text=words).last).to_be_visible()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def ready(page: Page) -> None:
    """On a page that was led to."""
    page.evaluate(
        "Promise.all(['key-map', 'row-list', 'bulk-bar'].map((name) => customElements.whenDefined(name))).then(() => true)"
    )


def options(page: Page) -> Locator:
    return page.locator("#search-options [role=option]")


def fresh(*tickets: Ticket) -> None:
    for one in tickets:
        one.refresh_from_db()


def test_from_a_search_to_a_change_of_many_and_back_by_keyboard_alone(desk, world, ticket, other):
    TicketFactory(queue=world.billing, title="Invoice is wrong")
    page = desk.open("/desk/views/open/")

    # search, with what is offered
    press(page, "/")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.type("que")
    expect(options(page)).to_have_count(1)
    press(page, "ArrowDown", "Enter")
    expect(page.locator("#search-q")).to_have_value("queue:")
    page.keyboard.type("sup")
    expect(options(page).first).to_contain_text("Support")
    press(page, "ArrowDown")
    expect(page.locator("#search-q")).to_have_attribute("aria-activedescendant", "search-option-1")
    press(page, "Tab")
    expect(page.locator("#search-q")).to_have_value("queue:Support ")
    page.keyboard.type("printer")
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text("queue:Support printer")
    expect(page.locator(".trow")).to_have_count(2)
    ready(page)

    # save as view
    press(page, "v")
    name = page.get_by_label("Name")
    expect(name).to_be_focused()
    press(page, "Control+a")
    page.keyboard.type("Printers")
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("Printers")
    expect(page.locator(".side__item[aria-current=page]")).to_contain_text("Printers")
    assert SavedView.objects.get().owner == world.bea

    ready(page)

    # select and change
    press(page, "j", "x", "j", "x")
    expect(page.locator("[data-number]")).to_have_text("2 selected")
    press(page, "p")
    expect(page.locator("#priority-q")).to_be_focused()
    page.keyboard.type("very hi")
    press(page, "Enter")
    says(page, "2 tickets are changed.")
    expect(page.locator("bulk-bar")).to_be_hidden()
    expect(page.locator(".trow.is-cursor a:focus")).to_have_count(1)
    fresh(ticket, other)
    assert (ticket.priority.level, other.priority.level) == (5, 5)

    # undo
    press(page, "z")
    says(page, "2 tickets are as they were.")
    fresh(ticket, other)
    assert (ticket.priority.level, other.priority.level) == (3, 3)


def test_a_button_without_a_selection_is_about_the_row_of_the_cursor(desk, world, ticket, other):
    page = desk.open("/desk/views/open/")
    press(page, "i")
    expect(page.locator("#toasts .toast")).to_have_count(0)
    press(page, "j", "i")
    says(page, "1 ticket is yours now.")
    fresh(ticket, other)
    assert (other.owner, ticket.owner) == (world.bea, None)


def test_a_dialog_asks_and_keeps_what_was_typed_until_it_fits(desk, world, ticket, other):
    page = desk.open("/desk/views/open/")
    press(page, "j", "s")
    expect(page.locator("#state-q")).to_be_focused()
    page.keyboard.type("waiting for")
    press(page, "Enter")
    dialog = page.locator("#bulk-dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Say until when the tickets wait.")
    expect(dialog.locator("[name=until]")).to_be_focused()
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    press(page, "t")
    expect(page.locator("#bulk-dialog")).to_be_visible()
    page.keyboard.type("late,")
    press(page, "Enter")
    says(page, "1 ticket is changed.")
    fresh(other)
    assert other.tags == ["late"]
    expect(page.locator("#bulk-dialog")).to_have_count(0)


def test_ctrl_enter_sends_a_dialog_from_its_field(desk, world, ticket, other):
    page = desk.open("/desk/views/open/")
    press(page, "j", "t")
    expect(page.locator("#bulk-dialog")).to_be_visible()
    page.keyboard.type("late")
    press(page, "Enter")
    expect(page.locator("#bulk-dialog .token")).to_have_count(1)
    page.keyboard.type("vip")
    press(page, "Control+Enter")
    says(page, "1 ticket is changed.")
    fresh(other)
    assert sorted(other.tags) == ["late", "vip"]


def test_a_row_that_a_colleague_changes_keeps_its_tick_and_the_focus(desk, world, ticket, other):
    page = desk.open("/desk/views/open/")
    press(page, "j", "j", "x")
    row = page.locator(f"#row-{ticket.pk}")
    expect(row).to_have_attribute("aria-selected", "true")
    set_tags(ticket, ["vip"], by=world.carlos)
    TicketFactory(queue=world.support, title="Newest")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('tick'))")
    expect(row).to_contain_text("vip")
    expect(row.locator("[type=checkbox]")).to_be_checked()
    expect(row).to_have_attribute("aria-selected", "true")
    expect(page.locator(f"#open-{ticket.pk}")).to_be_focused()
    expect(page.locator(".newbar")).to_contain_text("1 new ticket")
    expect(page.locator("[data-number]")).to_have_text("1 selected")


def test_the_focus_goes_to_the_next_row_when_its_own_leaves_the_list(desk, world, ticket, other):
    page = desk.open("/desk/views/unassigned/")
    press(page, "j")
    expect(page.locator(f"#open-{other.pk}")).to_be_focused()
    assign(other, world.carlos, by=world.carlos)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('tick'))")
    expect(page.locator(f"#row-{other.pk}")).to_have_count(0)
    expect(page.locator(f"#open-{ticket.pk}")).to_be_focused()


def test_all_of_a_list_is_selected_across_its_pages(desk, world, ticket, other, monkeypatch):
    monkeypatch.setattr("web.desk.views.lists.ROWS", 1)
    page = desk.open("/desk/views/open/")
    press(page, "Control+a")
    every = page.locator("[data-all]")
    expect(every).to_be_visible()
    every.locator("input").focus()
    press(page, "Space")
    expect(page.locator("[data-number]")).to_have_text("All of this list")
    press(page, "i")
    says(page, "2 tickets are yours now.")
    fresh(ticket, other)
    assert ticket.owner == other.owner == world.bea


def test_rows_of_a_view_are_built_by_keyboard(desk, world, ticket):
    page = desk.open("/desk/saved/new/")
    page.keyboard.type("Mine and mine alone")
    page.locator("#add-0").focus()
    press(page, "Enter")
    expect(page.locator("[id='field-0.1']")).to_be_focused()
    page.locator("[id='field-0.1']").select_option("owner")
    expect(page.locator("[id='value-0.1']")).to_be_visible()
    expect(page.locator("[id='field-0.1']")).to_be_focused()
    page.locator("[id='value-0.1']").select_option("me")
    expect(page.get_by_label("Name")).to_have_value("Mine and mine alone")
    page.get_by_label("Name").focus()
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("Mine and mine alone")
    assert SavedView.objects.get().condition["all"][1] == {"field": "owner", "is": {"me": True}}
