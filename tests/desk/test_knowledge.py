"""Articles in the desk: lists, the page of one, writing, review, history, and what there is to mend."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.actions.drafting import save_draft
from knowledge.actions.reading import give_feedback, log_search
from knowledge.actions.reviewing import add_comment, ask_review
from knowledge.actions.using import use_in_ticket
from knowledge.models import Article, State
from knowledge.writing import Words
from tests.desk.conftest import part, text_of
from tests.factories import TicketFactory
from tests.knowledge.library import article, category, draft, let_publish, let_write, settle, translated
from tests.rights.world import PNG

LIST = "/desk/knowledge/"


def page(made: Article, rest: str = "") -> str:
    return f"{LIST}{made.number}/{rest}"


def words(**other) -> dict[str, str]:
    return {"title": "Battery", "summary": "", "text": "New words", "keywords": "", "note": "", **other}


@pytest.fixture
def writers(world):
    """Bea and Carlos write, Bea publishes."""
    let_write(world.bea, world.carlos)
    let_publish(world.bea)


def newest(made: Article, language: str = "en"):
    return made.translations.get(language=language).latest


# Lists.


def test_agents_find_what_is_published_and_writers_everything(bea, carlos, world):
    let_write(world.carlos)
    article("Reset the battery")
    draft("Nobody knows yet")
    assert "Nobody knows yet" not in text_of(bea.get(LIST))
    assert "Reset the battery" in text_of(bea.get(LIST))
    assert "Nobody knows yet" in text_of(carlos.get(LIST))
    assert "Nobody knows yet" in text_of(carlos.get(LIST, {"shelf": "drafts"}))
    assert "Reset the battery" not in text_of(carlos.get(LIST, {"shelf": "drafts"}))


def test_the_list_is_narrowed_by_category_words_and_number(bea, world):
    brakes, power = category("Brakes"), category("Power")
    one = article("Squeaking brakes", category=brakes)
    article("Empty battery", category=power)
    for asked in ({"category": brakes.pk}, {"q": "squeak"}, {"q": f"#{one.number}"}):
        told = text_of(part(bea, LIST, **asked))
        assert "Squeaking brakes" in told, asked
        assert "Empty battery" not in told, asked


def test_the_list_asks_as_often_for_many_articles_as_for_one(bea, world, django_assert_max_num_queries):
    place = category("Power")
    for number in range(2):
        translated(article(f"Battery {number}", category=place), "de", f"Akku {number}")
    bea.get(LIST)
    with django_assert_max_num_queries(20) as few:
        bea.get(LIST)
    for number in range(4):
        translated(article(f"Charger {number}", category=place), "de", f"Netzteil {number}")
    with django_assert_max_num_queries(len(few)):
        assert "Charger 3" in text_of(bea.get(LIST))


# One article.


def test_readers_see_what_is_published_and_writers_the_newest_words(bea, carlos, world):
    let_write(world.carlos)
    made = article("Battery", "<p>Ten seconds.</p>")
    save_draft(made, "en", Words("Battery", "<p>Twenty seconds.</p>"), by=world.carlos)
    assert "Ten seconds." in text_of(bea.get(page(made)))
    assert "Twenty seconds." in text_of(carlos.get(page(made)))
    assert "Ten seconds." in text_of(carlos.get(page(made), {"version": "published"}))
    assert bea.get(page(made, "en/write/")).status_code == 404


def test_the_page_asks_as_often_for_much_as_for_little(bea, world, writers, ticket, django_assert_max_num_queries):
    made = article("Battery")

    def more(number: int) -> None:
        one = made.translations.get(language="en")
        comment = add_comment(one, "A photo?", by=world.carlos)
        add_comment(one, "It comes.", by=world.bea, answers=comment)
        give_feedback(made, "en", helpful=False, reader=str(number), comment="Why?")
        other = TicketFactory(queue=world.support, customer=world.dana)
        use_in_ticket(made, other, "solved", language="en", by=world.bea)
        settle(made, related=(*made.related.all(), article(f"Charger {number}")))

    more(1)
    bea.get(page(made))
    for rest in ("", "en/changes/", "en/write/", "en/history/"):
        with CaptureQueriesContext(connection) as few:
            bea.get(page(made, rest))
        assert len(few) < 45, rest
    with CaptureQueriesContext(connection) as few:
        bea.get(page(made))
    for number in (2, 3, 4):
        more(number)
    with django_assert_max_num_queries(len(few)):
        assert "Charger 4" in text_of(bea.get(page(made)))


def test_the_page_is_in_the_language_asked_for_or_the_readers(bea, world):
    made = article("Battery")
    translated(made, "de", "Akku")
    assert "Akku" in text_of(bea.get(page(made), {"lang": "de"}))
    assert bea.get(page(made), {"lang": "es"}).status_code == 404
    assert bea.get(page(made), {"lang": "xx"}).status_code == 404


def test_a_new_article_is_begun_with_a_title_and_a_place(carlos, world, writers):
    place = category("Power")
    answer = carlos.post(
        f"{LIST}new/", {"title": "Battery", "category": place.pk, "language": "de", "visibility": "public"}
    )
    made = Article.objects.get()
    assert answer["Location"] == page(made, "de/write/")
    assert (made.language, made.owner, made.visibility, newest(made, "de").title) == (
        "de",
        world.carlos,
        "public",
        "Battery",
    )


def test_the_facts_of_an_article_are_changed_by_who_writes_it(bea, world, writers):
    made, other = article("Battery"), article("Charger")
    place = category("Power")
    sent = {
        "category": place.pk,
        "visibility": "customers",
        "owner": world.carlos.pk,
        "review_at": "2030-05-01",
        "related": f"#{other.number}",
        "seen": made.version,
    }
    assert bea.post(page(made, "settings/"), sent).status_code == 302
    made.refresh_from_db()
    assert (made.category, made.visibility, made.owner, str(made.review_at)) == (
        place,
        "customers",
        world.carlos,
        "2030-05-01",
    )
    assert list(made.related.all()) == [other]
    assert bea.post(page(made, "settings/"), {**sent, "visibility": "internal"}).status_code == 409
    made.refresh_from_db()
    assert made.visibility == "customers"


def test_related_articles_are_named_by_numbers_that_there_are(bea, world, writers):
    made = article("Battery")
    sent = {"category": made.category_id, "visibility": "public", "related": "99999", "seen": made.version}
    answer = bea.post(page(made, "settings/"), sent)
    assert answer.status_code == 422
    assert "There is no other article 99999." in text_of(answer)


def test_an_article_that_is_still_right_comes_up_again_later(bea, world, writers):
    made = settle(article("Battery"), review_at=timezone.localdate() - timedelta(days=1))
    assert "Battery" in text_of(bea.get(f"{LIST}to-do/"))
    assert bea.post(page(made, "reviewed/")).status_code == 302
    made.refresh_from_db()
    assert made.review_at == timezone.localdate() + timedelta(days=180)


# Writing.


def test_what_is_written_is_a_new_draft_and_readers_see_the_old_words(carlos, world, writers):
    made = article("Battery", "<p>Ten seconds.</p>")
    sent = words(html="<h2>Reset</h2><p>Twenty <script>x</script>seconds.</p>", keywords="akku, power", seen="1")
    assert carlos.post(page(made, "en/write/"), sent).status_code == 302
    one = made.translations.get()
    assert (one.state, one.published.number, one.latest.number) == (State.DRAFT, 1, 2)
    assert one.latest.body == "<h2>Reset</h2><p>Twenty seconds.</p>"
    assert one.latest.keywords == ["akku", "power"]


def test_without_an_editor_paragraphs_are_written_and_what_is_unchanged_keeps_its_form(carlos, world, writers):
    made = article("Battery", "<p>Ten <strong>seconds</strong>.</p>")
    carlos.post(page(made, "en/write/"), words(title="Batteries", text=newest(made).text, seen="1"))
    assert newest(made).body == "<p>Ten <strong>seconds</strong>.</p>"
    carlos.post(page(made, "en/write/"), words(text="One\n\nTwo", seen="2"))
    assert newest(made).body == "<p>One</p><p>Two</p>"


def test_of_two_who_write_the_second_is_told_and_loses_nothing(bea, carlos, world, writers):
    made = article("Battery")
    assert carlos.post(page(made, "en/write/"), words(text="From Carlos", seen="1")).status_code == 302
    answer = bea.post(page(made, "en/write/"), words(text="From Bea", seen="1"))
    assert answer.status_code == 409
    assert "From Bea" in text_of(answer)
    assert world.carlos.name in text_of(answer)
    assert newest(made).text == "From Carlos"
    assert bea.post(page(made, "en/write/"), words(text="From both", seen="2")).status_code == 302
    assert newest(made).text == "From both"


def test_files_are_added_kept_and_left_out(carlos, world, writers):
    made = article("Battery")
    file = SimpleUploadedFile("manual.txt", b"Read me", content_type="text/plain")
    carlos.post(page(made, "en/write/"), words(seen="1", files=file))
    added = made.files.get()
    assert newest(made).files == [added.pk]
    answer = carlos.get(f"{LIST}files/{added.uuid}/")
    assert answer["Content-Disposition"] == 'attachment; filename="manual.txt"'
    carlos.post(page(made, "en/write/"), words(text="Other", seen="2", kept=added.pk))
    assert newest(made).files == [added.pk]
    carlos.post(page(made, "en/write/"), words(text="Another", seen="3"))
    assert newest(made).files == []


def test_a_picture_of_the_text_belongs_to_the_article(bea, carlos, world, writers):
    made = article("Battery")
    answer = carlos.post(page(made, "pictures/"), {"picture": BytesIO(PNG)})
    assert answer.status_code == 422
    sent = SimpleUploadedFile("lights.png", PNG, content_type="image/png")
    shown = text_of(carlos.post(page(made, "pictures/"), {"picture": sent}))
    carlos.post(page(made, "en/write/"), words(html=f"<p>Look: {shown.strip()}</p>", seen="1"))
    picture = made.files.get()
    assert f"cid:{picture.content_id}" in newest(made).body
    address = f"{LIST}files/{picture.uuid}/"
    assert address in text_of(bea.get(page(made)))
    assert bea.get(address)["Content-Type"] == "image/png"
    # what another writer saves has the same picture
    form = f'<p>See <img src="{address}" alt="lights"></p>'
    bea.post(page(made, "en/write/"), words(html=form, seen="2"))
    assert f"cid:{picture.content_id}" in newest(made).body
    assert made.files.count() == 1


def test_saving_leads_on_to_review_or_to_readers(bea, carlos, world, writers):
    made = draft("Battery")
    carlos.post(page(made, "en/write/"), words(seen="1", then="review"))
    assert made.translations.get().state == State.IN_REVIEW
    bea.post(page(made, "en/write/"), words(text="Better", seen="2", then="publish"))
    assert made.translations.get().published.number == 3


# Review and publishing.


def test_who_wrote_a_version_does_not_approve_it_where_four_eyes_look(bea, carlos, world, writers):
    made = draft("Battery", category=category(needs_review=True), by=world.bea)
    answer = bea.post(page(made, "en/publish/"), {"seen": "1"}, follow=True)
    assert "somebody else has to approve it" in text_of(answer)
    assert made.translations.get().published is None
    assert carlos.post(page(made, "en/publish/"), {"seen": "1"}).status_code == 404
    let_publish(world.carlos)
    carlos.post(page(made, "en/publish/"), {"seen": "1"})
    assert made.translations.get().published.number == 1


def test_a_reviewer_asks_for_changes_comments_and_settles(bea, carlos, world, writers):
    made = draft("Battery", by=world.carlos)
    carlos.post(page(made, "en/ask-review/"), {"seen": "1"})
    bea.post(page(made, "en/comment/"), {"body": "A photo?", "quote": "button for ten"})
    told = text_of(carlos.get(page(made, "en/changes/")))
    assert '<span class="anchor-c">button for ten</span>' in told
    comment = made.translations.get().comments.get()
    carlos.post(page(made, "en/comment/"), {"body": "It comes.", "answers": comment.pk})
    assert comment.replies.get().body == "It comes."
    bea.post(f"{LIST}comments/{comment.pk}/done/")
    comment.refresh_from_db()
    assert comment.done_by == world.bea
    bea.post(page(made, "en/ask-changes/"), {"body": "Shorter, please.", "seen": "1"})
    assert made.translations.get().state == State.DRAFT


def test_publishing_is_refused_when_there_are_newer_words_than_were_seen(bea, world, writers):
    made = draft("Battery", by=world.carlos)
    save_draft(made, "en", Words("Battery", "<p>Newer.</p>"), by=world.carlos)
    answer = bea.post(page(made, "en/publish/"), {"seen": "1"}, follow=True)
    assert "newer words meanwhile" in text_of(answer)
    assert made.translations.get().published is None


def test_an_article_is_planned_withdrawn_archived_and_brought_back(bea, world, writers):
    made = draft("Battery", by=world.carlos)
    bea.post(page(made, "en/schedule/"), {"publish_at": "2001-01-01T08:00", "seen": "1"})
    assert made.translations.get().state == State.DRAFT
    bea.post(page(made, "en/schedule/"), {"publish_at": "2090-01-01T08:00", "seen": "1"})
    assert made.translations.get().state == State.SCHEDULED
    bea.post(page(made, "en/unschedule/"))
    bea.post(page(made, "en/publish/"), {"seen": "1"})
    bea.post(page(made, "en/withdraw/"))
    assert made.translations.get().published is None
    bea.post(page(made, "archive/"))
    made.refresh_from_db()
    assert made.archived_at
    assert "in the archive" in text_of(bea.get(page(made)))
    bea.post(page(made, "unarchive/"))
    made.refresh_from_db()
    assert made.archived_at is None


# Languages.


def test_a_translation_is_marked_when_the_original_is_newer_until_somebody_has_looked(bea, world, writers):
    made = article("Battery")
    translated(made, "de", "Akku")
    assert "older than English" not in text_of(bea.get(page(made)))
    bea.post(page(made, "en/write/"), words(text="Other", seen="1", then="publish"))
    assert "older than English" in text_of(bea.get(page(made)))
    assert "Akku" in text_of(bea.get(f"{LIST}to-do/"))
    bea.post(page(made, "de/still-right/"), {"seen": "1"})
    assert "older than English" not in text_of(bea.get(page(made)))
    assert "Akku" not in text_of(bea.get(f"{LIST}to-do/"))


def test_a_new_language_is_begun_beside_the_original(carlos, world, writers):
    made = article("Battery", "<p>Ten seconds.</p>")
    assert "Ten seconds." in text_of(carlos.get(page(made, "pt/write/")))
    carlos.post(page(made, "pt/write/"), words(title="Bateria", text="Dez segundos", seen="0"))
    assert newest(made, "pt").title == "Bateria"
    assert carlos.get(page(made, "xx/write/")).status_code == 404


# History.


def test_versions_are_compared_word_by_word_and_an_old_one_is_brought_back(carlos, world, writers):
    made = article("Battery", "<p>Hold it for five seconds.</p>")
    save_draft(made, "en", Words("Battery", "<p>Hold it for ten seconds.</p>"), by=world.carlos)
    told = text_of(carlos.get(page(made, "en/changes/")))
    assert 'Hold it for <del class="diff-del">five</del><ins class="diff-add">ten</ins> seconds.' in told
    carlos.post(page(made, "en/use/"), {"version": "1", "seen": "2"})
    assert newest(made).body == "<p>Hold it for five seconds.</p>"
    assert newest(made).number == 3
    story = text_of(carlos.get(page(made, "en/history/")))
    assert f"{world.carlos} saved version 3 in English" in story
    assert carlos.post(page(made, "en/use/"), {"version": "9"}).status_code == 404


# The palette.


def test_the_palette_finds_articles_by_words_and_number(bea, world):
    made = article("Reset the battery")
    secret = draft("Reset the charger")
    told = text_of(part(bea, "/desk/palette/", q="battery"))
    assert f"{page(made)}?lang=en" in told
    assert page(made) in text_of(part(bea, "/desk/palette/", q=str(made.number)))
    for words_typed in ("charger", str(secret.number)):
        assert page(secret) not in text_of(part(bea, "/desk/palette/", q=words_typed))


# What there is to do.


def test_to_write_or_to_mend_names_what_readers_missed(bea, carlos, world, writers):
    log_search("folding lock", language="en", brand=None, hits=0)
    bad = article("Tyres")
    for reader in "abc":
        give_feedback(bad, "en", helpful=False, reader=reader, comment="Which pressure?" if reader == "a" else "")
    ask_review(draft("Chains", by=world.carlos).translations.get(), by=world.carlos)
    told = text_of(bea.get(f"{LIST}to-do/"))
    for words_there in ("folding lock", "Tyres", "Which pressure?", "Chains"):
        assert words_there in told
    said = bad.feedback.exclude(comment="").get()
    bea.post(f"{LIST}feedback/{said.pk}/done/", {"next": "to-do"})
    assert "Which pressure?" not in text_of(bea.get(f"{LIST}to-do/"))


def test_who_writes_nothing_has_nothing_to_mend(bea, world):
    assert bea.get(f"{LIST}to-do/").status_code == 404
    assert bea.get(f"{LIST}new/").status_code == 404
