"""Service levels and calendars by keyboard alone: drawn while one types, rows that keep the focus."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from sla.configuring import save_calendar, save_policy
from sla.models import Calendar, Policy, Target
from tests.desk.browsing import Window, answering_browser, window
from tests.factories import TicketFactory
from tests.setup.test_by_keyboard import says, tab_to
from tests.sla.conftest import HOUR, OFFICE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with answering_browser() as running:
        yield running


@pytest.fixture
def office(world) -> Calendar:
    return save_calendar(Calendar(name="Office", zone="UTC", hours=OFFICE, is_default=True), by=world.alex)


@pytest.fixture
def levels(world, office) -> list[Policy]:
    goals = [Target(kind="solution", seconds=HOUR)]
    return [
        save_policy(Policy(name=name, position=index, condition={"all": []}), goals, by=world.alex)
        for index, name in enumerate(("Gold", "Silver", "Bronze"), start=1)
    ]


@pytest.fixture
def setup(world, door, browser) -> Iterator[Window]:
    with window(browser, door) as opened:
        yield opened
        assert opened.troubles == []


def test_the_week_follows_what_is_typed(setup, office):
    page = setup.open(reverse("setup:calendar", args=[office.pk]))
    expect(page.locator("#week")).to_contain_text("40 h per week")
    tab_to(page, "#to-mon-0")
    page.keyboard.press("Control+a")
    page.keyboard.type("13")
    page.keyboard.press("Tab")
    expect(page.locator("#week")).to_contain_text("36 h per week")
    expect(page.locator("#to-mon-0")).to_have_value("13")
    tab_to(page, "#add-mon")
    page.keyboard.press("Enter")
    expect(page.locator("#from-mon-1")).to_be_focused()
    page.keyboard.type("14")
    page.keyboard.press("Tab")
    page.keyboard.type("16")
    tab_to(page, "#copy-mon")
    page.keyboard.press("Enter")
    expect(page.locator("#week")).to_contain_text("30 h per week")
    expect(page.locator("#copy-mon")).to_be_focused()
    tab_to(page, "#id_country")
    page.keyboard.type("Germ")
    expect(page.locator("#coming")).to_contain_text("public holiday")
    expect(page.locator("#id_region")).to_be_enabled()
    tab_to(page, "#add-day")
    page.keyboard.press("Enter")
    expect(page.locator("#own-day-0")).to_be_focused()
    page.locator("#own-day-0").fill("2030-01-02")
    page.keyboard.press("Control+Enter")
    says(page, "Saved: Office")
    office.refresh_from_db()
    assert office.hours == {day: [["09:00", "13:00"], ["14:00", "16:00"]] for day in OFFICE}
    assert (office.country, list(office.own_days)) == ("DE", ["2030-01-02"])


def test_a_target_is_tried(setup, office):
    page = setup.open(reverse("setup:calendar", args=[office.pk]))
    page.locator("#try-start").fill("2026-03-02T15:00")
    tab_to(page, "#try-span")
    page.keyboard.press("Control+a")
    page.keyboard.type("4 h")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#trial")).to_contain_text("11:00")
    office.refresh_from_db()
    assert office.hours == OFFICE


def test_a_level_moves_and_the_button_keeps_the_focus(setup, levels):
    page = setup.open(reverse("setup:slas"))
    button = f"#up-{levels[2].pk}"
    tab_to(page, button)
    for names in (["Gold", "Bronze", "Silver"], ["Bronze", "Gold", "Silver"]):
        page.keyboard.press("Enter")
        expect(page.locator("#slas tbody th")).to_have_text(names)
        expect(page.locator(button)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#slas tbody th")).to_have_text(["Gold", "Bronze", "Silver"])
    expect(page.locator(f"#down-{levels[2].pk}")).to_be_focused()


def test_a_level_is_written_tried_and_saved(setup, world, office):
    TicketFactory(queue=world.support, customer=world.dana)
    page = setup.open(reverse("setup:sla_new"))
    expect(page.locator("#id_name")).to_be_focused()
    page.keyboard.type("Gold")
    tab_to(page, "#add-0")
    page.keyboard.press("Enter")
    field = page.locator("[id='field-0.0']")
    expect(field).to_be_focused()
    field.select_option("queue")
    page.locator("[id='value-0.0']").select_option(str(world.billing.pk))
    tab_to(page, "#t-solution-0")
    page.keyboard.type("2 d")
    tab_to(page, "[name=preview]")
    page.keyboard.press("Enter")
    expect(page.locator("#past")).to_contain_text("promised to 0 of 1 ticket")
    page.keyboard.press("Control+Enter")
    says(page, "Saved: Gold")
    policy = Policy.objects.get()
    assert policy.condition == {"all": [{"field": "queue", "is": world.billing.pk}]}
    assert policy.targets.get().seconds == 16 * HOUR
