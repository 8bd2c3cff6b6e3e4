"""Texts in several languages in the administration: what is missing or older, previews, and the picker of placeholders."""

import re

import pytest
from django.urls import reverse

from automation.models import Content, SurveyRule
from mail.answers import words
from mail.models import AutomaticText
from tests.factories import TicketFactory
from tickets.models import ReplyTemplate


@pytest.fixture
def greeting(db) -> Content:
    texts = {"en": "Hello {{ customer.first_name }}", "de": "Guten Tag"}
    return Content.objects.create(key="greeting", name="Greeting", texts=texts, made_from={"en": 1, "de": 1})


def fields(**more) -> dict:
    return {"name": "Greeting", "key": "greeting", "language": "en", "text_en": "Hi", "is_active": "on"} | more


def test_a_new_one_is_listed_with_what_it_lacks(door, text_of):
    answer = door.post(reverse("setup:contents_new"), fields(text_de="Hallo", is_liquid="on"))
    assert answer.status_code == 302
    assert Content.objects.get().texts == {"en": "Hi", "de": "Hallo"}
    listed = text_of(door.get(reverse("setup:contents")))
    assert "{{ content.greeting }}" in listed
    assert "Missing: Español, Português" in listed


def test_a_changed_original_marks_its_translations(door, greeting, text_of):
    url = reverse("setup:contents_row", args=[greeting.pk])
    assert "This translation still fits" not in text_of(door.get(url))
    door.post(url, fields(text_de="Guten Tag"))
    assert "Older than the original: Deutsch" in text_of(door.get(reverse("setup:contents")))
    assert "This translation still fits" in text_of(door.get(url))
    door.post(url, fields(text_de="Guten Tag", right_de="on"))
    assert Content.objects.get().outdated() == []


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"text_en": ""}, "This field is required"),
        ({"text_de": "a {% if %}", "is_liquid": "on"}, "cannot be read"),
        ({"text_en": "{{ content.greeting }}", "is_liquid": "on"}, "A text cannot take in itself."),
        ({"key": "Not a key"}, "Write it in small letters"),
    ],
)
def test_what_is_refused(door, text_of, sent: dict, told: str):
    answer = door.post(reverse("setup:contents_new"), fields(**sent))
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not Content.objects.exists()


def test_the_key_stays(door, greeting):
    door.post(reverse("setup:contents_row", args=[greeting.pk]), fields(key="other"))
    assert Content.objects.get().key == "greeting"


def test_before_it_is_retired_whoever_takes_it_in_is_named(world, door, greeting, text_of):
    ReplyTemplate.objects.create(name="Thanks", body="{{ content.greeting }}")
    Content.objects.create(key="letter", name="Letter", texts={"en": "{{ content.greeting }}"})
    SurveyRule.objects.create(queue=world.support, is_on=True, text=greeting)
    data = fields()
    del data["is_active"]
    answer = door.post(reverse("setup:contents_row", args=[greeting.pk]), data)
    told = text_of(answer)
    assert answer.status_code == 422
    assert "“Thanks” takes it in" in told
    assert "“Letter” takes it in" in told
    assert "Customers of Support are asked with it" in told


def test_a_preview_shows_each_language(world, door, greeting):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    data = {"name": "New", "body": "{{ content.greeting }}!", "preview": "on", "preview_ticket": ticket.number}
    part = door.post(reverse("setup:templates_new"), data).content.decode().partition('id="preview"')[2]
    assert "English, Español, Português" in part
    assert "Hello Dana!" in part
    assert "Guten Tag!" in part
    part = door.post(reverse("setup:templates_new"), data | {"language": "de"}).content.decode()
    assert "Hello Dana!" not in part


def test_a_preview_of_a_content_shows_what_was_typed(world, door, greeting):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    data = fields(text_en="Dear {{ customer.name }}", text_de="", is_liquid="on", preview="on")
    url = reverse("setup:contents_row", args=[greeting.pk])
    part = door.post(url, data | {"preview_ticket": ticket.number}).content.decode().partition('id="preview"')[2]
    assert "Dear Dana Miller" in part
    assert Content.objects.get().texts["en"] == "Hello {{ customer.first_name }}"


def test_an_automatic_reply_takes_one_in(world, greeting):
    AutomaticText.objects.create(event="new", subject="{{ number }}", body="{{ content.greeting }}.")
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    # of the customer an automatic reply knows nothing (T31)
    assert words("new", ticket, is_invited=False) == (f"#{ticket.number}", "Hello .")
    ticket.language = "de"
    assert words("new", ticket, is_invited=False)[1] == "Guten Tag."


@pytest.mark.parametrize("shelf", ["templates", "snippets", "automatic", "contents"])
def test_every_editor_offers_placeholders(door, greeting, shelf: str):
    page = door.get(reverse(f"setup:{shelf}_new")).content.decode()
    offered = re.findall(r'data-insert="([^"]+)"', page)
    assert "{{ content.greeting }}" in offered
    own = "{{ number }}" if shelf == "automatic" else "{{ customer.first_name }}"
    assert own in offered
    for target in re.findall(r'<placeholder-picker data-into="([^"]+)"', page):
        assert re.search(rf'<(textarea|input)[^>]* id="{target}"', page)


def test_the_list_and_an_editor_cost_the_same_however_many_there_are(door, greeting, queries):
    urls = [reverse("setup:contents"), reverse("setup:templates_new")]
    before = []
    for url in urls:
        with queries() as counted:
            door.get(url)
        before.append(len(counted))
    texts = {"en": "x {{ content.greeting }}"}
    Content.objects.bulk_create(Content(key=f"k{n}", name=f"K{n}", texts=texts) for n in range(20))
    for url, number in zip(urls, before, strict=True):
        with queries() as counted:
            door.get(url)
        assert len(counted) == number
