"""The journey of an administrator: a queue, its address and who may see it, in the browser alone; mail works at once."""

import pytest
from playwright.sync_api import Page, expect

from tests.journey.installation import write
from tests.journey.pages.administration import Administration
from tests.journey.pages.desk import Lists

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.xdist_group("journey")]

QUEUE, ADDRESS = "Workshop", "workshop@demo.example"
SENDER, TITLE = "otto@walk.example", "Bent otter fork"


def does_not_list(page: Page, queue: str) -> None:
    page.goto("/desk/tickets/")
    expect(Lists(page).entry("Support")).to_be_visible()
    expect(Lists(page).entry(queue)).to_have_count(0)


def test_a_new_queue_takes_mail_at_once_and_shows_it_to_its_role(installation, signed_in):
    alex = signed_in("alex@demo.example")
    administration = Administration(alex.page)
    alex.page.goto("/admin/")
    alex.accessible()
    administration.open("Queues")
    alex.accessible()
    administration.new_queue(QUEUE)
    administration.fill_in_address(ADDRESS, "Demo Bikes Workshop")
    alex.accessible()
    administration.save("queue")
    expect(alex.page.get_by_role("heading", level=1)).to_have_text(QUEUE)

    # Mail works before anybody may see the queue; then a role may.
    letter = write(SENDER, ADDRESS, TITLE, "It is bent.")
    installation.mail(letter, sender=SENDER, recipient=ADDRESS)
    bea, carlos = signed_in("bea@demo.example"), signed_in("carlos@demo.example")
    does_not_list(bea.page, QUEUE)
    administration.open("Roles and rights")
    alex.accessible()
    administration.grant("Billing team", QUEUE, "Everything")
    alex.accessible()
    administration.open("Email")
    expect(alex.page.get_by_role("row", name=ADDRESS)).to_contain_text(QUEUE)
    alex.accessible()
    administration.open("Audit log")
    expect(alex.page.get_by_role("row").filter(has_text=QUEUE).first).to_be_visible()
    alex.accessible()

    # Bea is a member, Carlos is not.
    lists = Lists(bea.page)
    lists.open_queue(QUEUE)
    ticket = lists.open_ticket(TITLE)
    expect(ticket.message("It is bent.")).to_be_visible()
    does_not_list(carlos.page, QUEUE)
    assert carlos.context.request.get(f"/desk/tickets/{ticket.number}/").status == 404
    assert carlos.context.request.get("/admin/queues/").status == 404
