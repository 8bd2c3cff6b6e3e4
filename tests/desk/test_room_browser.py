"""Room for words: what is said in longer languages, or on narrow screens, is neither cut nor squeezed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.browsing import answering_browser, window

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
# How much of it does not fit, in pixels.
CUT = "node => node.scrollWidth - node.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with answering_browser() as running:
        yield running


@pytest.mark.parametrize("width", [1440, 1024])
@pytest.mark.parametrize(
    ("language", "said"), [("de", "An Dana Miller per E-Mail"), ("pt", "Para Dana Miller por e-mail")]
)
def test_the_composer_says_in_full_whom_it_goes_to(browser, world, ticket, bea, language, said, width):
    world.bea.language = language
    world.bea.save(update_fields=["language"])
    with window(browser, bea) as opened:
        opened.page.set_viewport_size({"width": width, "height": 900})
        to = (
            opened.open(f"/desk/tickets/{ticket.number}/")
            .locator(".composer--reply .composer__to, .composer__to")
            .first
        )
        expect(to).to_have_text(said)
        assert to.evaluate(CUT) <= 0


def test_on_a_phone_the_subject_of_a_ticket_has_the_line_to_itself(browser, world, ticket, bea):
    with window(browser, bea) as opened:
        opened.page.set_viewport_size({"width": 390, "height": 844})
        row = opened.open(f"/desk/people/{world.dana.pk}/").locator(f"#row-{ticket.pk}")
        subject, changed = row.locator("th").bounding_box(), row.locator("td").last.bounding_box()
        assert subject["width"] > 250
        assert changed["y"] >= subject["y"] + subject["height"]


@pytest.mark.parametrize("language", ["de", "pt"])
def test_the_narrowest_screen_has_room_for_every_section_and_ones_own_menu(browser, world, ticket, bea, language):
    world.bea.language = language
    world.bea.save(update_fields=["language"])
    with window(browser, bea) as opened:
        opened.page.set_viewport_size({"width": 320, "height": 700})
        for path in ("/desk/", f"/desk/tickets/{ticket.number}/"):
            page = opened.open(path)
            own = page.locator(".rail__me").bounding_box()
            assert own["x"] + own["width"] <= 320
            assert page.locator(".rail__me .avatar").bounding_box()["width"] > 20
            assert page.evaluate("document.documentElement.scrollWidth") == 320
