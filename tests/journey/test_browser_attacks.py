"""What strangers write cannot act in the browser of whoever reads it: agent, customer, or recipient of our mail."""

import pytest
from playwright.sync_api import Page, expect

from tests.core.xss import PAYLOADS
from tests.journey.installation import until
from tests.journey.letters import with_all_attacks
from tests.journey.pages.desk import Lists
from tests.journey.pages.portal import Requests

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.xdist_group("journey")]

DANA = "dana@acme.example"
TITLE = "Hostile okapi"
QUOTED = "<img src=x onerror=alert(1)><script>alert(1)</script>"
# Whatever in a message could do something, or look like a part of the page around it.
ALIVE = """[...document.querySelectorAll(".prose *")].filter((element) =>
    element.matches("script, style, link, meta, base, iframe, object, embed, form, input, button, svg, math, video, audio")
    || [...element.attributes].some(({ name, value }) =>
        /^(on|style$|class$|id$|hx-|data-|srcset$)/.test(name) || /^\\W*(javascript|vbscript|data):/i.test(value))
).map((element) => element.outerHTML)"""


def shows_words_only(page: Page) -> None:
    """Nearly every payload of the corpus stands there (a few take their own number along), and none of them acts."""
    last = page.get_by_text(f"No. {len(PAYLOADS) - 1}.", exact=True)
    expect(last).to_be_visible()
    last.scroll_into_view_if_needed()
    assert page.get_by_text("No. ").filter(visible=True).count() > max(300, len(PAYLOADS) * 0.95)
    assert page.evaluate(ALIVE) == []


def test_T01_hostile_mail_is_words_only_in_desk_portal_and_mail(installation, signed_in, open_window):
    """The windows themselves note dialogs, scripts, requests to elsewhere and refusals of the policy."""
    letter = with_all_attacks(DANA, "support@demo.example", TITLE)
    installation.mail(letter, sender=DANA, recipient="support@demo.example")
    carlos = signed_in("carlos@demo.example")
    lists = Lists(carlos.page)
    lists.open_queue("Support")
    ticket = lists.open_ticket(TITLE)
    shows_words_only(carlos.page)

    # Even untouched it is shown behind a wall of its own.
    with carlos.page.expect_popup() as original:
        ticket.show_original()
    expect(original.value.get_by_text("No. 0.", exact=True)).to_be_visible()
    assert original.value.evaluate("origin") == "null"

    ticket.write_reply(f"Nice try: {QUOTED}")
    ticket.send()
    reply = until(lambda: [mail for mail in installation.sink.to(DANA) if "Nice try" in mail.text], what="the reply")[0]
    reader = open_window().page
    reader.set_content(reply.html)
    expect(reader.get_by_text(QUOTED)).to_be_visible()

    dana = signed_in(DANA)
    dana.page.goto("/portal/")
    Requests(dana.page).open(TITLE)
    shows_words_only(dana.page)
