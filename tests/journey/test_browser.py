"""The journey in the browser: a mail becomes a ticket, is answered, and the customer answers back and closes it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journey.browser import Window
from tests.journey.installation import Installation, Received, until
from tests.journey.letters import BILL, with_everything
from tests.journey.pages.desk import Lists, Ticket
from tests.journey.pages.portal import Request, Requests
from tests.journey.pages.signing_in import choose_first_password

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.xdist_group("journey")]

# Milliseconds: less than the pause of the poll (static/js/live-tick.js), which would find it in the end without hints.
LIVE = 12_000
NIA = "nia@walk.example"
NAME = "Nia <i>Okoro</i>"  # shown as she writes it
TITLE = "Squeaking zebra pedal"
NOTE = "The crank, as with the last three zebras."
ANSWER = "Please tighten the crank as shown."
HISTORY = [
    (f"{NAME} opened the ticket", "by mail no. N"),
    ("Helpdesk sent an automatic email", "automatic reply"),
    ("Bea Costa added an internal note", "in the desk"),
    ("Bea Costa took the ticket", "in the desk"),
    ("Bea Costa answered by email", "in the desk"),
    ("Bea Costa set the status to “Open”", "in the desk"),
    ("Bea Costa set the status to “Waiting for customer” until …", "in the desk"),
    (f"{NAME} wrote through the portal", "in the portal"),
    (f"{NAME} set the status to “Open”", "in the portal"),
    (f"{NAME} closed it as “Solved”", "in the portal"),
]


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    path = tmp_path / "crank.txt"
    path.write_text("How the crank is built.\n")
    return path


def test_a_mail_is_answered_in_the_desk_and_the_customer_answers_back(installation, signed_in, open_window, drawing):
    bea = signed_in("bea@demo.example")
    arrives_while_she_looks(installation, bea)
    ticket = Lists(bea.page).open_ticket(TITLE)
    is_read(bea, ticket)
    is_worked_on(bea, ticket, drawing)
    receipt, _reply = has_reached_the_customer(installation, drawing)
    nia = open_window()
    request = is_seen_in_the_portal(nia, receipt)
    assert nia.context.request.get(f"/desk/tickets/{ticket.number}/").status == 404
    goes_on_between_both(request, ticket, drawing)
    is_told_in_the_history(bea, ticket)


def arrives_while_she_looks(installation: Installation, bea: Window) -> None:
    """The queue stands open, and the ticket appears in it although nobody reloads the page."""
    lists = Lists(bea.page)
    lists.open_queue("Support")
    bea.page.evaluate("window.neverReloaded = true")
    letter = with_everything(NIA, "support@demo.example", TITLE)
    installation.mail(letter, sender=NIA, recipient="support@demo.example")
    expect(lists.row(TITLE)).to_be_visible(timeout=LIVE)
    assert bea.page.evaluate("window.neverReloaded")
    bea.accessible()


def is_read(bea: Window, ticket: Ticket) -> None:
    """The picture stands in the text, the file beside it."""
    said = ticket.message("It squeaks")
    expect(said).to_be_visible()
    has_picture(bea.page)
    with bea.page.expect_download() as download:
        said.get_by_role("link", name="bill").click()
    assert download.value.path().read_bytes() == BILL
    bea.accessible()


def is_worked_on(bea: Window, ticket: Ticket, file: Path) -> None:
    """She writes to her colleagues, takes it, answers with a file and lets it wait."""
    ticket.add_note(NOTE)
    expect(ticket.message(NOTE)).to_have_class(re.compile("msg--note"))
    ticket.take()
    expect(ticket.head.get_by_text("Bea Costa")).to_be_visible()
    ticket.write_reply(ANSWER, file)
    bea.accessible()
    ticket.send_and("Send, keep open")
    expect(ticket.message(ANSWER)).to_be_visible()
    ticket.choose("Status", "Waiting for customer")
    expect(ticket.head.get_by_text("Waiting for customer")).to_be_visible()


def has_reached_the_customer(installation: Installation, file: Path) -> list[Received]:
    """A receipt, and the answer with its file; the note is in neither."""
    mails = until(lambda: len(sent := installation.sink.to(NIA)) == 2 and sent, what="the answer by mail")
    [attachment] = mails[1].message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == (file.name, file.read_text())
    assert ANSWER in mails[1].text
    assert not any(NOTE in str(mail.message) for mail in mails)
    return mails


def is_seen_in_the_portal(nia: Window, receipt: Received) -> Request:
    """By the link of the receipt to a password, and from there to the request, as customers may see it."""
    [link] = re.findall(r"http\S+/welcome/\S+", receipt.text)
    choose_first_password(nia.page, link, "a sentence about zebras")
    nia.accessible()
    request = Requests(nia.page).open(TITLE)
    expect(request.message(ANSWER)).to_be_visible()
    expect(request.messages).to_have_count(2)
    assert NOTE not in nia.page.content()
    expect(request.status).to_have_text("Waiting for you")
    has_picture(nia.page)
    nia.accessible()
    return request


def goes_on_between_both(request: Request, ticket: Ticket, file: Path) -> None:
    """She answers with a file, then it is solved; the agent sees both happen."""
    request.answer("It still squeaks, see the notes.", file)
    expect(request.message("It still squeaks").get_by_role("link", name=file.name)).to_be_visible()
    expect(ticket.message("It still squeaks")).to_be_visible()
    expect(ticket.head.get_by_text("Open", exact=True)).to_be_visible()
    request.say_it_is_solved()
    expect(request.status).to_have_text("Solved")
    expect(ticket.head.get_by_text("Solved")).to_be_visible()


def is_told_in_the_history(bea: Window, ticket: Ticket) -> None:
    """Everything, each with who and by which way."""
    ticket.show("History")
    told = [(re.sub(r" until .*", " until …", what), re.sub(r"\d+", "N", how)) for what, how in ticket.history()]
    assert told == HISTORY
    bea.accessible()
    ticket.show("Conversation")
    expect(ticket.message(ANSWER).get_by_text("Sent", exact=True)).to_be_visible()


def has_picture(page: Page) -> None:
    """Really, and not only its place."""
    picture = page.get_by_alt_text("The pedal")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 4)
