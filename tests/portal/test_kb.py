"""The knowledge base as visitors and customers read it."""

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.brands import save_brand
from accounts.models import Brand
from knowledge.actions.drafting import save_draft
from knowledge.actions.publishing import archive, publish, withdraw
from knowledge.actions.settling import set_facts
from knowledge.models import Article, Feedback, Reading, SearchLog, Use
from knowledge.writing import Facts, Words
from tests.knowledge.files import attached
from tests.knowledge.library import article, category, draft, translated

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


@pytest.fixture
def visitor(world) -> Client:
    return Client()


@pytest.fixture
def dana(world, signed_in) -> Client:
    return signed_in(world.dana)


def read(browser: Client, path: str, status: int = 200, **query: str) -> str:
    answer = browser.get(path, query, follow=status == 200)
    assert answer.status_code == status, answer.redirect_chain
    return answer.content.decode()


def page(made: Article) -> str:
    return f"/kb/{made.number}/"


@pytest.mark.parametrize(
    ("visibility", "visitor_reads", "customer_reads", "agent_reads"),
    [("public", True, True, True), ("customers", False, True, True), ("internal", False, False, True)],
)
def test_t41_who_finds_an_article_anywhere(
    world, visitor, signed_in, visibility, visitor_reads, customer_reads, agent_reads
):
    place = category("Batteries")
    article("Zebra stripes", visibility=visibility, category=place)
    article("Always there", category=place)
    made = Article.objects.get(translations__published__title="Zebra stripes")
    for browser, reads in (
        (visitor, visitor_reads),
        (signed_in(world.dana), customer_reads),
        (signed_in(world.bea), agent_reads),
    ):
        answer = browser.get(page(made))
        assert answer.status_code == (200 if reads else 302 if browser is visitor else 404)
        assert ("/login/" in answer.headers.get("Location", "")) is (not reads and browser is visitor)
        for path in ("/kb/", f"/kb/topics/{place.pk}/"):
            assert ("Zebra stripes" in read(browser, path)) is reads
        assert ('class="result"' in read(browser, "/kb/search/", q="zebra")) is reads
        part = browser.post("/kb/suggestions/", {"subject": "Zebra stripes"}).content.decode()
        assert ("Zebra stripes" in part) is reads


def test_t42_what_is_hidden_is_answered_like_what_is_not_there(world, dana, visitor):
    hidden = [article(visibility="internal"), draft(), article()]
    archive(hidden[2], by=world.alex)
    numbers = [made.number for made in hidden]
    nothing = {"/kb/999999/": dana.get("/kb/999999/").content}
    for number in numbers:
        answer = dana.get(f"/kb/{number}/")
        assert (answer.status_code, answer.content) == (404, nothing["/kb/999999/"])
        assert visitor.get(f"/kb/{number}/").status_code == visitor.get("/kb/999999/").status_code == 302
        assert dana.post(f"/kb/{number}/feedback/", {"helpful": "yes"}).status_code == 404
    assert not Feedback.objects.exists()


def test_another_brand_has_articles_of_its_own(world, visitor):
    other = save_brand(Brand(name="Calden", key="calden", host="help.calden.example"), by=world.alex)
    made = article("Only at Calden", brands=(other,))
    assert visitor.get(page(made)).status_code == 302
    assert "Only at Calden" not in read(visitor, "/kb/")
    there = Client(headers={"host": "help.calden.example"})
    assert "Only at Calden" in read(there, page(made))


def test_an_article_leads_to_its_address_with_words(world, visitor):
    made = article("Reset the battery")
    assert 'rel="canonical" href="http://testserver/kb/' in read(visitor, page(made))
    answer = visitor.get(f"/kb/{made.number}-something-else/", {"asked": "other"})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/kb/{made.number}-reset-the-battery/?asked=other",
    )


def test_headings_are_listed_and_can_be_linked_to(world, visitor):
    made = article("Reset", "<p>Do it.</p><h2>First step</h2><p>One.</p><h2>Second step</h2><p>Two.</p>")
    text = read(visitor, page(made))
    assert '<h2 id="at-first-step">First step</h2>' in text
    assert re.findall(r'href="#(at-[^"]+)"', text)[:2] == ["at-first-step", "at-second-step"]


def test_each_reader_gets_his_language_and_others_are_offered(world):
    made = article("Reset the battery")
    translated(made, "de", "Den Akku zurücksetzen")
    german = read(Client(headers={"Accept-Language": "de"}), page(made))
    assert "<h1>Den Akku zurücksetzen</h1>" in german
    assert f'href="/kb/{made.number}-reset-the-battery/?language=en" hreflang="en"' in german
    chosen = read(Client(headers={"Accept-Language": "de"}), page(made), language="en")
    assert "<h1>Reset the battery</h1>" in chosen
    assert "in your language yet" not in chosen


def test_who_gets_another_language_is_told(world):
    made = article("Reset the battery")
    text = read(Client(headers={"Accept-Language": "pt"}), page(made))
    assert '<article lang="en"' in text
    assert 'class="callout article__note" lang="pt"' in text


def test_an_older_translation_points_to_the_original(world):
    made = article("Reset the battery")
    translated(made, "de", "Den Akku zurücksetzen")
    save_draft(made, "en", Words("Reset the battery", "<p>Hold it for twelve seconds.</p>"), by=world.alex)
    publish(made.translations.get(language="en"), by=world.alex)
    assert "callout--warn article__note" in read(Client(headers={"Accept-Language": "de"}), page(made))
    assert "callout--warn article__note" not in read(Client(), page(made))


def test_only_what_is_published_is_read(world, visitor):
    made = article("Reset the battery", "<p>Hold the button.</p>")
    save_draft(made, "en", Words("Reset it", "<p>Not yet approved.</p>"), by=world.alex)
    assert "Not yet approved" not in read(visitor, page(made))
    assert 'class="result"' not in read(visitor, "/kb/search/", q="approved")
    withdraw(made.translations.get(), by=world.alex)
    assert visitor.get(page(made)).status_code == 302


def test_files_come_with_what_is_published_and_for_who_reads_it(world, visitor, dana):
    made = article("Reset", visibility="customers")
    shown, kept_back = attached(made, publish=True), attached(made, publish=False, name="later.pdf")
    assert f"/kb/files/{shown.uuid}/" in read(dana, page(made))
    answer = dana.get(f"/kb/files/{shown.uuid}/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="manual.pdf"'
    assert dana.get(f"/kb/files/{kept_back.uuid}/").status_code == 404
    assert visitor.get(f"/kb/files/{shown.uuid}/").status_code == 302
    assert dana.get(f"/kb/files/{shown.uuid}/inline/").status_code == 404


def test_a_reader_is_counted_once_in_a_while_and_programs_never(world):
    made = article("Reset")
    person, other = Client(headers={"User-Agent": "Firefox"}), Client(headers={"User-Agent": "Searchbot/1.0"})
    for browser in (person, person, other):
        read(browser, page(made))
    person.head(page(made))
    assert [(row.language, row.views) for row in Reading.objects.all()] == [("en", 1)]
    assert Article.objects.get().views == 1


def test_whether_it_helped_is_said_once_by_each_reader_and_may_change(world, visitor, dana):
    made = article("Reset the battery")
    answer = visitor.post(f"{page(made)}feedback/", {"helpful": "no"})
    assert answer.headers["Location"] == f"/kb/{made.number}-reset-the-battery/#helpful"
    assert answer.cookies[settings.READER_COOKIE_NAME]["httponly"]
    assert "What was missing or wrong?" in read(visitor, page(made))
    part = visitor.post(f"{page(made)}feedback/", {"helpful": "no", "comment": "Which button?"}, headers=HTMX)
    assert "Which button?" in part.content.decode()
    dana.post(f"{page(made)}feedback/", {"helpful": "yes", "comment": ""})
    made.refresh_from_db()
    assert (made.helpful, made.unhelpful) == (1, 1)
    said = {(row.user, row.helpful, row.comment) for row in Feedback.objects.all()}
    assert said == {(None, False, "Which button?"), (world.dana, True, "")}
    visitor.post(f"{page(made)}feedback/", {"helpful": "yes"})
    made.refresh_from_db()
    assert (made.helpful, made.unhelpful) == (2, 0)
    assert settings.READER_COOKIE_NAME not in dana.cookies


@pytest.mark.parametrize(
    ("helpful", "unhelpful", "told"), [(9, 0, ""), (1_180, 74, "94%\xa0of 1,254 readers said yes")]
)
def test_what_others_said_is_told_once_they_are_enough(world, visitor, helpful, unhelpful, told):
    made = article("Reset")
    Article.objects.filter(pk=made.pk).update(helpful=helpful, unhelpful=unhelpful)
    text = read(visitor, page(made))
    assert ("readers said yes" in text) is bool(told)
    assert told.replace("\xa0", " ") in text.replace("\xa0", " ")


@pytest.mark.parametrize("sent", [{}, {"helpful": "maybe"}, {"helpful": "yes", "comment": "x" * 2001}])
def test_what_makes_no_sense_is_not_counted(world, visitor, sent):
    made = article("Reset")
    assert visitor.post(f"{page(made)}feedback/", sent, headers=HTMX).status_code == 422
    assert not Feedback.objects.exists()


def test_a_search_shows_where_the_words_stand(world, visitor):
    article("Reset the battery", "<p>Hold the button of the battery &amp; wait.</p>")
    article("Delivery times", "<p>Three days.</p>")
    text = read(visitor, "/kb/search/", q="battery")
    assert "1 article for “battery”." in text
    excerpt = re.search(r"<p dir=\"auto\">(.*?)</p>", text)[1]
    assert excerpt == "Hold the button of the <mark>battery</mark> &amp; wait"
    assert "Delivery" not in text


def test_a_search_is_kept_to_a_topic(world, visitor):
    first, second = category("Batteries"), category("Displays")
    article("Battery resets", category=first)
    article("Battery sign", category=second)
    text = read(visitor, "/kb/search/", q="battery")
    assert f'href="?q=battery&amp;topic={second.pk}"' in text
    kept = read(visitor, "/kb/search/", q="battery", topic=str(second.pk))
    assert ("Battery sign" in re.sub("</?mark>", "", kept), "Battery resets" in re.sub("</?mark>", "", kept)) == (
        True,
        False,
    )
    assert SearchLog.objects.count() == 1


def test_searches_are_remembered_and_what_was_opened_then(world, visitor):
    made = article("Reset the battery")
    read(visitor, "/kb/search/", q="Báttery")
    read(visitor, "/kb/search/", q="unicorn")
    assert [(row.query, row.hits) for row in SearchLog.objects.order_by("pk")] == [("battery", 1), ("unicorn", 0)]
    visitor.get(
        f"/kb/{made.number}-reset-the-battery/",
        headers={"Referer": "http://testserver/kb/search/?q=B%C3%A1ttery"},
    )
    assert SearchLog.objects.get(query="battery").clicked == made


def test_a_search_without_result_offers_a_request(world, visitor):
    text = read(visitor, "/kb/search/", q="<b>unicorn</b>")
    main = text.partition("<main")[2]
    assert 'href="/portal/new/"' in main
    assert "&lt;b&gt;unicorn" in main
    assert "<b>unicorn" not in text


def test_a_whole_question_finds_what_comes_close_and_nothing_that_is_hidden(world, visitor):
    article("Replace the toner cartridge", "<p>Open the printer.</p>")
    article("Toner cartridge in the safe", "<p>Secret.</p>", visibility="internal")
    text = read(visitor, "/kb/search/", q="how on earth do I replace that toner cartridge please")
    assert "Replace the toner cartridge" in text
    assert "These come close." in text
    assert "safe" not in text
    assert SearchLog.objects.get().hits == 0


def test_nobody_searches_without_end(world, visitor, monkeypatch):
    monkeypatch.setattr("web.portal.kb_readers.SEARCHING", type("Never", (), {"take": lambda self, who: False})())
    assert visitor.get("/kb/search/", {"q": "battery"}).status_code == 429
    article("Zebra stripes")
    assert b"Zebra" not in visitor.post("/kb/suggestions/", {"subject": "Zebra stripes"}).content


def test_a_suggestion_that_solved_it_is_counted_once(world, dana):
    made = article("Reset the battery")
    article("Delivery times", "<p>Three days.</p>")
    part = dana.post("/kb/suggestions/", {"subject": "battery broken", "asked": "other"}).content.decode()
    assert f'href="/kb/{made.number}-reset-the-battery/?asked=other"' in part
    assert "Delivery" not in part
    assert f'action="/kb/{made.number}/solved/"' in read(dana, f"/kb/{made.number}/", asked="other")
    for _click in range(2):
        assert dana.post(f"{page(made)}solved/").status_code == 302
    assert [(use.article, use.how, use.ticket, use.user) for use in Use.objects.all()] == [
        (made, "deflected", None, world.dana)
    ]


@pytest.mark.parametrize(("asked", "way"), [("other", "/portal/new/?topic=other"), ("12", "/portal/services/12/")])
def test_there_is_a_way_back_to_the_request_that_is_written(world, dana, asked, way):
    assert f'href="{way}"' in read(dana, page(article()), asked=asked)
    assert way not in read(dana, page(article()))


def test_related_articles_are_offered_to_who_may_read_them(world, visitor, dana):
    made, public = article("Reset"), article("Winter storage")
    hidden = article("Known faults", visibility="customers")
    set_facts(made, Facts(made.category, "public", related=(public, hidden)), by=world.alex)
    assert ("Winter storage" in (text := read(visitor, page(made))), "Known faults" in text) == (True, False)
    assert "Known faults" in read(dana, page(made))


def test_topics_count_what_the_reader_finds_and_hide_what_is_empty(world, visitor, dana):
    top = category("Batteries", names={"de": "Akkus"})
    below = category("Winter", parent=top)
    category("Empty")
    article("One", category=top)
    article("Two", category=below)
    article("Three", category=below, visibility="customers")
    assert re.findall(r"<b>([^<]+)</b>(?:<span>[^<]*</span>)?<small>(\d+)", read(visitor, "/kb/")) == [
        ("Batteries", "2")
    ]
    assert re.findall(r"<b>([^<]+)</b>(?:<span>[^<]*</span>)?<small>(\d+)", read(dana, "/kb/")) == [("Batteries", "3")]
    assert "Akkus" in read(Client(headers={"Accept-Language": "de"}), "/kb/")
    empty = category("Nothing in it")
    assert (visitor.get(f"/kb/topics/{empty.pk}/").status_code, dana.get(f"/kb/topics/{empty.pk}/").status_code) == (
        302,
        404,
    )


def test_queries_do_not_grow_with_articles(world, dana):
    place = category("Batteries")
    made = article("Reset the battery", category=place)

    def counted(path: str) -> int:
        dana.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert dana.get(path).status_code == 200
        return len(queries)

    for number in range(6):
        article(f"Battery sign {number}", category=place)
    paths = ("/kb/", f"/kb/topics/{place.pk}/", "/kb/search/?q=battery", f"/kb/{made.number}-reset-the-battery/")
    dana.get(paths[-1])  # read once, as is counted
    before = [counted(path) for path in paths]
    for number in range(8):
        translated(article(f"Battery {number}", category=place), "de", f"Akku {number}")
    assert [counted(path) for path in paths] == before
