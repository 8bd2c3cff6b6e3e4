"""One request: what is read, who may read it, answering, closing, reopening."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import PersonFactory, TicketFactory
from tests.portal.conftest import answered, closed, state
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, reply, send_automatic
from tickets.messages import File, Message
from tickets.models import Article, Event, Ticket
from tickets.models.queue import FollowUp

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


def path(ticket: Ticket, rest: str = "") -> str:
    return f"/portal/requests/{ticket.number}/{rest}"


def page(client: Client, ticket: Ticket, query: str = "") -> str:
    answer = client.get(path(ticket) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, ticket: Ticket, text: str = "Here is more.", rest: str = "answer/", **more):
    headers = more.pop("headers", {})
    return client.post(path(ticket, rest), {"text": text, "submission": str(uuid.uuid4()), **more}, headers=headers)


def customer_articles(ticket: Ticket) -> list[str]:
    written = ticket.articles.filter(sender="customer")
    return list(written.values_list("body", flat=True))


# ---- reading


def test_the_conversation_shows_what_was_said_to_and_by_the_customer(world, dana, ticket):
    add_note(ticket, Message(text="An internal word"), by=world.bea)
    reply(ticket, Message(text="Is it <b>plugged</b> in?"), by=world.bea)
    text = page(dana, ticket)
    assert "It hums and blinks." in text
    assert "Is it &lt;b&gt;plugged&lt;/b&gt; in?" in text
    assert "An internal word" not in text
    assert "<b>You</b>" in text
    assert "<b>Bea from Helpdesk</b>" in text
    assert "Bea Costa" not in re.sub(r'<span class="avatar.*?</span>', "", text)


def test_receipts_stay_out_because_their_links_are_personal(world, signed_in, drain):
    person = PersonFactory(email="new@acme.example", is_customer=True)
    ticket = TicketFactory(queue=world.support, customer=person, channel="web", body="Hello")
    assert "/welcome/" in ticket.articles.get(sender="system").body
    assert "/welcome/" not in page(signed_in(person), ticket)


def test_files_are_listed_and_those_of_notes_are_not(world, dana, ticket):
    reply(ticket, Message(text="See", files=[File("plan.pdf", "application/pdf", b"%PDF-1")]), by=world.bea)
    add_note(ticket, Message(text="n", files=[File("secret.pdf", "application/pdf", b"%PDF-2")]), by=world.bea)
    text = page(dana, ticket)
    assert "plan.pdf" in text
    assert "secret.pdf" not in text


def test_a_long_conversation_is_short_first(world, dana, ticket, queries):
    for number in range(12):
        reply(ticket, Message(text=f"Word {number:02}"), by=world.bea)
    text = page(dana, ticket)
    assert re.findall(r"Word \d\d", text) == ["Word 08", "Word 09", "Word 10", "Word 11"]
    assert "8 more messages" in text
    assert len(re.findall(r"Word \d\d", page(dana, ticket, "?all"))) == 12


def test_a_page_costs_the_same_with_many_messages(world, dana, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            page(dana, ticket, "?all")
        return len(counted)

    reply(ticket, Message(text="a", files=[File("a.txt", "text/plain", b"a")]), by=world.bea)
    few = cost()
    for number in range(15):
        files = [File(f"{number}.txt", "text/plain", b"x")]
        reply(ticket, Message(text="b", files=files), by=world.bea)
    assert cost() == few
    assert few <= 13


# ---- who may


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("rest", ["", "answer/", "solved/"])
def test_T42_other_peoples_requests_and_unknown_numbers_look_alike(world, dana, ticket, method, rest):
    theirs = TicketFactory(queue=world.support, customer=world.erik)
    version = theirs.version
    if (method, rest) in (("get", "answer/"), ("get", "solved/"), ("post", "")):
        assert getattr(dana, method)(path(theirs, rest)).status_code == 405
        return
    form = {"text": "Hello"} if method == "post" else {}
    answers = [
        getattr(dana, method)(f"/portal/requests/{number}/{rest}", form)
        for number in (theirs.number, "99999999", "abc", "%27%20or%201=1", "９")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    theirs.refresh_from_db()
    assert theirs.version == version


def test_T42_files_of_notes_and_of_others_are_not_there(world, dana, erik, ticket):
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    note = add_note(ticket, Message(text="n", files=[File("n.png", "image/png", png)]), by=world.bea)
    public = reply(ticket, Message(text="p", files=[File("p.png", "image/png", png)]), by=world.bea)
    hidden, shown = note.attachments.get(), public.attachments.get()
    nothing = {client: client.get(f"/files/{uuid.uuid4()}/") for client in (dana, erik)}
    assert {answer.status_code for answer in nothing.values()} == {404}
    for rest in ("", "inline/"):
        for client, file in ((dana, hidden), (erik, hidden), (erik, shown)):
            answer = client.get(f"/files/{file.uuid}/{rest}")
            assert (answer.status_code, answer.content) == (404, nothing[client].content)
        assert dana.get(f"/files/{shown.uuid}/{rest}").status_code == 200
    assert Client().get(f"/files/{shown.uuid}/").status_code == 302


def test_T42_the_live_stream_of_others_is_not_there(dana, erik, ticket):
    assert dana.get("/live-address/", {"ticket": ticket.number}).status_code == 200
    assert erik.get("/live-address/", {"ticket": ticket.number}).status_code == 404


def test_a_removed_request_is_not_there(world, dana, ticket):
    set_state(ticket, state("removed"), by=world.bea)
    assert dana.get(path(ticket)).status_code == 404


def test_a_merged_request_leads_to_the_one_it_went_into_or_nowhere(world, dana, ticket):
    mine = TicketFactory(queue=world.support, customer=world.dana)
    theirs = TicketFactory(queue=world.support, customer=world.erik)
    ticket.merged_into, ticket.state, ticket.closed_at = mine, state("merged"), ticket.created_at
    ticket.save()
    assert dana.get(path(ticket))["Location"] == path(mine)
    send(dana, ticket, "Still me")
    assert customer_articles(mine)[-1] == "Still me"
    ticket.merged_into = theirs
    ticket.save()
    assert dana.get(path(ticket)).status_code == 404
    assert send(dana, ticket, "Still me").status_code == 404
    assert customer_articles(theirs) == ["It hums, blinks twice and then stops."]


def test_nobody_is_sent_to_sign_in_first(ticket):
    assert Client().get(path(ticket))["Location"].startswith("/login/?next=")
    assert send(Client(), ticket)["Location"].startswith("/login/?next=")
    assert ticket.articles.filter(sender="customer").count() == 1


@pytest.mark.parametrize("rest", ["answer/", "solved/"])
def test_T74_happenings_refuse_get_and_forms_without_a_token(world, ticket, rest):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.dana)
    events = ticket.events.count()
    assert client.get(path(ticket, rest)).status_code == 405
    assert send(client, ticket, rest=rest).status_code == 403
    page = client.get(path(ticket)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    origin = {"origin": "https://evil.example"}
    assert send(client, ticket, rest=rest, csrfmiddlewaretoken=token, headers=origin).status_code == 403
    assert ticket.events.count() == events
    assert send(client, ticket, rest=rest, csrfmiddlewaretoken=token).status_code == 302


# ---- answering


def test_an_answer_joins_the_conversation_and_wakes_the_ticket(world, dana, ticket):
    answered(ticket, "Which one?", by=world.bea)
    assert send(dana, ticket, "The left one.")["Location"] == path(ticket)
    ticket.refresh_from_db()
    article = ticket.articles.last()
    assert (article.body, article.channel, article.sender) == ("The left one.", "web", "customer")
    assert article.sent_from == {"name": "Dana Miller", "address": "dana@acme.example"}
    assert (ticket.state.type, article.author) == ("open", world.dana)
    assert article.events.get().cause_kind == "portal"
    assert "The left one." in page(dana, ticket)


def test_the_same_form_twice_makes_one_article(dana, ticket):
    form = str(uuid.uuid4())
    for _click in range(2):
        assert send(dana, ticket, "Once", submission=form)["Location"] == path(ticket)
    assert customer_articles(ticket).count("Once") == 1


def test_files_come_along(dana, ticket):
    files = [SimpleUploadedFile("../a b.png", b"\x89PNG", "image/png"), SimpleUploadedFile("c.txt", b"c", "text/plain")]
    send(dana, ticket, "", files=files)
    article = ticket.articles.last()
    assert [(f.name, f.content_type, f.content()) for f in article.attachments.all()] == [
        ("a b.png", "image/png", b"\x89PNG"),
        ("c.txt", "text/plain", b"c"),
    ]


def test_nothing_is_no_answer(dana, ticket):
    answer = send(dana, ticket, "   ")
    assert answer.status_code == 422
    assert "Write an answer or add a file." in answer.content.decode()
    assert ticket.articles.filter(sender="customer").count() == 1


def test_too_large_files_are_refused_and_the_words_kept(dana, ticket, settings):
    settings.ATTACHMENT_MAX_BYTES = 10
    answer = send(dana, ticket, "My words", files=[SimpleUploadedFile("a.bin", b"x" * 11)])
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "These files are too large" in text
    assert "My words" in text
    assert customer_articles(ticket) == ["It hums and blinks."]


@pytest.mark.parametrize("submission", ["", "x", "00000000-0000-0000-0000-00000000000g"])
def test_an_odd_form_id_is_no_server_error(dana, ticket, submission):
    assert send(dana, ticket, submission=submission).status_code in (302, 422)


def test_an_answer_to_a_solved_request_opens_it_again(world, dana, ticket):
    closed(ticket, by=world.bea)
    assert "Your answer opens it again." in page(dana, ticket)
    send(dana, ticket, "It hums again.")
    ticket.refresh_from_db()
    assert ticket.is_open
    assert ticket.events.filter(kind="ticket.reopened").count() == 1


def test_where_the_queue_says_so_an_answer_opens_a_new_request(world, dana, ticket):
    world.support.follow_up = FollowUp.NEW
    world.support.save()
    closed(ticket, by=world.bea)
    assert "Your answer opens a new one." in page(dana, ticket)
    answer = send(dana, ticket, "Another thing.")
    new = Ticket.objects.exclude(pk=ticket.pk).get()
    assert answer["Location"] == path(new)
    assert "has opened a new request" in page(dana, new)
    ticket.refresh_from_db()
    assert not ticket.is_open


def test_where_the_queue_refuses_there_is_no_box_and_nothing_gets_lost(world, dana, ticket):
    world.support.follow_up = FollowUp.REJECT
    world.support.save()
    closed(ticket, by=world.bea)
    text = page(dana, ticket)
    assert "<textarea" not in text
    assert "takes no further answers" in text
    late = send(dana, ticket, "Written before it was closed")
    assert late.status_code == 409
    assert "Written before it was closed" in late.content.decode()
    assert customer_articles(ticket) == ["It hums and blinks."]


def test_a_colleague_may_answer_and_is_named(world, dana, ticket, signed_in):
    chief = PersonFactory(email="chief@acme.example", name="Chief Acme", is_customer=True)
    chief.memberships.create(organisation=world.acme, sees_all=True)
    send(signed_in(chief), ticket, "I add something.")
    assert "<b>Chief Acme</b>" in page(dana, ticket)
    assert "<b>You</b>" in page(signed_in(chief), ticket)


# ---- closing


def test_it_is_solved_closes_in_the_customers_name(world, dana, ticket):
    assert send(dana, ticket, "", rest="solved/")["Location"] == path(ticket)
    ticket.refresh_from_db()
    event = ticket.events.get(kind="ticket.closed")
    assert ticket.state.name == "closed successful"
    assert (event.actor, event.cause_kind) == (world.dana, "portal")


def test_closing_twice_is_closing_once(world, dana, ticket):
    for _click in range(2):
        assert send(dana, ticket, "", rest="solved/").status_code == 302
    assert ticket.events.filter(kind="ticket.closed").count() == 1
    assert "It is solved" not in page(dana, ticket)


def test_closing_changes_nothing_where_an_agent_was_faster(world, dana, ticket):
    closed(ticket, by=world.bea, name="closed unsuccessful")
    send(dana, ticket, "", rest="solved/")
    ticket.refresh_from_db()
    assert ticket.state.name == "closed unsuccessful"


def test_words_in_the_box_are_sent_along_with_closing(world, dana, ticket):
    form = str(uuid.uuid4())
    for _click in range(2):
        send(dana, ticket, "Thanks, it works.", rest="solved/", submission=form)
    ticket.refresh_from_db()
    assert customer_articles(ticket) == ["It hums and blinks.", "Thanks, it works."]
    assert not ticket.is_open


# ---- parts for htmx


def test_who_looks_again_gets_news_or_nothing(world, dana, ticket):
    first = page(dana, ticket)
    again = re.search(r'hx-get="([^"]+seen=[^"]+)"', first)[1].replace("&amp;", "&")
    assert dana.get(again, headers=HTMX).status_code == 204
    add_note(ticket, Message(text="internal"), by=world.bea)
    assert dana.get(again, headers=HTMX).status_code == 204
    reply(ticket, Message(text="News from us"), by=world.bea)
    answer = dana.get(again, headers=HTMX)
    text = answer.content.decode()
    assert "News from us" in text
    assert "<html" not in text
    assert "<textarea" not in text
    assert 'hx-target="#steps"' in text
    assert "HX-Request" in answer["Vary"]


def test_closing_by_an_agent_is_news(world, dana, ticket):
    again = re.search(r'hx-get="([^"]+seen=[^"]+)"', page(dana, ticket))[1]
    closed(ticket, by=world.bea)
    assert "Solved" in dana.get(again, headers=HTMX).content.decode()


def test_sending_in_place_gives_the_conversation_with_a_fresh_box(dana, ticket):
    form = str(uuid.uuid4())
    text = send(dana, ticket, "In place", submission=form, headers=HTMX).content.decode()
    assert "<html" not in text
    assert "In place" in text
    assert "<textarea" in text
    assert form not in text


def test_errors_in_place_keep_the_form_and_its_id(dana, ticket):
    form = str(uuid.uuid4())
    answer = send(dana, ticket, "", submission=form, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert form in text
    assert "data-focus" in text


def test_history_in_the_portal_is_by_the_customer_alone(world, dana, ticket):
    send(dana, ticket, "One")
    send(dana, ticket, "", rest="solved/")
    assert set(Event.objects.filter(cause_kind="portal").values_list("actor", flat=True)) == {world.dana.pk}
    assert Article.objects.filter(ticket=ticket, visible_to_customer=False).count() == 0


def test_automatic_mail_does_not_look_like_an_answer(world, dana, ticket):
    send_automatic(ticket, Message(text="We are on holiday"), by=world.alex)
    assert "We are on holiday" not in page(dana, ticket)
