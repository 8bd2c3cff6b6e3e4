"""Long forms in a browser: what was typed is not lost by a slip."""

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Dialog, expect

from automation.models import Rule
from automation.ruling import publish, save_rule
from tests.desk.browsing import Window, answering_browser, window

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


def test_what_was_typed_is_asked_about_before_it_is_lost(setup, world):
    rule = Rule(name="Outages", events=["opened"], effects=[{"do": "tag", "tags": ["seen"]}])
    rule = publish(save_rule(rule, [], by=world.alex), by=world.alex)
    page = setup.open(reverse("setup:rule", args=[rule.pk]))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    # what is only tried out is not asked about
    page.locator("#past-days").select_option("7")
    page.locator("#id_name").press("End")
    page.locator("#id_name").press_sequentially(" 2")
    with page.expect_event("dialog"):
        page.locator(f"#main a[href='{reverse('setup:rules')}']").first.click()
    assert asked == ["beforeunload"]
    expect(page.locator("#id_name")).to_have_value("Outages 2")
    # the button beside the form offers to save at the same go
    page.locator("#switch button").click()
    dialog = page.locator("#unsaved")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Go on editing").click()
    expect(dialog).to_be_hidden()
    page.locator("#switch button").click()
    dialog.get_by_role("button", name="Save and pause").click()
    expect(page.locator("h1")).to_contain_text("Paused")
    rule.refresh_from_db()
    assert (rule.name, rule.status) == ("Outages 2", "paused")
    # to discard is to leave
    page.locator("#id_name").press("End")
    page.locator("#id_name").press_sequentially(" 3")
    page.locator(".savebar a").click()
    expect(page).to_have_url(re.compile(f"{reverse('setup:rules')}$"))
    assert asked == ["beforeunload"]
    assert Rule.objects.get().name == "Outages 2"
