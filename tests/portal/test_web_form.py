"""The form in another website: who may show it, what keeps programs out, what becomes of what is sent."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from core.clock import now, pretend
from tickets.models import FieldDefinition, Ticket, WebForm, WebFormPost
from tickets.webform_stamps import is_proven, new_stamp, read_stamp
from tickets.webforms import save_form

pytestmark = pytest.mark.django_db

TEXTS = {
    "en": {"title": "Contact us", "intro": "We answer soon.", "thanks": "Bye.", "consent": "I agree to be answered."},
    "de": {"title": "Schreiben Sie uns", "consent": "Ich willige ein."},
}


@pytest.fixture
def of(world) -> WebForm:
    sites = ["https://shop.example", "https://*.calden.example"]
    return save_form(WebForm(name="Contact", queue=world.support, sites=sites, texts=TEXTS), [], by=world.alex)


@pytest.fixture
def visitor() -> Client:
    return Client(REMOTE_ADDR="203.0.113.9")


def sending(of: WebForm, *, age: int = 60, **facts) -> dict[str, str]:
    stamp = new_stamp(of.key, since=now() - timedelta(seconds=age))
    usual = {"email": "ida@new.example", "name": "Ida", "subject": "Lamp", "text": "It flickers.", "consent": "on"}
    return {**usual, "stamp": stamp.text, "answer": str(sum(stamp.question)), **facts}


def test_T87_only_its_sites_may_frame_it(of, visitor):
    answer = visitor.get(f"/form/{of.key}/")
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example https://*.calden.example;" in f"{policy};"
    assert "script-src 'self'" in policy
    assert "X-Frame-Options" not in answer
    other = visitor.get("/login/")
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    assert other["X-Frame-Options"] == "DENY"


def test_it_needs_no_cookie_and_leaves_none(of):
    visitor = Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.9")
    page = visitor.get(f"/form/{of.key}/")
    stamp = re.search(r'name="stamp" value="([^"]+)"', page.content.decode())[1]
    assert not page.cookies
    with pretend(now() + timedelta(seconds=30)):
        proof = next(str(n) for n in range(10**6) if is_proven(read_stamp(stamp, of.key), str(n)))
        answer = visitor.post(f"/form/{of.key}/", sending(of, stamp=stamp, proof=proof, answer=""))
    assert (answer.status_code, answer["Location"]) == (302, f"/form/{of.key}/thanks/?lang=en")
    assert not answer.cookies
    assert WebFormPost.objects.get().held == []
    assert "Bye." in visitor.get(answer["Location"]).content.decode()


def test_without_scripts_the_question_is_answered(of, visitor):
    page = visitor.get(f"/form/{of.key}/").content.decode()
    assert re.search(r"What is \d plus \d\?", page)
    assert visitor.post(f"/form/{of.key}/", sending(of)).status_code == 302
    post = WebFormPost.objects.get()
    assert (post.consent, post.ticket.title) == ("I agree to be answered.", "Lamp")


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"answer": ""}, "Please write the sum of the two numbers."),
        ({"answer": "100"}, "Please write the sum of the two numbers."),
        ({"stamp": "x"}, "This page has been open for too long."),
        ({"consent": ""}, "Without your consent we cannot work on your message."),
        ({"email": "nonsense"}, "1 field needs a change"),
        ({"text": ""}, "1 field needs a change"),
    ],
)
def test_what_is_wrong_is_said_what_was_written_stays(of, visitor, facts, says):
    answer = visitor.post(f"/form/{of.key}/", sending(of, **facts))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="Lamp"' in page
    assert not Ticket.objects.exists()


def test_who_mends_something_at_once_is_not_taken_for_a_program(of, visitor):
    page = visitor.post(f"/form/{of.key}/", sending(of, answer="")).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    again = sending(of, stamp=stamp, answer=str(sum(read_stamp(stamp, of.key).question)))
    assert visitor.post(f"/form/{of.key}/", again).status_code == 302
    assert WebFormPost.objects.get().held == []


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"comment_url": "http://casino.example"}, ["trap"]),
        ({"age": 1}, ["fast"]),
        ({"subject": "http://casino.example"}, ["name"]),
    ],
)
def test_what_looks_like_spam_is_thanked_for_and_held(of, visitor, facts, why):
    answer = visitor.post(f"/form/{of.key}/", sending(of, **facts))
    assert answer["Location"] == f"/form/{of.key}/thanks/?lang=en"
    assert WebFormPost.objects.get().held == why


def test_a_second_click_opens_no_second_ticket(of, visitor):
    data = sending(of)
    assert [visitor.post(f"/form/{of.key}/", data).status_code for _click in range(2)] == [302, 302]
    assert Ticket.objects.count() == 1


def test_many_from_one_place_are_held_then_refused(of, visitor):
    codes = [visitor.post(f"/form/{of.key}/", sending(of, email=f"p{n}@new.example")).status_code for n in range(31)]
    assert codes == [302] * 30 + [429]
    held = WebFormPost.objects.order_by("pk").values_list("held", flat=True)
    assert [why for why in held if why] == [["place"]] * 25
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post(f"/form/{of.key}/", sending(of)).status_code == 302


def test_T41_a_form_out_of_use_looks_absent(of, visitor, world):
    absent = visitor.get("/form/nosuchform/").content
    for change in ({"is_active": False}, {}):
        WebForm.objects.filter(pk=of.pk).update(**{"is_active": True, **change})
        if not change:
            world.support.is_active = False
            world.support.save()
        for path in (f"/form/{of.key}/", f"/form/{of.key}/thanks/"):
            answer = visitor.get(path)
            assert answer.status_code == 404
            assert _without_id(answer.content) == _without_id(absent)
        assert visitor.post(f"/form/{of.key}/", sending(of)).status_code == 404
    assert not Ticket.objects.exists()


def _without_id(body: bytes) -> bytes:
    return re.sub(rb"[0-9a-f]{16}", b"", body)


def test_it_speaks_the_language_that_the_website_asks_for(of, visitor):
    page = visitor.get(f"/form/{of.key}/?lang=de-AT").content.decode()
    assert '<html lang="de"' in page
    assert "Schreiben Sie uns" in page
    assert "We answer soon." in page  # nobody has written it in German
    unknown = visitor.get(f"/form/{of.key}/?lang=xx", headers={"Accept-Language": "es"}).content.decode()
    assert '<html lang="en"' in unknown


def test_who_is_signed_in_does_not_count(of, world, signed_in):
    page = signed_in(world.alex).get(f"/form/{of.key}/").content.decode()
    assert "Alex" not in page
    assert signed_in(world.alex).post(f"/form/{of.key}/", sending(of)).status_code == 302
    assert Ticket.objects.get().customer.email == "ida@new.example"


def test_it_asks_the_fields_of_the_administrator(of, visitor, world):
    model = FieldDefinition.objects.create(key="model", label="Model", kind="dropdown", options=["L1", "L2"])
    of.asks_name = "no"
    of.asks_subject = "optional"
    of.takes_files = True
    save_form(of, [(model, True)], by=world.alex)
    page = visitor.get(f"/form/{of.key}/").content.decode()
    assert 'name="name"' not in page
    assert 'type="file"' in page
    assert visitor.post(f"/form/{of.key}/", sending(of, subject="")).status_code == 422
    assert visitor.post(f"/form/{of.key}/", sending(of, subject="", field_model="L2")).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.custom_fields) == ("It flickers.", {"model": "L2"})


def test_the_script_has_one_lasting_address(of, visitor):
    answer = visitor.get(f"/form/{of.key}/embed.js")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/static/js/form-embed")
