"""Guided mode: the next ticket, why it is this one, what is done with it, and the next one."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mail.models import Outgoing
from tests.desk.conftest import customer_writes, part, put, text_of
from tests.factories import AgentFactory, CustomerFactory, TicketFactory, role
from tickets.actions.fields import set_title
from tickets.actions.progress import set_priority
from tickets.actions.replying import add_note, reply
from tickets.actions.routing import assign, lock
from tickets.messages import Message
from tickets.models import Draft, FieldDefinition, Priority, Skip, Ticket

GUIDED = "/desk/next/"


def act(browser: Client, ticket: Ticket, what: str, **data):
    to = {"to": ticket.customer.email} if what == "answer" else {}
    return browser.post(f"{GUIDED}{ticket.number}/{what}/", to | data)


def in_hand(browser: Client) -> str:
    """The number of the ticket that the page shows; empty when there is none."""
    shown = re.search(r"/desk/next/(\d+)/skip/", text_of(browser.get(GUIDED)))
    return shown[1] if shown else ""


def begin(browser: Client) -> str:
    assert browser.post(f"{GUIDED}take/")["Location"] == GUIDED
    return in_hand(browser)


@pytest.fixture
def urgent(world, ticket):
    """Newer than the other one, and more important."""
    found = TicketFactory(queue=world.support, customer=world.erik, title="Nothing works")
    set_priority(found, Priority.objects.get(level=5), by=world.bea)
    return found


def test_it_begins_with_a_click_and_says_why_it_is_this_one(bea, world, ticket, urgent):
    assert "2 tickets wait" in text_of(bea.get(GUIDED))
    assert Ticket.objects.filter(owner__isnull=False).count() == 0
    assert begin(bea) == urgent.number
    shown = text_of(bea.get(GUIDED))
    assert "Nothing works" in shown
    assert "Its priority is “Very high”." in shown
    assert "It hums, blinks twice and then stops." in shown
    assert "Printer hums" in shown  # what comes after this
    urgent.refresh_from_db()
    assert (urgent.owner, urgent.is_locked) == (world.bea, True)


def test_what_is_in_hand_stays_there(bea, world, ticket, urgent):
    begin(bea)
    assert begin(bea) == urgent.number
    ticket.refresh_from_db()
    assert ticket.owner is None


def test_what_is_held_comes_first_after_another_sign_in(bea, world, signed_in, ticket, urgent):
    begin(bea)
    again = signed_in(world.bea)
    assert in_hand(again) == begin(again) == urgent.number
    shown = text_of(again.get(GUIDED))
    assert "It is yours." in shown
    assert "It was given to you." not in shown
    ticket.refresh_from_db()
    assert ticket.owner is None
    act(again, urgent, "solve")
    assert in_hand(again) == ticket.number


def test_what_was_locked_on_its_own_page_is_held_as_long_as_it_is_to_be_worked(bea, world, ticket, urgent):
    lock(ticket, by=world.bea)
    assert in_hand(bea) == ticket.number
    act(bea, ticket, "skip", reason="time")
    assert in_hand(bea) == urgent.number
    lock(ticket, by=world.bea)
    act(bea, urgent, "solve")
    assert in_hand(bea) == ""  # passed over, so not again before its time
    Skip.objects.all().delete()
    assert in_hand(bea) == ticket.number
    put(ticket, "pending reminder", by=world.bea)
    assert in_hand(bea) == ""


def test_the_start_page_leads_to_what_is_held(bea, world, ticket):
    lock(ticket, by=world.bea)
    assert "Take one after the other" in text_of(bea.get("/desk/"))


def test_an_answer_leaves_and_the_next_ticket_comes(bea, world, ticket, urgent):
    begin(bea)
    assert act(bea, urgent, "answer", text="Is it plugged in?", then="wait")["Location"] == GUIDED
    urgent.refresh_from_db()
    assert urgent.articles.latest("id").body == "Is it plugged in?"
    assert (urgent.state.type, urgent.owner, urgent.is_locked) == ("pending_reminder", world.bea, False)
    assert [r["address"] for r in Outgoing.objects.latest("id").recipients] == ["erik@globex.example"]
    assert in_hand(bea) == ticket.number
    assert "1 done in" in text_of(bea.get(GUIDED))


def test_an_empty_answer_is_refused_and_stays(bea, world, ticket):
    begin(bea)
    answer = act(bea, ticket, "answer", text="  ")
    assert answer.status_code == 422
    assert ticket.articles.filter(sender="agent").count() == 0
    assert in_hand(bea) == ticket.number


def test_an_answer_is_not_sent_over_what_came_meanwhile(bea, world, ticket):
    begin(bea)
    seen = ticket.articles.latest("id")
    customer_writes(ticket, "It works again.")
    answer = act(bea, ticket, "answer", text="Have you tried this?", based_on=seen.pk)
    assert answer.status_code == 409
    assert "Have you tried this?" in text_of(answer)
    assert "It works again." in text_of(answer)
    assert ticket.articles.filter(sender="agent").count() == 0


def test_an_answer_waits_as_long_as_the_agent_may_take_it_back(bea, world, ticket):
    world.bea.undo_seconds = 30
    world.bea.save()
    begin(bea)
    act(bea, ticket, "answer", text="Hello")
    article = ticket.articles.latest("id")
    assert 25 < (article.send_at - article.created_at).total_seconds() <= 30


def test_the_box_is_that_of_the_ticket(bea, world, ticket):
    """Drafts, files and copies, templates, pictures, questions before it leaves."""
    begin(bea)
    draft = f"/desk/tickets/{ticket.number}/drafts/reply/"
    bea.post(draft, {"text": "Dear Dana,"})
    page = text_of(bea.get(GUIDED))
    assert "Dear Dana,</textarea>" in page
    for place in (draft, "/wordings/", "/people/", "/pictures/", 'name="cc"', 'name="files"', "Send and close"):
        assert place in page
    assert 'data-wake="note"' not in page
    asked = act(bea, ticket, "answer", text="The form is attached.")
    assert asked.status_code == 422
    assert "there is none" in text_of(asked)
    file = SimpleUploadedFile("form.pdf", b"%PDF-1.4", content_type="application/pdf")
    sent = {"text": "The form is attached.", "html": "<p>The <b>form</b> is attached.</p>", "files": file}
    act(bea, ticket, "answer", cc="erik@globex.example", **sent)
    article = ticket.articles.latest("id")
    assert article.html == "<p>The <b>form</b> is attached.</p>"
    assert [one["address"] for one in article.cc] == ["erik@globex.example"]
    assert article.attachments.get().name == "form.pdf"
    assert not Draft.objects.exists()


def test_with_script_the_box_alone_comes_back(bea, world, ticket):
    begin(bea)
    url = f"{GUIDED}{ticket.number}/answer/"
    empty = part(bea, url, {"text": "", "to": "dana@acme.example"})
    assert empty.status_code == 422
    assert "<html" not in text_of(empty)
    assert f'hx-post="{url}"' in text_of(empty)
    seen = ticket.articles.latest("id").pk
    customer_writes(ticket, "It works again.")
    sent = {"text": "Have you tried this?", "to": "dana@acme.example", "based_on": seen}
    stale = part(bea, url, sent)
    assert stale.status_code == 409
    assert "It works again." in text_of(stale)
    assert f"/desk/tickets/{ticket.number}/#a-" in text_of(stale)
    sent["anyway"] = ticket.articles.latest("id").pk
    assert part(bea, url, sent).headers["HX-Redirect"] == GUIDED
    assert ticket.articles.latest("id").body == "Have you tried this?"


def test_what_was_done_can_be_taken_back_from_the_next_page(bea, world, ticket, urgent):
    begin(bea)
    act(bea, urgent, "answer", text="Is it plugged in?")
    back = re.search(r'action="(/desk/articles/\d+/take-back/)"', text_of(bea.get(GUIDED)))[1]
    assert bea.post(back)["Location"] == f"/desk/tickets/{urgent.number}/#composer"
    assert "Is it plugged in?</textarea>" in text_of(bea.get(f"/desk/tickets/{urgent.number}/"))
    act(bea, ticket, "solve")
    undo = re.search(r'action="(/desk/tickets/\d+/changes/\d+/undo/)"', text_of(bea.get(GUIDED)))[1]
    bea.post(undo)
    ticket.refresh_from_db()
    assert ticket.state.name == "new"


def test_solved_is_closed(bea, world, ticket, urgent):
    begin(bea)
    act(bea, urgent, "solve")
    urgent.refresh_from_db()
    assert (urgent.state.type, urgent.is_locked) == ("closed", False)
    assert in_hand(bea) == ticket.number


def test_what_closing_needs_is_named(bea, world, ticket):
    FieldDefinition.objects.create(key="cause", label="Cause", kind="text", to_close=True)
    begin(bea)
    answer = act(bea, ticket, "solve")
    assert answer.status_code == 422
    assert "fill in: Cause" in text_of(answer)
    ticket.refresh_from_db()
    assert ticket.is_open


def test_somebody_who_was_faster_is_named(bea, world, ticket):
    begin(bea)
    ticket.refresh_from_db()
    seen = ticket.version
    put(ticket, "pending reminder", by=world.carlos)
    answer = act(bea, ticket, "solve", seen=seen)
    assert answer.status_code == 409
    assert "Carlos Díaz" in text_of(answer)
    ticket.refresh_from_db()
    assert ticket.is_open


@pytest.mark.parametrize(("days", "status"), [("7", 302), ("8", 422), ("", 422)])
def test_later_waits_so_many_days(bea, world, ticket, days, status):
    begin(bea)
    assert act(bea, ticket, "later", days=days).status_code == status
    ticket.refresh_from_db()
    assert (ticket.state.type == "pending_reminder") == (status == 302)


def test_passed_on_with_a_note(bea, world, ticket):
    begin(bea)
    act(bea, ticket, "pass-on", owner=world.carlos.pk, note="You know this printer.")
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.is_locked) == (world.carlos, False)
    note = ticket.articles.latest("id")
    assert (note.body, note.visible_to_customer) == ("You know this printer.", False)
    assert in_hand(bea) == ""


def test_only_to_people_who_may_see_it(bea, world):
    invoice = TicketFactory(queue=world.billing, customer=world.dana)
    begin(bea)
    assert act(bea, invoice, "pass-on", owner=world.carlos.pk).status_code == 422
    invoice.refresh_from_db()
    assert invoice.owner == world.bea


def test_skipping_needs_a_reason_and_gives_the_ticket_back(bea, carlos, world, ticket, urgent):
    begin(bea)
    assert act(bea, urgent, "skip").status_code == 422
    assert in_hand(bea) == urgent.number
    act(bea, urgent, "skip", reason="knowledge")
    urgent.refresh_from_db()
    assert (urgent.owner, urgent.is_locked) == (None, False)
    assert Skip.objects.get().reason == "It needs somebody who knows more about this"
    assert in_hand(bea) == ticket.number
    assert begin(carlos) == urgent.number
    act(bea, ticket, "skip", other="I wrote this manual")
    assert Skip.objects.latest("id").reason == "I wrote this manual"
    assert "Nothing waits" in text_of(bea.get(GUIDED))


def test_stopping_gives_back_what_was_not_worked_on(bea, world, ticket):
    begin(bea)
    assert bea.post(f"{GUIDED}stop/")["Location"] == "/desk/"
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.is_locked) == (None, False)
    assert in_hand(bea) == ""


def test_stopping_keeps_what_the_agent_has_written_in(bea, world, ticket):
    begin(bea)
    add_note(ticket, Message(text="I am asking the maker."), by=world.bea)
    bea.post(f"{GUIDED}stop/")
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.is_locked) == (world.bea, False)


def test_a_customer_who_answers_comes_back_to_the_same_agent(bea, carlos, world, ticket):
    assign(ticket, world.bea, by=world.bea)
    reply(ticket, Message(text="Is it plugged in?"), by=world.bea)
    assert begin(bea) == ""
    customer_writes(ticket, "It is.")
    assert begin(carlos) == ""
    assert begin(bea) == ticket.number
    assert "the customer has answered" in text_of(bea.get(GUIDED))
    act(bea, ticket, "skip", reason="time")
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.is_locked) == (world.bea, False)


def test_two_agents_get_different_tickets(bea, carlos, world, ticket, urgent):
    assert {begin(bea), begin(carlos)} == {ticket.number, urgent.number}


def test_the_note_a_colleague_left_is_shown(bea, world, ticket):
    add_note(ticket, Message(text="Paper tray is broken."), by=world.carlos)
    begin(bea)
    shown = text_of(bea.get(GUIDED))
    assert "Carlos Díaz left a note" in shown
    assert "Paper tray is broken." in shown


def test_T48_hidden_tickets_change_neither_counts_nor_what_comes_next(carlos, world, ticket):
    before = text_of(carlos.get(GUIDED))
    for _number in range(3):
        hidden = TicketFactory(queue=world.billing, customer=world.dana, title="Xylophone")
        set_priority(hidden, Priority.objects.get(level=5), by=world.bea)
    plain = re.compile(r'csrfmiddlewaretoken" value="[^"]+|X-CSRFToken":"[^"]+')
    assert plain.sub("", before) == plain.sub("", text_of(carlos.get(GUIDED)))
    assert begin(carlos) == ticket.number
    assert "Xylophone" not in text_of(carlos.get(GUIDED))
    for what in ("answer", "solve", "later", "pass-on", "skip"):
        assert act(carlos, hidden, what, text="x", days="1", reason="time").status_code == 404


def test_in_a_guided_queue_tickets_are_given_not_chosen(world, signed_in):
    world.billing.is_guided = True
    world.billing.save()
    agent = AgentFactory()
    role("Billing takers", agent, owner=world.billing)
    browser = signed_in(agent)
    first = TicketFactory(queue=world.billing, customer=world.dana)
    other = TicketFactory(queue=world.billing, customer=world.erik)
    answer = browser.post(f"/desk/tickets/{other.number}/take/")
    assert answer.status_code == 422
    assert "guided" in text_of(answer).lower()
    other.refresh_from_db()
    assert other.owner is None
    assert begin(browser) == first.number


def test_the_page_costs_the_same_for_many(bea, world, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            assert bea.get(GUIDED).status_code == 200
        return len(counted)

    begin(bea)
    bea.get(GUIDED)
    before = cost()
    for _number in range(6):
        TicketFactory(queue=world.support, customer=CustomerFactory())
        AgentFactory().groups.add(world.support_role)
    customer_writes(ticket, "Hello?")
    assert cost() == before <= 24


def test_who_may_not_write_is_told_so(world, signed_in, ticket):
    agent = AgentFactory()
    role("Takers", agent, owner=world.support)
    browser = signed_in(agent)
    assert begin(browser) == ticket.number
    assert "but not answer them" in text_of(browser.get(GUIDED))
    assert act(browser, ticket, "answer", text="Hello").status_code == 404


def test_a_renamed_ticket_is_no_conflict(bea, world, ticket):
    begin(bea)
    ticket.refresh_from_db()
    seen = ticket.version
    set_title(ticket, "Printer blinks", by=world.carlos)
    assert act(bea, ticket, "solve", seen=seen).status_code == 302
