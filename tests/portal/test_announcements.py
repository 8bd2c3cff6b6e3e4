"""Announcements: who reads what, where and when, and the form that makes them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.brands import default_brand, save_brand
from accounts.models import Brand
from core.clock import now
from knowledge.models import Announcement
from knowledge.models.announcement import Audience, Level

pytestmark = pytest.mark.django_db


def announced(title: str, *, brands: tuple[Brand, ...] = (), **fields) -> Announcement:
    made = Announcement.objects.create(titles={"en": title}, **fields)
    made.brands.set(brands)
    return made


@pytest.fixture
def other(world) -> Brand:
    return save_brand(Brand(name="Calden", key="calden", host="help.calden.example"), by=world.alex)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("fields", "visitor", "customer"),
    [
        ({}, True, True),
        ({"audience": Audience.SIGNED_IN}, False, True),
        ({"is_active": False}, False, False),
        ({"starts_at": HOUR}, False, False),
        ({"starts_at": -2 * HOUR, "ends_at": -HOUR}, False, False),
        ({"starts_at": -2 * HOUR, "ends_at": HOUR}, True, True),
    ],
)
def test_who_reads_an_announcement_and_when(world, fields, visitor, customer):
    times = {name: now() + value for name, value in fields.items() if name.endswith("_at")}
    made = announced("Mail is late", **{**fields, **times})
    shown = Announcement.objects.shown_to
    assert shown(None, default_brand(), now()).filter(pk=made.pk).exists() is visitor
    assert shown(world.dana, default_brand(), now()).filter(pk=made.pk).exists() is customer


def test_what_is_for_one_brand_stands_on_its_portal_alone(world, other):
    announced("For Calden", brands=(other,))
    announced("For both", brands=(other, default_brand()))
    announced("For all")
    titles = {
        brand.name: [one.title for one in Announcement.objects.shown_to(None, brand, now())]
        for brand in (default_brand(), other)
    }
    assert titles == {"Helpdesk": ["For all", "For both"], "Calden": ["For all", "For both", "For Calden"]}


def test_a_disruption_stands_above_every_page_and_news_on_the_first_ones(world, signed_in):
    announced("Mail is late", level=Level.DISRUPTION, is_banner=True)
    announced("New articles", level=Level.NEWS)
    visitor, dana = Client(), signed_in(world.dana)
    for browser, path, has_news in (
        (visitor, "/kb/", True),
        (dana, "/portal/", True),
        (dana, "/portal/requests/", False),
        (dana, "/profile/", False),
    ):
        text = browser.get(path).content.decode()
        assert text.count("Mail is late") == 1
        assert ("New articles" in text) is has_news


def test_everybody_reads_his_language_and_others_the_original(world, signed_in):
    made = announced("Mail is late", is_banner=True)
    made.titles["de"] = "E-Mails kommen verspätet an"
    made.texts = {"en": "Wait.", "de": ""}
    made.save()
    german = Client(headers={"Accept-Language": "de"}).get("/kb/").content.decode()
    assert "E-Mails kommen verspätet an" in german
    assert "Wait." not in german
    assert 'lang="en"><b>Mail is late' in Client(headers={"Accept-Language": "pt"}).get("/kb/").content.decode()


def test_what_an_administrator_writes_is_no_markup(world):
    announced("<b>Late</b>", is_banner=True, texts={"en": "See https://status.example/ <script>"})
    text = Client().get("/kb/").content.decode()
    assert "<b>&lt;b&gt;Late&lt;/b&gt;</b>" in text
    assert 'href="https://status.example/"' in text
    assert "&lt;script&gt;" in text


FORM = {"level": "news", "language": "en", "audience": "everybody", "starts_at": "2026-11-20T10:00", "is_active": "on"}


def test_an_announcement_is_written_in_several_languages_and_audited(world, signed_in, other):
    alex = signed_in(world.alex)
    sent = FORM | {"title_en": " Mail  is late", "text_en": "Wait.", "title_de": "E-Mail verspätet", "brands": other.pk}
    answer = alex.post(reverse("setup:announcements_new"), sent)
    assert answer.status_code == 302
    made = Announcement.objects.get()
    assert made.titles == {"en": "Mail is late", "de": "E-Mail verspätet"}
    assert (made.texts, [*made.brands.all()], str(made)) == ({"en": "Wait."}, [other], "Mail is late")
    listed = alex.get(reverse("setup:announcements")).content.decode()
    assert "Mail is late" in listed


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title_en": ""}, "title_en"),
        ({"title_en": "x", "text_de": "Nur Text"}, "title_de"),
        ({"title_en": "x", "ends_at": "2026-11-20T10:00"}, "ends_at"),
        ({"title_en": "x", "language": "xx"}, "language"),
    ],
)
def test_an_announcement_that_nobody_could_read_is_refused(world, signed_in, change, field):
    answer = signed_in(world.alex).post(reverse("setup:announcements_new"), FORM | change)
    assert answer.status_code == 422
    assert f'id="id_{field}-e"' in answer.content.decode()
    assert not Announcement.objects.exists()
