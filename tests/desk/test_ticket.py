"""The page of a ticket: the conversation, what is new in it, who may see it, what it costs."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from mail.models import Outgoing
from mail.tasks import send_outgoing
from tests.desk.conftest import arrive, colleague_notes, customer_writes, part, put, text_of
from tests.factories import TicketFactory
from tests.mail.mails import PNG
from tickets.actions.fields import set_tags
from tickets.actions.replying import hold, receive, reply, send_automatic
from tickets.actions.routing import assign
from tickets.messages import File, Message
from tickets.models import ReadMark, StateType
from tickets.vocabulary import first_state


def page_of(ticket, name: str = "ticket") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


def articles_in(response) -> list[int]:
    return [int(pk) for pk in re.findall(r'<article [^>]*id="a-(\d+)"', text_of(response))]


def message(response, pk: int) -> str:
    return re.search(rf'<article [^>]*id="a-{pk}".*?</article>', text_of(response), re.DOTALL)[0]


def test_the_page_shows_the_ticket_and_its_conversation(bea, world, ticket):
    note = colleague_notes(ticket, "Ask for the serial number.", by=world.carlos)
    set_tags(ticket, ["printer"], by=world.carlos)
    answer = bea.get(page_of(ticket))
    page = text_of(answer)
    assert f"#{ticket.number}" in page
    assert "Printer hums" in page
    assert "It hums and blinks." in page
    assert "dana@acme.example" in page
    assert "Acme" in page
    assert "msg--note" in message(answer, note.pk)
    assert "only your team can read this" in message(answer, note.pk)
    assert "Carlos Díaz changed the tags" in page


def test_T42_a_ticket_the_agent_may_not_see_is_not_there(carlos, world, ticket):
    hidden = TicketFactory(queue=world.billing, title="Invoice is wrong")
    for name in ("ticket", "history", "files", "earlier", "news", "owner", "state", "tags", "title"):
        refused, absent = carlos.get(page_of(hidden, name)), carlos.get(reverse(f"desk:{name}", args=["4711000"]))
        assert refused.status_code == absent.status_code == 404
        assert "Invoice" not in text_of(refused)


def test_looking_is_reading(bea, world, ticket):
    bea.get(page_of(ticket))
    ticket.refresh_from_db()
    assert ReadMark.objects.get(ticket=ticket, user=world.bea).read_at == ticket.changed_at


def test_what_came_since_the_last_visit_is_marked_and_read_messages_fold(bea, world, ticket):
    first = ticket.articles.first()
    second = customer_writes(ticket, "It still hums.")
    third = colleague_notes(ticket, "Third message.", by=world.bea)
    fourth = customer_writes(ticket, "Anybody there?")
    bea.get(page_of(ticket))
    fifth = customer_writes(ticket, "Hello?")
    sixth = customer_writes(ticket, "Hello again?")
    answer = bea.get(page_of(ticket))
    page = text_of(answer)
    assert page.count("New since your last visit") == 1
    assert page.index("Anybody there?") < page.index("New since your last visit") < page.index("Hello?")
    folded = [pk for pk in articles_in(answer) if '<details class="msg__fold" open>' not in message(answer, pk)]
    receipt = ticket.articles.get(sender="system").pk
    assert sorted(folded) == sorted([receipt, second.pk, third.pk, fourth.pk])
    assert "data-scroll-start" in message(answer, fifth.pk)
    assert first.pk not in folded
    assert sixth.pk not in folded


def test_ones_own_messages_are_not_new(bea, world, ticket):
    bea.get(page_of(ticket))
    colleague_notes(ticket, "My own note.", by=world.bea)
    assert "New since your last visit" not in text_of(bea.get(page_of(ticket)))


def test_quoted_text_and_signatures_are_folded_away(bea, ticket):
    customer_writes(ticket, "Thank you!\n\nOn Mon, 16 Nov 2026 at 10:00, Bea <bea@demo.example> wrote:\n> Try again.\n")
    page = text_of(bea.get(page_of(ticket)))
    assert page.index("Thank you!") < page.index('<details class="quote">') < page.index("Try again.")


def test_what_somebody_forwards_is_not_folded(bea, ticket):
    below = "Please look.\n\nFrom: Erik <erik@globex.example>\nSent: Monday\nTo: Dana\nSubject: Printer\n\nIt smokes.\n"
    receive(ticket, Message(text=below, subject="FW: Printer"), channel="email", by=ticket.customer)
    page = text_of(bea.get(page_of(ticket)))
    assert '<details class="quote">' not in page
    assert "It smokes." in page


def test_T01_the_words_of_strangers_cannot_act(bea, ticket):
    html = '<p onclick="x()">Hi</p><script>alert(1)</script><img src="https://evil.example/t.gif"><hx-partial hx-target="body">'
    receive(ticket, Message(text="", html=html), channel="email", by=ticket.customer)
    answer = bea.get(page_of(ticket))
    said = message(answer, articles_in(answer)[-1])
    assert "<script" not in said
    assert "onclick" not in said
    assert "evil.example" not in said
    assert "hx-partial" not in said
    assert "1 picture from elsewhere is not shown" in said
    assert "hx-ignore" in said


def test_pictures_stand_in_the_text_and_files_beside_it(bea, ticket):
    files = [
        File("screen.png", "image/png", PNG, is_inline=True, content_id="screen@x"),
        File("log <1>.txt", "text/plain", b"log"),
    ]
    written = Message(text="", html='<p>See <img src="cid:screen@x" alt="screen"></p>', files=files)
    article = receive(ticket, written, channel="email", by=ticket.customer)
    picture, log = article.attachments.order_by("id")
    said = message(bea.get(page_of(ticket)), article.pk)
    assert f'src="/files/{picture.uuid}/inline/"' in said
    assert f'href="/files/{log.uuid}/"' in said
    assert "log _1_.txt" in said
    assert "screen.png" not in said


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ({"code": "unverified"}, "a sender address can be forged"),
        ({"code": "repaired", "note": "wrong <charset>"}, "has been repaired. wrong &lt;charset&gt;"),
        ({"code": "repaired", "note": "date cannot be read"}, "has been repaired. Its date cannot be read."),
        ({"code": "automatic"}, "A program sent this, not a person."),
        ({"code": "protected", "how": "pgp-encrypted"}, "This email is encrypted. It is kept as it came"),
        ({"code": "protected", "how": "smime-signed"}, "The signature is kept as it came and has not been checked."),
    ],
)
def test_marks_of_a_message_are_said_in_plain_words(bea, ticket, mark, words):
    receive(ticket, Message(text="Hi", marks=[mark]), channel="email", by=ticket.customer)
    assert words in text_of(bea.get(page_of(ticket)))


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("very long text: the whole is attached", "Its text is very long: this is the beginning, all is attached."),
        ("charset unknown: used windows-1252", "They are read as windows-1252, so some may be wrong."),
    ],
)
def test_a_sound_message_is_not_called_damaged(bea, ticket, note, words):
    message = Message(text="Hi", marks=[{"code": "repaired", "note": note}])
    receive(ticket, message, channel="email", by=ticket.customer)
    shown = text_of(bea.get(page_of(ticket)))
    assert words in shown
    assert "damaged" not in shown


def test_a_message_that_names_another_ticket_leads_there(bea, world, ticket):
    other = TicketFactory(queue=world.billing)
    marks = [{"code": "names_ticket", "number": other.number}]
    receive(ticket, Message(text="Hi", marks=marks), channel="email", by=ticket.customer)
    assert f'href="/desk/tickets/{other.number}/"' in text_of(bea.get(page_of(ticket)))


def test_unknown_marks_are_overlooked(bea, ticket):
    receive(ticket, Message(text="Hi", marks=[{"code": "from_the_future"}]), channel="email", by=ticket.customer)
    assert bea.get(page_of(ticket)).status_code == 200


def test_a_held_message_says_that_it_is_not_proven(bea, ticket):
    article = hold(ticket, Message(text="I am the boss"), by=ticket.customer)
    said = message(bea.get(page_of(ticket)), article.pk)
    assert "could not be proven who sent this" in said
    assert "msg--note" in said


# ---- what became of outgoing mail ---------------------------------------------------------------


def test_an_answer_says_what_became_of_it(bea, world, ticket):
    article = reply(ticket, Message(text="Try this."), by=world.bea)
    assert "Waiting to be sent" in message(bea.get(page_of(ticket)), article.pk)
    send_outgoing(article.outgoing.pk)
    # the tests have no mail server
    assert "Kept here, because no mail server is set up." in message(bea.get(page_of(ticket)), article.pk)


def test_a_failed_answer_names_the_recipients_and_the_reason(bea, world, ticket):
    article = reply(ticket, Message(text="Try this."), by=world.bea)
    refusal = [{"address": "dana@acme.example", "state": "failed", "answer": "550 <no> such user"}]
    Outgoing.objects.filter(article=article).update(state="failed", recipients=refusal, due_at=None)
    said = message(bea.get(page_of(ticket)), article.pk)
    assert "delivery--failed" in said
    assert "dana@acme.example" in said
    assert "550 &lt;no&gt; such user" in said


def test_a_folded_message_says_at_its_head_that_its_mail_did_not_get_there(bea, world, ticket):
    article = send_automatic(ticket, Message(text="We have it."), by=world.alex)
    head = message(bea.get(page_of(ticket)), article.pk).partition("</summary>")[0]
    assert f'id="trouble-{article.pk}"></span>' in head
    refusal = [{"address": "dana@acme.example", "state": "failed", "answer": "550 no such user"}]
    Outgoing.objects.filter(article=article).update(state="failed", recipients=refusal, due_at=None)
    said = message(bea.get(page_of(ticket)), article.pk)
    assert '<details class="msg__fold">' in said
    assert "Could not be delivered." in said.partition("</summary>")[0]


# ---- long and merged tickets --------------------------------------------------------------------


def test_a_long_conversation_comes_in_blocks(bea, world, ticket):
    for number in range(30):
        colleague_notes(ticket, f"Note number {number}.", by=world.carlos)
    answer = bea.get(page_of(ticket))
    newest = articles_in(answer)
    assert len(newest) == 10
    link = re.search(r'href="([^"]*/earlier/[^"]*)"', text_of(answer))[1]
    middle = part(bea, link)
    assert len(articles_in(middle)) == 20
    assert "<html" not in text_of(middle)
    link = re.search(r'href="([^"]*/earlier/[^"]*)"', text_of(middle))[1]
    block = part(bea, link)
    assert len(articles_in(block)) == 2
    assert "/earlier/" not in text_of(block)
    shown = articles_in(block) + articles_in(middle) + newest
    assert sorted(shown) == sorted(ticket.articles.values_list("pk", flat=True))
    # without script the block is a page of its own
    assert articles_in(bea.get(link)) == articles_in(block)


def test_many_changes_in_a_row_are_one_line(bea, world, ticket):
    for number in range(5):
        set_tags(ticket, [f"tag{number}"], by=world.carlos)
    assert "5 changes" in text_of(bea.get(page_of(ticket)))


def test_a_merged_ticket_leads_to_the_other_one(bea, carlos, world, ticket):
    survivor = TicketFactory(queue=world.billing, title="The real one")
    ticket.merged_into, ticket.state = survivor, first_state(StateType.MERGED)
    ticket.save()
    page = text_of(bea.get(page_of(ticket)))
    assert f'href="/desk/tickets/{survivor.number}/"' in page
    assert "nothing can be written here any more" in page
    assert 'name="text"' not in page
    # who may not see the other one does not learn its title
    page = text_of(carlos.get(page_of(ticket)))
    assert "The real one" not in page
    assert "merged into another one" in page


def test_the_page_costs_the_same_however_long_the_conversation(bea, world, queries):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    TicketFactory(queue=world.support, customer=world.dana)
    send_outgoing(ticket.articles.get(sender="system").outgoing.pk)

    def cost() -> int:
        bea.get(page_of(ticket))
        customer_writes(ticket, "News")
        with queries() as counted:
            assert bea.get(page_of(ticket)).status_code == 200
        return len(counted)

    few = cost()
    for _ in range(6):
        answer = reply(ticket, Message(text="Hi", files=[File("a.txt", "text/plain", b"a")]), by=world.bea)
        send_outgoing(answer.outgoing.pk)
        assign(ticket, world.carlos, by=world.bea)
        assign(ticket, None, by=world.alex)
        TicketFactory(queue=world.support, customer=world.dana)
    assert cost() == few
    # one of them asks whether mail leaves at all, because none of these did
    assert few <= 22


# ---- other tickets of the customer --------------------------------------------------------------


def test_the_customers_other_tickets_are_those_the_agent_may_see(carlos, bea, world, ticket):
    TicketFactory(queue=world.support, customer=world.dana, title="Second one")
    put(TicketFactory(queue=world.hardware, customer=world.dana, title="Third one"), "closed successful", by=world.bea)
    TicketFactory(queue=world.billing, customer=world.dana, title="Hidden one")
    page = text_of(carlos.get(page_of(ticket)))
    assert "Second one" in page
    assert "Hidden one" not in page
    assert "<b>2</b>other tickets" in page
    assert "<b>1</b>open" in page
    assert "<b>3</b>other tickets" in text_of(bea.get(page_of(ticket)))


# ---- news ---------------------------------------------------------------------------------------


def test_an_open_page_learns_what_is_new(bea, world, ticket):
    ticket.refresh_from_db()
    url = page_of(ticket, "news")
    assert part(bea, url, shown=ticket.version).status_code == 204
    article = customer_writes(ticket, "It stopped humming.")
    assign(ticket, world.carlos, by=world.carlos)
    answer = part(bea, url, shown=ticket.version)
    assert articles_in(answer) == [article.pk]
    assert "Carlos Díaz took the ticket" in text_of(answer)
    assert 'hx-target="#ticket-head" hx-swap="outerMorph"' in text_of(answer)
    ticket.refresh_from_db()
    assert f'name="shown" value="{ticket.version}"' in text_of(answer)
    # an answer nobody has begun is from now on based on what has come
    assert f'name="based_on" value="{article.pk}"' in text_of(answer)
    assert part(bea, url, shown=ticket.version).status_code == 204


def test_an_open_page_learns_that_an_answer_has_left(bea, world, ticket):
    article = reply(ticket, Message(text="Try this."), by=world.bea)
    ticket.refresh_from_db()
    asked = {"shown": ticket.version, "waiting": article.pk}
    assert part(bea, page_of(ticket, "news"), **asked).status_code == 204
    send_outgoing(article.outgoing.pk)
    answer = part(bea, page_of(ticket, "news"), **asked)
    assert f'hx-target="#delivery-{article.pk}"' in text_of(answer)
    assert articles_in(answer) == []


def test_nonsense_in_the_question_is_a_bad_request(bea, ticket):
    assert part(bea, page_of(ticket, "news"), shown="x").status_code == 400
    assert bea.get(page_of(ticket, "earlier"), {"before": "x"}).status_code == 400


# ---- history, files, the list beside it ---------------------------------------------------------


def test_the_history_tells_everything_newest_first(bea, world, ticket):
    assign(ticket, world.carlos, by=world.bea)
    page = text_of(bea.get(page_of(ticket, "history")))
    assert page.index("Bea Costa assigned it to Carlos Díaz") < page.index("Dana Miller opened the ticket")
    assert "in the desk" in page
    changes = text_of(bea.get(page_of(ticket, "history"), {"show": "changes"}))
    assert "assigned it" in changes
    assert "opened the ticket" not in changes
    messages = text_of(bea.get(page_of(ticket, "history"), {"show": "messages"}))
    assert "opened the ticket" in messages
    assert "assigned it" not in messages


def test_a_long_history_is_loaded_page_by_page(bea, world, ticket, queries):
    for number in range(60):
        set_tags(ticket, [f"tag{number}"], by=world.carlos)
    with queries() as counted:
        answer = bea.get(page_of(ticket, "history"))
    assert len(counted) <= 21
    assert text_of(answer).count('class="hist__row"') == 50
    link = re.search(r'href="(\?after=[^"]*)"', text_of(answer))[1].replace("&amp;", "&")
    more = part(bea, page_of(ticket, "history") + link)
    assert text_of(more).count('class="hist__row"') == ticket.events.count() - 50
    assert "<html" not in text_of(more)


def test_the_files_of_a_ticket_stand_together(bea, world, ticket):
    assert "No files yet" in text_of(bea.get(page_of(ticket, "files")))
    written = Message(text="Log", files=[File("kernel.log", "text/plain", b"x" * 2000)])
    receive(ticket, written, channel="email", by=ticket.customer)
    page = text_of(bea.get(page_of(ticket, "files")))
    assert "kernel.log" in page
    assert "Dana Miller" in page


def test_the_list_stands_beside_the_ticket(bea, world, ticket):
    before = TicketFactory(queue=world.support, title="Newer")
    bea.get(reverse("desk:queue", args=[world.support.pk]))
    pane = text_of(part(bea, page_of(ticket, "pane")))
    assert "Newer" in pane
    assert f'href="/desk/tickets/{before.number}/" data-key="k"' in pane
    assert 'data-key="j"' not in pane
    assert f'href="/desk/queues/{world.support.pk}/"' in pane


def test_where_the_ticket_is_not_in_the_list_its_queue_stands_beside_it(bea, world, ticket, queries):
    def beside(ticket) -> str:
        with queries() as counted:
            pane = text_of(part(bea, page_of(ticket, "pane")))
        costs.append(len(counted))
        return pane

    costs: list[int] = []
    invoice = TicketFactory(queue=world.billing, title="Invoice is wrong")
    bea.get(reverse("desk:queue", args=[world.support.pk]))
    beside(ticket)
    assert "Invoice is wrong" not in beside(ticket)
    pane = beside(invoice)
    assert "Printer hums" not in pane
    assert f'href="/desk/queues/{world.billing.pk}/"' in pane
    assert 'aria-current="true"' in pane
    put(invoice, "closed successful", by=world.bea)
    assert f'href="/desk/queues/{world.billing.pk}/?closed=1"' in beside(invoice)
    beside(ticket)
    assert costs[1] == costs[-1] < costs[2]


def test_a_list_stays_beside_a_ticket_that_stands_further_down_in_it(bea, world, ticket, monkeypatch):
    monkeypatch.setattr("web.desk.neighbours.PANE_ROWS", 1)
    TicketFactory(queue=world.support, title="Newer")
    bea.get(reverse("desk:view", args=["open"]))
    pane = text_of(part(bea, page_of(ticket, "pane")))
    assert "Newer" in pane
    assert 'href="/desk/views/open/"' in pane


# ---- the mail behind a message ------------------------------------------------------------------


def test_the_untouched_mail_is_shown_in_a_sandbox(bea, world):
    incoming = arrive(text="Hello there", subject="Original")
    answer = bea.get(reverse("desk:original", args=[incoming.article_id]))
    assert answer.status_code == 200
    assert "Hello there" in text_of(answer)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "script-src" not in policy
    assert "allow-" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_raw_mail_is_a_download(bea, world):
    incoming = arrive(text="Hello there", subject="Original")
    answer = bea.get(reverse("desk:raw", args=[incoming.article_id]))
    assert answer.headers["X-Send-Blob"] == incoming.digest
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    sent = reply(incoming.article.ticket, Message(text="Hi"), by=world.bea)
    assert bea.get(reverse("desk:raw", args=[sent.pk])).headers["X-Send-Blob"] == sent.outgoing.digest


def test_T42_mails_of_foreign_tickets_are_not_there(carlos, world, ticket):
    incoming = arrive(to="billing@demo.example", text="Secret", subject="Invoice")
    for name in ("original", "raw"):
        assert carlos.get(reverse(f"desk:{name}", args=[incoming.article_id])).status_code == 404
        # nor is there one where nothing came by mail
        assert carlos.get(reverse(f"desk:{name}", args=[ticket.articles.first().pk])).status_code == 404
        assert carlos.get(reverse(f"desk:{name}", args=[999999])).status_code == 404


# ---- who may do what ----------------------------------------------------------------------------


def test_who_may_only_read_is_told_why_there_is_no_box(signed_in, reader, ticket):
    page = text_of(signed_in(reader).get(page_of(ticket)))
    assert "You may read this ticket but not write on it." in page
    assert 'name="text"' not in page
    assert 'id="edit-' not in page
    assert "/take/" not in page


def test_who_may_only_note_finds_the_box_for_notes(signed_in, noter, ticket):
    page = text_of(signed_in(noter).get(page_of(ticket)))
    assert 'id="note-form"' in page
    assert 'id="reply-form"' not in page
    assert 'id="edit-' not in page


def test_the_card_shows_the_customers_own_clock(bea, world, ticket):
    world.bea.time_zone, world.dana.time_zone = "Europe/Berlin", "Asia/Tokyo"
    world.bea.save(), world.dana.save()
    there = timezone.now().astimezone(ZoneInfo("Asia/Tokyo"))
    page = text_of(bea.get(page_of(ticket)))
    assert any(f"local time {at:%H:%M}" in page for at in (there, there + timedelta(minutes=1)))
    world.dana.time_zone = ""
    world.dana.save()
    assert "local time" not in text_of(bea.get(page_of(ticket)))
