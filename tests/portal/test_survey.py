"""Saying how satisfied one is: by a link, without signing in, without script, once."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from automation.models import SurveyAnswer, SurveyInvitation, SurveyRule
from automation.survey_links import token_of
from automation.surveying import ask, plan
from tests.factories import TicketFactory
from tickets.actions.progress import set_state
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import State


@pytest.fixture
def invitation(world) -> SurveyInvitation:
    SurveyRule.objects.create(queue=world.support, is_on=True)
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer <hums>")
    reply(ticket, Message(text="Try it now."), by=world.bea)
    event = set_state(ticket, State.objects.get(name="closed successful"), by=world.bea)
    planned = plan(event.ticket, event=event, delay=timedelta(0))
    changed = ask(planned)
    planned.finish()
    planned.save_work(*changed)
    assert planned.state == "asked"
    return SurveyInvitation.objects.select_related("customer", "ticket").get(pk=planned.pk)


@pytest.fixture
def url(invitation) -> str:
    return reverse("portal:survey", args=[token_of(invitation)])


def chosen(page: str) -> list[str]:
    return re.findall(r'<input type="radio"[^>]* value="(\d)"[^>]* checked', page)


def test_five_faces_with_words(client, url):
    page = client.get(url).content.decode()
    radios = re.findall(r'<label class="scale__one" for="([^"]+)"><input type="radio"[^>]* id="([^"]+)"', page)
    assert [label for label, _field in radios] == [field for _label, field in radios]
    assert len(radios) == 5
    assert "Very satisfied" in page
    assert "Printer &lt;hums&gt;" in page
    assert chosen(page) == []


def test_to_look_counts_for_nothing(client, url):
    for _time in range(3):
        assert chosen(client.get(f"{url}?score=1").content.decode()) == ["1"]
        client.head(f"{url}?score=1")
    assert not SurveyAnswer.objects.exists()


@pytest.mark.parametrize("score", ["9", "x", "", "²"])
def test_a_score_that_is_none_chooses_nothing(client, url, score: str):
    answer = client.get(url, {"score": score})
    assert (answer.status_code, chosen(answer.content.decode())) == (200, [])
    assert client.post(url, {"score": score}).status_code == 422
    assert not SurveyAnswer.objects.exists()


def test_an_answer_is_given_once(client, url):
    assert client.post(url, {"score": "2", "comment": "Slow"}).headers["Location"] == url
    client.post(url, {"score": "5"})
    given = SurveyAnswer.objects.get()
    assert (given.score, given.comment) == (2, "Slow")
    page = client.get(url).content.decode()
    assert "Dissatisfied" in page
    assert "Is it not solved yet?" in page
    assert f"mailto:support@demo.example?subject=Re%3A%20%5B%23{given.ticket.number}%5D" in page


def test_a_comment_may_follow(client, url, invitation):
    comment = reverse("portal:survey_comment", args=[token_of(invitation)])
    assert client.post(comment, {"comment": "Too early"}).status_code == 302
    client.post(url, {"score": "5"})
    assert "Not solved after all?" in client.get(url).content.decode()
    client.post(comment, {"comment": "Quick!"})
    client.post(comment, {"comment": "Again"})
    assert SurveyAnswer.objects.get().comment == "Quick!"
    assert comment not in client.get(url).content.decode()


def test_the_page_speaks_the_customers_language(client, url, invitation):
    SurveyInvitation.objects.update(language="de")
    assert 'lang="de"' in client.get(url).content.decode()
    client.cookies["language"] = "es"
    assert 'lang="es"' in client.get(url).content.decode()


def test_T80_an_expired_or_forged_link_says_the_same(client, url, invitation):
    assert client.get(url).status_code == 200
    forged = client.get(reverse("portal:survey", args=[f"{invitation.pk}-{'A' * 43}"]))
    SurveyInvitation.objects.update(expires_at=timezone.now())
    expired = client.get(url)
    assert (forged.status_code, expired.status_code) == (410, 410)
    assert client.post(url, {"score": "5"}).status_code == 410
    assert not SurveyAnswer.objects.exists()
    form_tokens = re.compile(rb"[A-Za-z0-9]{64}")
    assert form_tokens.sub(b"", forged.content) == form_tokens.sub(b"", expired.content)


def test_T80_the_address_of_the_page_is_in_no_log(client, url, caplog):
    with caplog.at_level("DEBUG"):
        client.get(url)
        client.post(url, {"score": "5"})
        client.get(url)
    token = url.split("/")[-2]
    assert token not in caplog.text
    assert not [record for record in caplog.records if token in str(record.__dict__)]


def test_T74_an_answer_needs_the_form(url):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url, {"score": "5"}).status_code == 403
    assert not SurveyAnswer.objects.exists()


def test_it_is_not_kept_by_caches_and_not_sent_on(client, url):
    answer = client.get(url)
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
