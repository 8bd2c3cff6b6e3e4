"""Texts in several languages: which one a reader gets, and what other texts see of them."""

import pytest

from accounts.models import ConfigChange
from automation.contents import MAX_DEPTH, Contents, language_for, save_content, text_for
from automation.models import Content
from core.liquid import render
from tests.factories import TicketFactory
from tickets.models import Queue
from tickets.placeholders import Reader
from tickets.wordings import fill, missing_values, values

TEXTS = {"en": "Hello", "de": "Guten Tag", "pt": "Bom dia"}


@pytest.mark.parametrize(
    ("language", "queues", "expected"),
    [
        ("de", "", "de"),  # the reader's own
        ("pt-br", "", "pt"),  # what his is a kind of
        ("es", "de", "de"),  # the queue's
        ("es", "es", "en"),  # the original
        ("", "", "en"),
    ],
)
def test_a_reader_gets_his_language_or_the_nearest(language: str, queues: str, expected: str):
    content = Content(key="greeting", texts=TEXTS, language="en")
    assert language_for(content, language, Queue(language=queues)) == expected
    assert text_for(content, language, Queue(language=queues)) == TEXTS[expected]


def test_any_text_is_better_than_none():
    content = Content(key="greeting", texts={"de": "Guten Tag"}, language="en")
    assert text_for(content, "es") == "Guten Tag"
    assert text_for(Content(key="empty"), "es") == ""


def test_languages_without_a_text_are_missing():
    assert Content(texts={"en": "Hello", "de": ""}, language="en").missing() == ["es", "pt", "de"]


@pytest.fixture
def greeting(db) -> Content:
    return Content.objects.create(key="greeting", name="Greeting", texts={"en": "Hello {{ customer.first_name }}"})


def test_a_changed_original_leaves_its_translations_outdated(world):
    content = Content(key="greeting", name="Greeting", texts={"en": "Hello", "de": "Hallo", "es": "Hola", "pt": ""})
    save_content(content, by=world.alex)
    assert content.outdated() == []
    assert content.texts == {"en": "Hello", "de": "Hallo", "es": "Hola"}
    content.texts = content.texts | {"en": "Good day", "de": "Guten Tag"}
    save_content(content, by=world.alex)
    content.refresh_from_db()
    assert (content.revision, content.outdated()) == (2, ["es"])
    save_content(content, by=world.alex, still_right=frozenset({"es"}))
    assert content.outdated() == []
    lines = ConfigChange.objects.filter(kind="automation.content").order_by("pk")
    assert [line.action for line in lines] == ["created", "changed", "changed"]
    assert lines[1].before["texts"]["de"] == "Hallo"
    assert lines[1].after["texts"]["de"] == "Guten Tag"


def test_saving_what_is_there_already_leaves_no_line(world, greeting):
    save_content(greeting, by=world.alex)
    before = ConfigChange.objects.count()
    assert save_content(greeting, by=world.alex) is None
    assert ConfigChange.objects.count() == before


def test_a_reply_speaks_the_language_of_its_customer(world, greeting):
    Content.objects.filter(pk=greeting.pk).update(texts={"en": "Hello", "de": "Guten Tag {{ customer.first_name }}"})
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    ticket.language = "de"
    assert fill("{{ content.greeting }}!", ticket, world.bea) == "Guten Tag Dana!"


def test_a_text_without_contents_asks_for_none(world, greeting, queries):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    with queries() as counted:
        fill("{{ customer.first_name }}", ticket, world.bea)
    assert not [query for query in counted if "automation_content" in query["sql"]]


@pytest.mark.parametrize("name", ["__class__", "_known", "nothing", "greeting.__class__", "greeting.texts"])
def test_T58_nothing_but_texts_can_be_reached(greeting, name: str):
    known = {"content": Contents({}, Reader("en"))}
    assert render(f"{{{{ content.{name} }}}}", known) == ""


def test_T58_all_contents_together_are_no_text(greeting):
    assert render("{{ content }}", {"content": Contents({}, Reader("en"))}) == ""


def test_contents_take_in_others_but_never_themselves(db):
    for number in range(MAX_DEPTH + 2):
        text = f"{number} {{{{ content.c{number + 1} }}}}"
        Content.objects.create(key=f"c{number}", name=f"{number}", texts={"en": text})
    Content.objects.create(key="self", name="self", texts={"en": "a {{ content.self }}"})
    Content.objects.create(key="one", name="one", texts={"en": "1 {{ content.two }}"})
    Content.objects.create(key="two", name="two", texts={"en": "2 {{ content.one }}"})
    known = {"content": Contents({}, Reader("en"))}
    assert render("{{ content.c0 }}", known).split() == ["0", "1", "2"]
    assert render("{{ content.self }}|{{ content.one }}", known).replace(" ", "") == "a|12"


def test_many_that_take_in_all_others_end_soon(db):
    keys = [f"k{number}" for number in range(30)]
    everything = "".join(f"{{{{ content.{key} }}}}" for key in keys)
    Content.objects.bulk_create(Content(key=key, name=key, texts={"en": f"x{everything}"}) for key in keys)
    text = render(everything, {"content": Contents({}, Reader("en"))})
    assert 0 < len(text) < 100_000


def test_a_plain_content_keeps_its_braces(db):
    Content.objects.create(key="how", name="How", texts={"en": "Write {{ name }}"}, is_liquid=False)
    assert render("{{ content.how }}", {"content": Contents({}, Reader("en"))}) == "Write {{ name }}"


def test_an_inactive_content_is_missing(world, greeting):
    Content.objects.update(is_active=False)
    known = values(TicketFactory(queue=world.support, customer=world.dana), world.bea)
    assert missing_values("{{ content.greeting }}{{ customer.name }}", known) == ["content.greeting"]
