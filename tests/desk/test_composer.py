"""Writing with form, templates, quotes and second thoughts: taking back, passing on, being warned."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core.blobs import load
from core.html import to_text
from mail.models import Outgoing
from tests import factories
from tests.desk.conftest import colleague_notes, customer_writes, part, put, text_of
from tests.factories import TicketFactory
from tickets.actions.replying import receive
from tickets.messages import File, Message
from tickets.models import Article, Draft, Picture, ReplyTemplate, Snippet
from tickets.secrecy import internal_passage
from tickets.wordings import missing_values
from web.desk.timeline import timeline_of

PNG = b"\x89PNG\r\n\x1a\n0000"


def url(ticket, name: str = "reply") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


def form(ticket, **changes) -> dict:
    return {
        "submission": str(uuid4()),
        "based_on": ticket.articles.order_by("-id").first().pk,
        "to": "Dana Miller <dana@acme.example>",
        "text": "Please switch it off and on.",
        "then": "close",
        **changes,
    }


def written(ticket) -> Article:
    """The one message an agent wrote."""
    return ticket.articles.get(sender="agent")


# ---- form ---------------------------------------------------------------------------------------


def test_form_is_kept_and_cleaned(bea, ticket):
    html = '<p>Please <strong onclick="x()">switch</strong> it:</p><ul><li><p>off</p></li><li><p>on</p></li></ul><script>x()</script>'
    bea.post(url(ticket), form(ticket, text="what the browser makes of it", html=html))
    article = written(ticket)
    assert article.html == "<p>Please <strong>switch</strong> it:</p><ul><li><p>off</p></li><li><p>on</p></li></ul>"
    assert article.body == to_text(article.html)


def test_a_text_without_form_stays_plain(bea, ticket):
    bea.post(url(ticket), form(ticket, text="", html="<p>Dear Dana,</p><p>off<br>on</p>"))
    article = written(ticket)
    assert (article.body, article.html) == ("Dear Dana,\n\noff\non", "")


def test_an_empty_editor_says_nothing(bea, ticket):
    assert part(bea, url(ticket), form(ticket, text="", html="<p></p>")).status_code == 422


def test_the_form_comes_back_with_its_errors(bea, ticket):
    answer = part(bea, url(ticket), form(ticket, to="nobody", html="<p><strong>Hi</strong></p>"))
    assert answer.status_code == 422
    assert "&lt;strong&gt;Hi&lt;/strong&gt;" in text_of(answer)


def test_the_signature_of_the_agent_stands_above_that_of_the_queue(bea, world, ticket):
    world.bea.signature = "Bea Costa, Support"
    world.bea.save()
    world.support.signature = "Demo Ltd"
    world.support.save()
    bea.post(url(ticket), form(ticket))
    raw = load(written(ticket).outgoing.digest).decode()
    assert raw.index("Bea Costa, Support") < raw.index("Demo Ltd")


# ---- taking back --------------------------------------------------------------------------------


def take_back(client, article, **options):
    address = reverse("desk:take_back", args=[article.pk])
    return part(client, address, {}) if options.get("as_part") else client.post(address)


def test_an_answer_can_be_taken_back_and_its_words_are_in_the_box_again(bea, world, ticket):
    file = SimpleUploadedFile("manual.pdf", b"%PDF-1.4", content_type="application/pdf")
    sent = form(ticket, cc="erik@globex.example", html="<p>Switch it <strong>off</strong>.</p>", files=[file])
    answer = part(bea, url(ticket), sent)
    article = written(ticket)
    assert reverse("desk:take_back", args=[article.pk]) in text_of(answer)
    assert 'data-seconds="10"' in text_of(answer)
    page = text_of(take_back(bea, article, as_part=True))
    assert "Your message was not sent." in page
    assert "&lt;strong&gt;off&lt;/strong&gt;" in page
    assert "erik@globex.example" in page
    assert "manual.pdf" in page
    assert "Taken back, it was never sent" in page
    ticket.refresh_from_db()
    assert ticket.state.name == "new"
    assert article.outgoing.__class__.objects.get(article=article).state == Outgoing.State.WITHDRAWN
    # a reload shows the same, and it can be sent after all, with its file
    draft = Draft.objects.get(user=world.bea, ticket=ticket)
    assert draft.content["kept"] == [article.attachments.get().pk]
    bea.post(url(ticket), form(ticket, kept=draft.content["kept"]))
    again = ticket.articles.filter(sender="agent").last()
    assert again.attachments.get().name == "manual.pdf"


def test_what_was_taken_back_is_marked_for_everybody_at_every_visit(bea, carlos, world, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            timeline_of(ticket, read_at=None, reader=world.bea)
        return len(counted)

    bea.post(url(ticket), form(ticket, text="Sent."))
    assert "msg--back" not in text_of(bea.get(url(ticket, "ticket")))
    cost()
    before = cost()
    for number in range(1, 3):
        bea.post(url(ticket), form(ticket, text=f"Not sent {number}."))
        take_back(bea, ticket.articles.latest("id"))
        for reader in (bea, carlos):
            page = text_of(reader.get(url(ticket, "ticket")))
            assert page.count("msg--back") == page.count("Taken back, it was never sent") == number
        assert cost() == before


def test_what_was_typed_since_stays(bea, world, ticket):
    part(bea, url(ticket), form(ticket))
    bea.post(reverse("desk:draft", args=[ticket.number, "reply"]), {"text": "One more thing."})
    take_back(bea, written(ticket))
    assert Draft.objects.get().content["text"] == "Please switch it off and on.\n\nOne more thing."


def test_without_script_it_is_taken_back_too(bea, ticket):
    bea.post(url(ticket), form(ticket))
    assert "Take it back" in text_of(bea.get(url(ticket, "ticket")))
    answer = take_back(bea, written(ticket))
    assert answer.headers["Location"] == f"{url(ticket, 'ticket')}#composer"
    assert "Please switch it off and on.</textarea>" in text_of(bea.get(url(ticket, "ticket")))


def test_T52_only_who_wrote_it_takes_it_back(bea, carlos, ticket):
    bea.post(url(ticket), form(ticket))
    assert take_back(carlos, written(ticket)).status_code == 404
    assert written(ticket).visible_to_customer
    assert "Take it back" not in text_of(carlos.get(url(ticket, "ticket")))


def test_too_late_is_said(bea, ticket):
    bea.post(url(ticket), form(ticket))
    article = written(ticket)
    a_moment_ago = timezone.now() - timedelta(seconds=1)
    Article.objects.filter(pk=article.pk).update(send_at=a_moment_ago)
    Outgoing.objects.filter(article=article).update(due_at=a_moment_ago)
    answer = take_back(bea, article, as_part=True)
    assert answer.status_code == 409
    assert "too late" in text_of(answer)
    assert written(ticket).visible_to_customer
    assert not Draft.objects.exists()


def test_who_wants_no_time_to_think_gets_none(bea, world, ticket):
    world.bea.undo_seconds = 0
    world.bea.save()
    answer = part(bea, url(ticket), form(ticket))
    assert "take-back" not in text_of(answer)
    assert written(ticket).send_at is None


def test_a_note_cannot_be_taken_back(bea, world, ticket):
    note = colleague_notes(ticket, "Strange case.", by=world.bea)
    assert take_back(bea, note).status_code == 302
    assert "too late" in text_of(bea.get(url(ticket, "ticket")))


# ---- passing on ---------------------------------------------------------------------------------


def test_a_message_is_passed_on_with_chosen_files(bea, world, ticket):
    files = [File("log.txt", "text/plain", b"log"), File("secret.txt", "text/plain", b"secret")]
    came = receive(ticket, Message(text="See the log.", files=files), channel="email", by=world.dana)
    page = text_of(part(bea, url(ticket, "forward"), of=came.pk))
    assert "log.txt" in page
    assert "secret.txt" in page
    assert 'value="Fwd: ' in page
    chosen = came.attachments.get(name="log.txt").pk
    sent = {"to": "x@parts.example", "subject": "Fwd: log", "text": "Please look.", "of": came.pk, "quoted": "on"}
    answer = part(bea, url(ticket, "forward"), sent | {"kept": [chosen], "submission": str(uuid4())})
    assert "The message is on its way." in text_of(answer)
    article = written(ticket)
    assert not article.visible_to_customer
    assert article.subject == "Fwd: log"
    assert article.body.startswith(
        "Please look.\n\n---------- Forwarded message ----------\nFrom: Dana Miller <dana@acme"
    )
    assert article.body.endswith("See the log.")
    assert [file.name for file in article.attachments.all()] == ["log.txt"]
    assert [r["address"] for r in article.outgoing.recipients] == ["x@parts.example"]


def test_a_message_can_be_passed_on_without_its_words(bea, world, ticket):
    came = customer_writes(ticket, "Private matters.")
    sent = {"to": "x@parts.example", "subject": "A question", "text": "Do you know this?", "of": came.pk}
    bea.post(url(ticket, "forward"), sent)
    assert written(ticket).body == "Do you know this?"


def test_a_message_passed_on_and_taken_back_keeps_the_pictures_it_quotes(bea, world, ticket):
    html = '<p>It looks <b>so</b>:</p><img src="cid:photo@acme"><img src="cid:form@acme">'
    files = [
        File("photo.png", "image/png", PNG, is_inline=True, content_id="photo@acme"),
        File("form.tiff", "image/tiff", b"II*", is_inline=True, content_id="form@acme"),
    ]
    came = receive(ticket, Message(text="It looks so:", html=html, files=files), channel="email", by=world.dana)
    sent = {"to": "x@parts.example", "subject": "Fwd", "text": "Please look.", "of": came.pk, "quoted": "on"}
    part(bea, url(ticket, "forward"), sent)
    page = text_of(take_back(bea, written(ticket), as_part=True))
    [picture] = Picture.objects.all()
    address = reverse("desk:picture", args=[picture.uuid])
    assert address in page
    assert (picture.user, picture.content()) == (world.bea, PNG)
    draft = Draft.objects.get().content
    assert "of" not in draft
    part(bea, url(ticket, "forward"), {**draft, "to": "x@parts.example", "submission": str(uuid4())})
    again = ticket.articles.filter(sender="agent").last()
    assert again.body.count("Forwarded message") == 1
    assert [file.content() for file in again.attachments.filter(content_id=picture.content_id)] == [PNG]
    assert f'src="cid:{picture.content_id}"' in again.html


def test_a_message_that_was_begun_is_gone_on_with(bea, ticket):
    begun = {"text": "Dear maker,", "to": "x@parts.example", "subject": "A question"}
    bea.post(reverse("desk:draft", args=[ticket.number, "forward"]), begun)
    for answer in (part(bea, url(ticket, "forward")), bea.get(url(ticket, "forward"))):
        assert "Dear maker,</textarea>" in text_of(answer)
        assert 'value="A question"' in text_of(answer)
    assert 'value="forward" checked' in text_of(bea.get(url(ticket, "forward")))
    other = text_of(part(bea, url(ticket, "forward"), of=ticket.articles.first().pk))
    assert "Dear maker," not in other


def test_passing_on_needs_somebody_and_keeps_the_words(bea, ticket):
    answer = part(bea, url(ticket, "forward"), {"subject": "Fwd", "text": "Please look."})
    assert answer.status_code == 422
    assert "Say who gets the message." in text_of(answer)
    assert "Please look." in text_of(answer)
    assert not ticket.articles.filter(sender="agent").exists()


def test_messages_of_other_tickets_cannot_be_passed_on(bea, world, ticket):
    other = TicketFactory(queue=world.billing).articles.first()
    assert bea.get(url(ticket, "forward"), {"of": other.pk}).status_code == 404
    sent = {"to": "x@parts.example", "subject": "Fwd", "text": "Look.", "of": other.pk, "quoted": "on"}
    assert bea.post(url(ticket, "forward"), sent).status_code == 404


def test_files_of_other_tickets_do_not_go_along(bea, world, ticket):
    other = TicketFactory(queue=world.billing)
    files = [File("secret.txt", "text/plain", b"secret")]
    hidden = receive(other, Message(text="x", files=files), channel="email", by=world.dana).attachments.get()
    assert part(bea, url(ticket), form(ticket, kept=[hidden.pk])).status_code == 422


def test_passing_on_needs_the_right_to_write(signed_in, noter, ticket):
    assert signed_in(noter).get(url(ticket, "forward")).status_code == 404


# ---- everybody ----------------------------------------------------------------------------------


def test_everybody_is_who_took_part_last_but_nobody_of_us(bea, world, ticket):
    said = Message(
        text="Hello all",
        sent_from={"name": "Dana Miller", "address": "dana@acme.example"},
        to=[{"name": "", "address": "support@demo.example"}],
        cc=[{"name": "Erik Olsen", "address": "erik@globex.example"}, {"name": "", "address": "billing@demo.example"}],
    )
    receive(ticket, said, channel="email", by=world.dana)
    assert 'data-cc="Erik Olsen &lt;erik@globex.example&gt;"' in text_of(bea.get(url(ticket, "ticket")))


def test_there_is_no_everybody_with_one_person(bea, ticket):
    customer_writes(ticket, "Only me.")
    assert "data-cc" not in text_of(bea.get(url(ticket, "ticket")))


# ---- internal words -----------------------------------------------------------------------------

SECRET = "The batch 2209 will be recalled in January."


def test_internal_words_stop_an_answer_until_somebody_says_so(bea, world, ticket):
    colleague_notes(ticket, f"Careful.\n{SECRET}", by=world.carlos)
    sent = form(ticket, text=f"Dear Dana,\n\n> {SECRET.lower()}\n\nBea")
    for answer in (part(bea, url(ticket), sent), bea.post(url(ticket), sent)):
        assert answer.status_code == 422
        assert "These words stand in an internal note" in text_of(answer)
        assert SECRET in text_of(answer)
        assert "Dear Dana," in text_of(answer)
    assert not ticket.articles.filter(sender="agent", visible_to_customer=True).exists()
    assert part(bea, url(ticket), sent | {"overlook": "internal"}).status_code == 200


def test_the_words_of_a_message_taken_back_are_nobodys_secret(bea, ticket):
    bea.post(url(ticket), form(ticket, text=SECRET))
    take_back(bea, written(ticket))
    assert part(bea, url(ticket), form(ticket, text=SECRET)).status_code == 200


@pytest.mark.parametrize(
    ("text", "internal", "public", "found"),
    [
        (SECRET, [SECRET], [], SECRET),
        (f"Hi. {SECRET} Bye.", [f"Note this! {SECRET}"], [], SECRET),
        ("> The batch 2209\n> will be recalled in January.", [SECRET], [], SECRET),
        (SECRET, [SECRET], [f"I heard: {SECRET}"], ""),
        ("I will look into it.", ["I will look into it."], [], ""),
        ("Something else altogether, and long enough.", [SECRET], [], ""),
        ("", [SECRET], [], ""),
        (SECRET, [], [], ""),
    ],
)
def test_which_words_are_internal(text, internal, public, found):
    assert internal_passage(text, internal, public) == found


# ---- templates and snippets ---------------------------------------------------------------------


@pytest.fixture
def wordings(world, ticket):
    body = "Dear {{ customer.first_name }},\n\nyour number is {{ ticket.number }}.\n\n{{ agent.name }}"
    greeting = ReplyTemplate.objects.create(name="Greeting", body=body)
    ReplyTemplate.objects.create(name="Grüße auf Deutsch", body="Guten Tag", language="de")
    elsewhere = ReplyTemplate.objects.create(name="Invoice", body="Your invoice")
    elsewhere.queues.add(world.billing)
    broken = ReplyTemplate.objects.create(name="Broken", body="{{ customer.name")
    snippet = Snippet.objects.create(name="Opening hours", keyword="hours", body="Nine to five.")
    return {"greeting": greeting, "broken": broken, "snippet": snippet}


def test_wordings_are_offered_with_what_they_would_say(bea, ticket, wordings):
    page = text_of(part(bea, url(ticket, "wordings"), q=""))
    assert f"your number is {ticket.number}." in page
    assert "Dear Dana," in page
    assert "Nine to five." in page
    for absent in ("Guten Tag", "Your invoice", "Broken"):
        assert absent not in page


def test_a_keyword_finds_its_snippet_first(bea, ticket, wordings):
    Snippet.objects.create(name="About hours of work", keyword="work", body="Forty.")
    page = text_of(part(bea, url(ticket, "wordings"), q="hours"))
    assert page.index("Nine to five.") < page.index("Forty.")
    assert "Dear Dana" not in page


def test_a_note_is_offered_snippets_only(bea, ticket, wordings):
    page = text_of(part(bea, url(ticket, "wordings"), **{"q": "", "for": "note"}))
    assert "Nine to five." in page
    assert "Dear Dana" not in page


def test_without_script_a_template_is_a_link(bea, ticket, wordings):
    key = f"replytemplate-{wordings['greeting'].pk}"
    assert f"?wording={key}#composer" in text_of(bea.get(url(ticket, "wordings")))
    assert f"your number is {ticket.number}." in text_of(bea.get(url(ticket, "ticket"), {"wording": key}))
    for wrong in (f"replytemplate-{wordings['broken'].pk}", "replytemplate-0", "x", "ticket-1", "snippet-x"):
        assert bea.get(url(ticket, "ticket"), {"wording": wrong}).status_code == 200


def test_what_this_ticket_has_no_value_for_is_said(bea, world, wordings):
    alone = factories.CustomerFactory(name="Ann Alone", email="ann@alone.example")
    ticket = TicketFactory(queue=world.support, customer=alone)
    ReplyTemplate.objects.create(name="Dear firm", body="Dear {{ customer.organisation }}, {{ customer.shoe_size }}")
    page = text_of(part(bea, url(ticket, "wordings"), q="firm"))
    assert "This ticket has no value for customer.organisation, customer.shoe_size." in page


def test_offering_costs_the_same_however_many_there_are(bea, ticket, wordings, queries):
    def cost() -> int:
        with queries() as counted:
            part(bea, url(ticket, "wordings"), q="")
        return len(counted)

    few = cost()
    for number in range(20):
        ReplyTemplate.objects.create(name=f"Template {number}", body="{{ customer.organisation }}")
    assert cost() == few


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("{{ a.b }} {{c}} {{- a.x -}} {{ c }}", ["c", "a.x"]),
        ("{{ a.b | upcase }}", []),
        ("nothing", []),
    ],
)
def test_placeholders_without_a_value(text, missing):
    assert missing_values(text, {"a": {"b": "1", "x": ""}, "c": ""}) == missing


# ---- quotes -------------------------------------------------------------------------------------


def test_a_quote_has_the_new_words_and_who_said_them(bea, ticket):
    came = customer_writes(
        ticket, "It hums.\nAnd blinks.\n\nOn Mon, 16 Nov 2026 at 10:00, Bea <b@d.example> wrote:\n> Hi"
    )
    text = text_of(bea.get(reverse("desk:quote", args=[came.pk])))
    assert text.splitlines()[1:] == ["> It hums.", "> And blinks."]
    assert text.startswith("Dana Miller wrote on ")


def test_a_closed_box_stays_closed(bea, world, ticket):
    put(ticket, "removed", by=world.bea)
    assert bea.get(url(ticket, "forward")).status_code == 200
    assert "forward-form" not in text_of(bea.get(url(ticket, "forward")))
