"""What is typed is on the server while it is typed, comes back anywhere, and is gone when it was sent."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.desk.conftest import part, text_of
from tests.factories import TicketFactory
from tests.mail.mails import PNG
from tickets.drafts import MAX_DRAFT, save_draft
from tickets.models import Draft, Picture


def url(ticket, form: str = "reply") -> str:
    return reverse("desk:draft", args=[ticket.number, form])


def page_of(ticket) -> str:
    return reverse("desk:ticket", args=[ticket.number])


def typed(**changes) -> dict:
    return {"text": "Dear Dana,", "html": "", "to": "Dana Miller <dana@acme.example>", "cc": "", "bcc": "", **changes}


def test_what_is_typed_is_saved_and_comes_back_on_any_computer(bea, world, ticket, signed_in):
    answer = bea.post(url(ticket), typed(cc="erik@globex.example"))
    assert answer.status_code == 200
    assert text_of(answer).startswith("Saved ")
    assert Draft.objects.get().content["text"] == "Dear Dana,"
    page = text_of(signed_in(world.bea).get(page_of(ticket)))
    assert ">Dear Dana,</textarea>" in page
    assert "erik@globex.example" in page
    assert "Saved " in page


def test_a_draft_is_nobody_elses(bea, carlos, ticket):
    bea.post(url(ticket), typed())
    assert "Dear Dana," not in text_of(carlos.get(page_of(ticket)))
    carlos.post(url(ticket), typed(text="Dear customer,"))
    assert ">Dear Dana,</textarea>" in text_of(bea.get(page_of(ticket)))


def test_each_form_has_its_own(bea, ticket):
    bea.post(url(ticket, "reply"), typed())
    bea.post(url(ticket, "note"), {"text": "Strange case."})
    bea.post(url(ticket, "forward"), typed(subject="Fwd: look", text="Please look."))
    page = text_of(bea.get(page_of(ticket)))
    for words in ("Dear Dana,", "Strange case.", "Please look.", "Fwd: look"):
        assert words in page


def test_the_newer_text_takes_the_place_of_the_older(bea, ticket):
    bea.post(url(ticket), typed())
    bea.post(url(ticket), typed(text="Dear Dana, thank you."))
    assert Draft.objects.get().content["text"] == "Dear Dana, thank you."


def test_nothing_typed_keeps_nothing(bea, ticket):
    bea.post(url(ticket), typed())
    answer = bea.post(url(ticket), typed(text="  "))
    assert text_of(answer) == ""
    assert not Draft.objects.exists()


def test_a_sent_message_is_no_draft_any_more(bea, ticket):
    submission = str(uuid4())
    bea.post(url(ticket), typed(submission=submission))
    bea.post(reverse("desk:reply", args=[ticket.number]), typed(submission=submission))
    assert not Draft.objects.exists()
    # a save that was on its way when the message was sent comes too late
    assert bea.post(url(ticket), typed(submission=submission)).status_code == 204
    assert not Draft.objects.exists()


def test_a_refused_message_keeps_its_draft(bea, ticket):
    bea.post(url(ticket), typed())
    assert part(bea, reverse("desk:reply", args=[ticket.number]), typed(to="nobody")).status_code == 422
    assert Draft.objects.get().content["text"] == "Dear Dana,"


def test_a_note_ends_only_its_own_draft(bea, ticket):
    bea.post(url(ticket), typed())
    bea.post(url(ticket, "note"), {"text": "Strange case."})
    bea.post(reverse("desk:note", args=[ticket.number]), {"text": "Strange case."})
    assert [draft.form for draft in Draft.objects.all()] == ["reply"]


def test_saving_needs_the_right_to_say_it(signed_in, reader, noter, ticket):
    assert signed_in(reader).post(url(ticket, "note"), {"text": "x"}).status_code == 404
    assert signed_in(noter).post(url(ticket, "reply"), typed()).status_code == 404
    assert signed_in(noter).post(url(ticket, "note"), {"text": "x"}).status_code == 200
    assert signed_in(noter).post(url(ticket, "nonsense"), {"text": "x"}).status_code == 404
    assert [draft.form for draft in Draft.objects.all()] == ["note"]


def test_too_much_is_refused_and_the_old_one_stays(bea, ticket):
    bea.post(url(ticket), typed())
    assert bea.post(url(ticket), typed(text="x" * (MAX_DRAFT + 1))).status_code == 413
    assert Draft.objects.get().content["text"] == "Dear Dana,"


# ---- pictures -----------------------------------------------------------------------------------


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("screen.png", PNG, content_type="image/png")


def test_a_picture_is_kept_and_shown_to_who_put_it_there(bea, carlos, ticket):
    answer = bea.post(reverse("desk:add_picture", args=[ticket.number]), {"picture": picture()})
    kept = Picture.objects.get()
    address = reverse("desk:picture", args=[kept.uuid])
    assert f'<img src="{address}" alt="screen.png">' in text_of(answer)
    assert bea.get(address).headers["Content-Type"] == "image/png"
    assert carlos.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("x.png", b"<svg onload=alert(1)>", "image/png"), ("x.svg", b"<svg/>", "image/svg+xml")],
)
def test_T04_what_is_no_picture_is_refused(bea, ticket, name, content, kind):
    file = SimpleUploadedFile(name, content, content_type=kind)
    answer = bea.post(reverse("desk:add_picture", args=[ticket.number]), {"picture": file})
    assert answer.status_code == 422
    assert not Picture.objects.exists()


def test_a_picture_travels_inside_the_answer(bea, world, ticket, signed_in):
    bea.post(reverse("desk:add_picture", args=[ticket.number]), {"picture": picture()})
    kept = Picture.objects.get()
    html = f'<p>See <img src="{reverse("desk:picture", args=[kept.uuid])}" alt="screen"> there.</p>'
    bea.post(reverse("desk:reply", args=[ticket.number]), typed(text="See there.", html=html))
    article = ticket.articles.get(sender="agent")
    [file] = article.attachments.all()
    assert (file.is_inline, file.content(), file.content_id) == (True, PNG, kept.content_id)
    assert f'src="cid:{kept.content_id}"' in article.html
    assert f"/files/{file.uuid}/inline/" in text_of(bea.get(page_of(ticket)))


def test_pictures_of_others_do_not_travel(bea, carlos, ticket):
    carlos.post(reverse("desk:add_picture", args=[ticket.number]), {"picture": picture()})
    html = f'<p>See <img src="{reverse("desk:picture", args=[Picture.objects.get().uuid])}"> there.</p>'
    bea.post(reverse("desk:reply", args=[ticket.number]), typed(text="See.", html=html))
    article = ticket.articles.get(sender="agent")
    assert not article.attachments.exists()
    assert "src=" not in article.html


def test_queries_do_not_grow_with_drafts(bea, world, ticket, queries):
    with queries() as without:
        bea.get(page_of(ticket))
    for form in ("reply", "note"):
        save_draft(world.bea, ticket, form, {"text": "x"})
    with queries() as with_drafts:
        bea.get(page_of(ticket))
    assert len(with_drafts) <= len(without) + 1


def test_drafts_of_other_tickets_stay_there(bea, world, ticket):
    other = TicketFactory(queue=world.support)
    bea.post(url(other), typed())
    assert "Dear Dana," not in text_of(bea.get(page_of(ticket)))
