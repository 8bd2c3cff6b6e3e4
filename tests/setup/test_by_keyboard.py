"""The administration by keyboard alone: rights, tags, templates; two administrators at once."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.desk.browsing import Window, answering_browser, window
from tests.factories import TicketFactory
from tickets.actions.queues import save_queue
from tickets.grants import all_grants
from tickets.models import ReplyTemplate, Tag

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = ["home", "queues", "roles", "rights", "agents", "people", "tags", "fields", "field_new", "templates_new"]
PAGES += ["audit", "states", "matrix", "contents_new"]
MOST_TABS = 80


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with answering_browser() as running:
        yield running


@pytest.fixture
def setup(world, door, browser) -> Iterator[Window]:
    with window(browser, door) as opened:
        yield opened
        assert opened.troubles == []


def says(page: Page, words: str) -> None:
    expect(page.locator("#toasts .toast").filter(has_text=words).last).to_be_visible()


def tab_to(page: Page, selector: str) -> None:
    """Forward until it has the focus, as somebody without a mouse goes."""
    for _step in range(MOST_TABS):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached")


def test_a_placeholder_goes_where_the_cursor_was(setup, world):
    page = setup.open(reverse("setup:templates_new"))
    text = page.locator("[name=body]")
    text.fill("Dear , thanks")
    text.evaluate("field => field.setSelectionRange(5, 5)")
    tab_to(page, "placeholder-picker [popovertarget]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Find a placeholder")).to_be_focused()
    page.keyboard.type("first")
    page.keyboard.press("Enter")
    expect(text).to_have_value("Dear {{ customer.first_name }}, thanks")
    expect(text).to_be_focused()


def test_a_right_is_given(setup, world):
    page = setup.open(reverse("setup:rights"))
    page.keyboard.press("/")
    expect(page.locator(".page input[type=search]")).to_be_focused()
    box = f'[value="{world.billing_role.pk}:{world.hardware.pk}:read"]'
    tab_to(page, box)
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    says(page, "1 cell was changed.")
    expect(page.locator(box)).to_be_checked()
    assert all_grants()[world.billing_role.pk, world.hardware.pk] == {"read"}


def test_a_tag_gets_the_name_of_another_after_a_question(setup, world):
    TicketFactory(queue=world.support, tags=["bill", "invoice"])
    page = setup.open(reverse("setup:tags"))
    tab_to(page, f'[href="{reverse("setup:tag", args=[Tag.objects.get(name="bill").pk])}"]')
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("bill")
    tab_to(page, "#id_name")
    page.keyboard.press("Control+a")
    page.keyboard.type("invoice")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".banner--warn")).to_be_focused()
    tab_to(page, "[name=confirmed]")
    page.keyboard.press("Enter")
    says(page, "Saved: invoice")
    assert not Tag.objects.filter(name="bill").exists()


def test_a_template_is_tried_while_it_is_written(setup, world):
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    page = setup.open(reverse("setup:templates"))
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("New template")
    tab_to(page, "#id_name")
    page.keyboard.type("Thanks")
    tab_to(page, "#id_body")
    page.keyboard.type("Dear {{ customer.first_name }}, {{ ticket.title }}")
    tab_to(page, "#preview-ticket")
    page.keyboard.type(ticket.number)
    tab_to(page, "[name=preview]")
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_contain_text("Dear Dana, Printer hums")
    expect(page.locator("[name=preview]")).to_be_focused()
    expect(page.locator("#id_name")).to_have_value("Thanks")
    assert not ReplyTemplate.objects.exists()
    page.keyboard.press("Control+Enter")
    says(page, "Saved: Thanks")
    assert ReplyTemplate.objects.get().body == "Dear {{ customer.first_name }}, {{ ticket.title }}"


def test_the_chosen_tab_is_seen_where_not_all_fit(setup, world):
    setup.page.set_viewport_size({"width": 390, "height": 844})
    for name in ("accounts", "servers", "mail_rules"):
        page = setup.open(reverse(f"setup:{name}"))
        expect(page.locator(".tabs > [aria-current]").last).to_be_in_viewport(ratio=1)


def test_two_administrators_at_once(setup, world):
    page = setup.open(reverse("setup:queue", args=[world.billing.pk]))
    world.billing.description = "By a colleague"
    save_queue(world.billing, by=world.bea)
    tab_to(page, "#id_description")
    page.keyboard.type("By me")
    page.keyboard.press("Control+Enter")
    banner = page.locator(".banner--warn")
    expect(banner).to_be_focused()
    expect(banner).to_contain_text("By a colleague")
    expect(page.locator("#id_description")).to_have_value("By me")
    page.keyboard.press("Control+Enter")
    says(page, "Saved: Billing")
    world.billing.refresh_from_db()
    assert world.billing.description == "By me"
