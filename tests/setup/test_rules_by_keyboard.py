"""Rules by keyboard alone: one is written, tried and published; two change places."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from automation.models import Rule
from automation.ruling import save_rule
from tests.desk.browsing import Window, answering_browser, window
from tests.factories import TicketFactory
from tests.setup.test_by_keyboard import says, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with answering_browser() as running:
        yield running


@pytest.fixture
def setup(world, door, browser) -> Iterator[Window]:
    with window(browser, door) as opened:
        yield opened
        assert opened.troubles == []


def test_a_rule_is_written_tried_and_published(setup, world):
    TicketFactory(title="An outage again", queue=world.support, customer=world.dana)
    page = setup.open(reverse("setup:rule_new"))
    expect(page.locator("#id_name")).to_be_focused()
    page.keyboard.type("Outages")
    # an event, by the first letters of its name
    tab_to(page, "#happenings-add")
    page.keyboard.press("Enter")
    expect(page.locator("#happenings-menu [role=menuitem]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#happenings")).to_contain_text("A ticket is opened")
    expect(page.locator("#happenings-add")).to_be_focused()
    expect(page.locator("#told")).to_contain_text("When a ticket is opened")
    # a condition
    tab_to(page, "#add-0")
    page.keyboard.press("Enter")
    field = page.locator("[id='field-0.0']")
    expect(field).to_be_focused()
    field.select_option("title")
    operator = page.locator("[id='op-0.0']")
    expect(operator).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "POST"):  # the row comes anew
        operator.select_option("contains")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.locator("[id='value-0.0']").fill("outage")
    # two effects, the second moved above the first
    for name, asked in (("add tag", "effects0-tags"), ("add spam", "")):
        tab_to(page, "#effects-add")
        page.keyboard.press("Enter")
        page.locator(f"#effects-menu [value='{name}']").focus()
        page.keyboard.press("Enter")
        if asked:
            expect(page.locator(f"#id_{asked}")).to_be_focused()
            page.keyboard.type("seen, outage")
    expect(page.locator("#effects-said")).to_have_text("Mark as spam was added as number 2.")
    expect(page.locator("#effects-1")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#effects-said")).to_have_text("Mark as spam is number 1 of 2 now.")
    expect(page.locator("#effects-0-up")).to_be_focused()
    expect(page.locator("#told")).to_contain_text("Mark it as spam; Add the tags seen, outage")
    tab_to(page, "#effects-0-drop")
    page.keyboard.press("Enter")
    expect(page.locator("#effects-said")).to_have_text("Mark as spam was removed.")
    expect(page.locator("#effects-0-drop")).to_be_focused()
    # the past, and then for good
    tab_to(page, "[name=preview]")
    page.keyboard.press("Enter")
    expect(page.locator("#tried .tried__count")).to_contain_text("1 of 1 ticket looked at")
    tab_to(page, "[name=publish]")
    page.keyboard.press("Enter")
    says(page, "Outages is active from now on.")
    rule = Rule.objects.get()
    assert rule.condition == {"all": [{"field": "title", "contains": "outage"}]}
    assert rule.effects == [{"do": "tag", "tags": ["seen", "outage"]}]


def test_a_rule_moves_and_the_button_keeps_the_focus(setup, world):
    for name in ("First", "Second"):
        save_rule(Rule(name=name, events=["opened"], effects=[{"do": "spam"}]), [], by=world.alex)
    page = setup.open(reverse("setup:rules"))
    button = f"#up-{Rule.objects.get(name='Second').pk}"
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page.locator("#rules tbody th a")).to_have_text(["Second", "First"])
    expect(page.locator(button)).to_be_focused()
