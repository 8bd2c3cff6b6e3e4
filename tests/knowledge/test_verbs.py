"""Writing, review with four eyes, publishing now and later, the archive; refusals change nothing."""

from datetime import date, timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError

from accounts.models import User
from automation.article_reminders import remind_owners
from core.clock import now, pretend
from knowledge import planned
from knowledge.actions.drafting import add_file, restore_revision, save_draft, start_article
from knowledge.actions.publishing import (
    archive,
    bring_back,
    may_approve,
    publish,
    publish_due,
    schedule,
    unschedule,
    withdraw,
)
from knowledge.actions.reading import give_feedback, note_view, reader_mark, settle_feedback
from knowledge.actions.reviewing import add_comment, ask_changes, ask_review, finish_comment
from knowledge.actions.settling import set_facts
from knowledge.actions.using import draft_from_ticket, note_deflected, use_in_ticket
from knowledge.changes import Refused, Stale
from knowledge.history import sentence
from knowledge.keeping import forget_searches
from knowledge.models import Article, ArticleEvent, Feedback, Reading, Revision, SearchLog, State, Translation, Use
from knowledge.planned import publish_planned
from knowledge.writing import Facts, Words
from mail.models import Letter
from tests.factories import TicketFactory
from tests.knowledge.files import attached
from tests.knowledge.library import article, category, draft, facts_of, let_publish, settle, translated
from tickets.actions.replying import reply
from tickets.messages import File, Message
from tickets.pictures import keep_picture

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def english(made: Article) -> Translation:
    return made.translations.select_related("article__category", "latest", "published").get(language="en")


def trace() -> tuple:
    """Everything that a refusal must leave alone."""
    return (
        list(Article.objects.order_by("pk").values()),
        list(Translation.objects.order_by("pk").values()),
        list(Revision.objects.order_by("pk").values_list("pk", "number")),
        ArticleEvent.objects.count(),
    )


def refused(code: str, act, *args, **how) -> None:
    before = trace()
    with pytest.raises(Refused) as error:
        act(*args, **how)
    assert error.value.code == code
    assert str(error.value)
    assert trace() == before


def test_a_new_article_is_a_draft_that_only_writers_find(world):
    made = draft(by=world.bea, owner=world.bea)
    row = english(made)
    assert (row.state, row.published, row.latest.number, row.latest.author) == (State.DRAFT, None, 1, world.bea)
    assert not Article.objects.visible_to(world.bea, None).exists()
    assert [event.kind for event in made.events.order_by("version")] == ["started", "written"]


def test_readers_keep_what_is_published_while_a_newer_version_is_written(world):
    made = article("Old title")
    save_draft(made, "en", Words("New title", "<p>New.</p>"), by=world.bea, seen=1)
    row = english(made)
    assert (row.published.title, row.latest.title, row.state) == ("Old title", "New title", State.DRAFT)
    publish(row, by=world.alex, seen=2)
    assert english(made).published.title == "New title"


def test_saving_the_same_again_makes_no_version(world):
    made = draft("Title", "<p>Words.</p>")
    before = trace()
    assert save_draft(made, "en", Words("Title", "<p>Words.</p>"), by=world.bea, seen=1).number == 1
    assert trace() == before


def test_html_is_cleaned_and_pictures_of_the_writer_become_files(world):
    mine = keep_picture(File("a.png", "image/png", PNG), by=world.bea)
    other = keep_picture(File("b.png", "image/png", PNG + b"1"), by=world.carlos)
    body = (
        f'<p onclick="x()">Hi<script>x</script><img src="cid:{mine.content_id}"><img src="cid:{other.content_id}"></p>'
    )
    made = draft("Pictures", body, by=world.bea)
    words = english(made).latest
    (file,) = made.files.all()
    assert (file.content_id, words.files, file.is_inline) == (mine.content_id, [file.pk], True)
    assert "script" not in words.body and "onclick" not in words.body
    assert other.content_id not in words.body


def test_somebody_faster_makes_a_draft_stale(world):
    made = draft("Title", "<p>Words.</p>")
    save_draft(made, "en", Words("Bea's", "<p>Words.</p>"), by=world.bea, seen=1)
    before = trace()
    for act in (
        lambda: save_draft(made, "en", Words("Mine", "<p>Words.</p>"), by=world.carlos, seen=1),
        lambda: save_draft(made, "en", Words("Mine", "<p>Words.</p>"), by=world.carlos, seen=0),
        lambda: publish(english(made), by=world.alex, seen=1),
        lambda: ask_review(english(made), by=world.carlos, seen=1),
        lambda: schedule(english(made), now() + timedelta(days=1), by=world.alex, seen=1),
        lambda: restore_revision(english(made).revisions.get(number=1), by=world.carlos, seen=1),
    ):
        with pytest.raises(Stale) as stale:
            act()
        assert stale.value.revision.author == world.bea
    assert trace() == before


def test_facts_are_stale_only_when_the_same_has_changed(world):
    made = draft()
    seen = made.version
    settle(made, by=world.bea, owner=world.bea)
    assert set_facts(made, facts_of(made, review_at=date(2030, 1, 1)), by=world.carlos, seen=seen) is not None
    made.refresh_from_db()
    before = trace()
    with pytest.raises(Stale) as stale:
        set_facts(made, facts_of(made, owner=world.carlos), by=world.carlos, seen=seen)
    assert [event.kind for event in stale.value.events] == ["settled"]
    assert trace() == before


def test_four_eyes_where_the_category_asks_for_them(world):
    made = draft(category=category(needs_review=True), by=world.bea)
    ask_review(english(made), by=world.bea, seen=1)
    refused("four_eyes", publish, english(made), by=world.bea, seen=1)
    refused("four_eyes", schedule, english(made), now() + timedelta(days=1), by=world.bea, seen=1)
    assert [may_approve(english(made), person) for person in (world.bea, world.alex)] == [False, True]
    # who corrects it while it is reviewed has written it
    save_draft(made, "en", Words("Corrected", "<p>Words.</p>"), by=world.alex, seen=1)
    assert english(made).state == State.IN_REVIEW
    refused("four_eyes", publish, english(made), by=world.alex, seen=2)
    publish(english(made), by=world.bea, seen=2)
    assert english(made).approved_by == world.bea
    # an old version again is written by who brings it back
    restore_revision(english(made).revisions.get(number=1), by=world.bea, seen=2)
    refused("four_eyes", publish, english(made), by=world.bea)


def test_who_has_something_to_do_about_an_article_gets_a_letter(world):
    let_publish(world.alex, world.carlos)
    made = draft(category=category(needs_review=True), by=world.bea)
    ask_review(english(made), by=world.bea)
    assert letters() == [(world.alex.email, "Please review"), (world.carlos.email, "Please review")]
    ask_changes(english(made), comment="Add a photo", by=world.alex)
    assert letters() == [(world.bea.email, "Your article needs")]
    ask_review(english(made), by=world.bea)
    letters()
    publish(english(made), by=world.carlos)
    assert letters() == [(world.bea.email, "Your article is")]
    withdraw(english(made), by=world.carlos)
    assert letters() == []
    schedule(english(made), now() + timedelta(days=1), by=world.carlos)
    assert letters() == [(world.bea.email, "Your article is")]
    with pretend(now() + timedelta(days=2)):
        publish_due(english(made))
    assert english(made).state == State.PUBLISHED
    assert letters() == []


def test_nobody_is_asked_to_review_what_is_not_for_his_role_or_is_his_own(world):
    let_publish(world.carlos, world.bea)
    for writer, asked in ((world.carlos, [world.bea.email]), (world.bea, [])):
        made = draft(visibility="internal", roles=(world.billing_role,), by=writer)
        ask_review(english(made), by=writer)
        assert [address for address, _subject in letters()] == asked


def letters() -> list[tuple[str, str]]:
    """Whom it was written to since, and how it begins."""
    found = [(row.address, row.data["subject"]) for row in Letter.objects.order_by("address")]
    Letter.objects.all().delete()
    return [
        (address, " ".join(subject.split()[: 2 if subject.startswith("Please") else 3])) for address, subject in found
    ]


def test_without_review_who_wrote_it_may_publish_it(world):
    made = draft(by=world.bea)
    assert publish(english(made), by=world.bea) is not None
    assert publish(english(made), by=world.bea) is None


def test_a_reviewer_sends_it_back_with_a_comment(world):
    made = draft(by=world.bea)
    refused("not_in_review", ask_changes, english(made), comment="Add a photo", by=world.alex)
    ask_review(english(made), by=world.bea)
    assert ask_review(english(made), by=world.bea) is None
    refused("no_comment", ask_changes, english(made), comment="  ", by=world.alex)
    ask_changes(english(made), comment="Add a photo", by=world.alex, seen=1)
    row = english(made)
    (said,) = row.comments.all()
    assert (row.state, said.body, said.revision.number) == (State.DRAFT, "Add a photo", 1)
    answer = add_comment(row, "Which one?", by=world.bea, answers=said)
    assert add_comment(row, "This", by=world.alex, answers=answer).answers == said
    assert [finish_comment(said, by=world.bea) for _twice in range(2)] == [True, False]


def test_nothing_to_publish_is_refused(world):
    refused("nothing", ask_review, english(article()), by=world.bea)
    refused("no_words", publish, english(draft("Only a title", "")), by=world.alex)
    with pytest.raises(Refused):
        start_article(Facts(category()), "en", Words("  ", "<p>x</p>"), by=world.bea)
    assert Article.objects.count() == 2


def test_what_is_scheduled_goes_out_once_at_its_time(world):
    made = article("Old")
    save_draft(made, "en", Words("New", "<p>New.</p>"), by=world.bea)
    at = now() + timedelta(hours=2)
    refused("past", schedule, english(made), now() - timedelta(minutes=1), by=world.alex)
    assert schedule(english(made), at, by=world.alex, seen=2) is not None
    assert schedule(english(made), at, by=world.alex, seen=2) is None
    assert publish_planned() == 0
    assert english(made).published.title == "Old"
    with pretend(at + timedelta(seconds=1)):
        assert [publish_planned() for _twice in range(2)] == [1, 0]
    row = english(made)
    assert (row.published.title, row.state, row.publish_at) == ("New", State.PUBLISHED, None)
    assert made.events.filter(kind="published").first().actor == world.alex


@pytest.mark.parametrize("how", ["edited", "unscheduled", "archived", "asked_again"])
def test_a_plan_ends_with_what_it_was_for(world, how):
    made = draft()
    at = now() + timedelta(hours=2)
    schedule(english(made), at, by=world.alex)
    match how:
        case "edited":
            save_draft(made, "en", Words("Other", "<p>Other.</p>"), by=world.bea)
        case "unscheduled":
            assert [bool(unschedule(english(made), by=world.bea)) for _twice in range(2)] == [True, False]
        case "archived":
            archive(made, by=world.alex)
        case "asked_again":
            ask_review(english(made), by=world.bea)
    with pretend(at + timedelta(hours=1)):
        assert publish_planned() == 0
    assert english(made).published is None


def test_one_that_cannot_be_published_does_not_stop_the_others(world, monkeypatch):
    at = now() + timedelta(hours=1)
    first, second = draft("First"), draft("Second")
    for made in (first, second):
        schedule(english(made), at, by=world.alex)
    real = planned.publish_due

    def broken(translation):
        if translation.article_id == first.pk:
            raise RuntimeError("broken")
        return real(translation)

    monkeypatch.setattr(planned, "publish_due", broken)
    with pretend(at + timedelta(hours=1)):
        assert publish_planned() == 1
    assert english(second).published is not None


def test_withdrawing_hides_one_language_and_archiving_all(world):
    made = article()
    translated(made, "de", "Akku")
    assert [bool(withdraw(english(made), by=world.alex)) for _twice in range(2)] == [True, False]
    assert Article.objects.visible_to(None, None).get() == made
    assert [row.language for row in Translation.objects.visible_to(None, None)] == ["de"]
    assert [bool(archive(made, by=world.alex)) for _twice in range(2)] == [True, False]
    assert not Translation.objects.visible_to(world.bea, None).exists()
    refused("archived", save_draft, made, "en", Words("x", "<p>x</p>"), by=world.bea)
    refused("archived", publish, english(made), by=world.alex)
    refused("archived", add_file, made, File("a", "b/c", b"d"), by=world.bea)
    assert [bool(bring_back(made, by=world.alex)) for _twice in range(2)] == [True, False]
    assert not Article.objects.visible_to(None, None).exists()
    publish(english(made), by=world.alex)
    assert Article.objects.visible_to(None, None).get() == made


def test_an_old_version_comes_back_with_its_files_as_a_new_one(world):
    made = article("First")
    file = attached(made, publish=True)
    save_draft(made, "en", Words("Second", "<p>Second.</p>"), by=world.bea)
    back = restore_revision(english(made).revisions.get(number=2), by=world.bea, seen=3)
    assert (back.number, back.title, back.files) == (4, "First", [file.pk])


def test_revisions_and_history_only_grow(world):
    made = article()
    for statement in (
        "UPDATE knowledge_revision SET title = 'x'",
        "DELETE FROM knowledge_revision",
        "UPDATE knowledge_articleevent SET kind = 'x'",
        "DELETE FROM knowledge_articleevent",
    ):
        with pytest.raises((DatabaseError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert [sentence(event) for event in made.events.order_by("version")] == [
        "started the article",
        "saved version 1 in English",
        "published version 1 in English",
    ]


def test_languages_are_outdated_when_the_original_is_published_anew(world):
    made = article()
    translated(made, "de", "Akku")

    def outdated() -> list[str]:
        return [row.language for row in Translation.objects.with_outdated().filter(is_outdated=True)]

    assert outdated() == []
    save_draft(made, "en", Words("Newer", "<p>Newer.</p>"), by=world.bea)
    assert outdated() == []
    publish(english(made), by=world.alex)
    assert outdated() == ["de"]
    # a typo is mended: still the old text
    save_draft(made, "de", Words("Der Akku", "<p>Ja.</p>"), by=world.bea)
    assert outdated() == ["de"]
    newest = english(made).published
    save_draft(made, "de", Words("Der Akku", "<p>Neu.</p>", of_revision=newest), by=world.bea)
    assert outdated() == []


@pytest.mark.parametrize(
    ("was", "then", "is_wider"),
    [
        ({"visibility": "internal"}, {"visibility": "public"}, True),
        ({"visibility": "public"}, {"visibility": "internal"}, False),
        ({"visibility": "customers"}, {"visibility": "public"}, True),
    ],
)
def test_only_publishers_let_more_people_read_what_is_published(world, was, then, is_wider):
    let_publish(world.bea)
    made = article(**was)
    if is_wider:
        refused("publisher", set_facts, made, facts_of(made, **then), by=world.carlos)
    else:
        assert set_facts(made, facts_of(made, **then), by=world.carlos) is not None
    set_facts(made, facts_of(made, **then), by=User.objects.get(pk=world.bea.pk))


def test_feedback_is_one_for_each_reader_and_may_change(world):
    made = article()
    mark = reader_mark(world.dana)
    give_feedback(made, "en", helpful=True, reader=mark, user=world.dana)
    give_feedback(made, "en", helpful=True, reader="abc")
    give_feedback(made, "en", helpful=False, reader=mark, user=world.dana, comment="Which button?")
    made.refresh_from_db()
    assert (made.helpful, made.unhelpful) == (1, 1)
    said = Feedback.objects.get(reader=mark)
    assert (said.comment, said.user) == ("Which button?", world.dana)
    assert [settle_feedback(said, by=world.bea) for _twice in range(2)] == [True, False]
    give_feedback(made, "en", helpful=True, reader=mark)
    assert Feedback.objects.get(reader=mark).done_at is None


def test_views_are_counted_by_day(world):
    made = article()
    for _view in range(3):
        note_view(made, "en")
    made.refresh_from_db()
    assert (made.views, Reading.objects.get().views) == (3, 3)


def test_an_article_is_made_from_a_ticket_and_remembers_it(world):
    ticket = TicketFactory(title="Printer hums", queue=world.support, customer=world.dana, body="It hums <loudly>.")
    reply(ticket, Message(text="Turn it off and on."), by=world.bea)
    made = draft_from_ticket(ticket, category(), language="en", by=world.bea)
    words = english(made).latest
    assert (words.title, made.visibility) == ("Printer hums", "internal")
    assert "It hums &lt;loudly&gt;." in words.body
    assert "Turn it off and on." in words.body
    assert [(use.how, use.ticket) for use in made.uses.all()] == [("source", ticket)]
    for _twice in range(2):
        use_in_ticket(made, ticket, Use.How.LINKED, language="en", by=world.bea)
    note_deflected(made, "en")
    assert sorted(made.uses.values_list("how", flat=True)) == ["deflected", "linked", "source"]


def test_owners_are_reminded_once_for_each_date(world):
    made = article(owner=world.bea, review_at=now().date() - timedelta(days=1))
    article(owner=world.bea, review_at=now().date() + timedelta(days=5))
    assert [remind_owners() for _twice in range(2)] == [1, 0]
    letter = Letter.objects.get()
    assert letter.address == world.bea.email
    assert "Battery stops charging" in letter.data["body"]
    assert f"/desk/knowledge/{made.number}/" in letter.data["body"]
    settle(made, review_at=now().date())
    assert remind_owners() == 1


def test_old_searches_are_forgotten(world):
    with pretend(now() - timedelta(days=200)):
        SearchLog.objects.create(query="old", language="en", hits=0, at=now())
    SearchLog.objects.create(query="new", language="en", hits=0)
    assert forget_searches() == 1
    assert SearchLog.objects.get().query == "new"
