"""The knowledge base of the demo: a few articles in all languages, each in another condition."""

from collections.abc import Mapping
from datetime import timedelta

from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import create_role, let_publish_articles, let_write_articles
from core.clock import now, pretend
from helpdesk.demo.library_texts import CATEGORIES, FAILED_SEARCHES, FEEDBACK, PIECES, Piece, Text
from knowledge.actions.drafting import save_draft, start_article
from knowledge.actions.publishing import publish
from knowledge.actions.reading import give_feedback, log_search, note_view
from knowledge.actions.reviewing import add_comment, ask_review
from knowledge.actions.settling import set_facts
from knowledge.categories import save_category
from knowledge.models import Article, Category
from knowledge.writing import Facts, Words
from mail.models import Letter


def add_library(agents: Mapping[str, User]) -> None:
    """Carlos writes, Bea and Alex publish."""
    let_write_articles(Group.objects.get(name="Support team"), allowed=True)
    editors = create_role(name="Editors", description="Approve and publish articles")
    editors.user_set.set([agents["alex"], agents["bea"]])
    let_publish_articles(editors, allowed=True)
    categories = _categories(by=agents["alex"])
    articles = [_write(piece, categories[piece.category], agents) for piece in PIECES]
    for piece, article in zip(PIECES, articles, strict=True):
        if piece.related:
            facts = _facts(piece, article.category, agents)
            related = tuple(articles[place] for place in piece.related)
            set_facts(article, Facts(**{**vars(facts), "related": related}), by=agents["bea"])
    _readers(articles)
    # all that was long ago, and nobody waits for a letter about it
    Letter.objects.filter(kind=Letter.Kind.NOTICE).delete()


def _categories(*, by: User) -> dict[str, Category]:
    made = {}
    for key, (icon, names, descriptions) in CATEGORIES.items():
        category = Category(name=names["en"], names=names, description=descriptions["en"], descriptions=descriptions)
        category.icon, category.needs_review = icon, key != "house"
        made[key] = save_category(category, brands=[], by=by)
    return made


def _write(piece: Piece, category: Category, agents: Mapping[str, User]) -> Article:
    writer, editor = agents["carlos"], agents["bea"]
    if piece.role:
        writer, editor = agents["bea"], agents["alex"]
    with pretend(now() - timedelta(days=piece.days)):
        first = _words(piece.texts["en"])
        article = start_article(_facts(piece, category, agents), "en", first, by=writer)
        for language, text in piece.texts.items():
            if language != "en":
                save_draft(article, language, _words(text), by=writer)
        for translation in article.translations.select_related("article__category"):
            if piece.in_review:
                ask_review(translation, by=writer)
                add_comment(translation, "Does this work with the old display, too?", by=editor)
            else:
                publish(translation, by=editor)
    if piece.outdated:
        with pretend(now() - timedelta(days=3)):
            _correct(article, piece, writer, editor)
    return article


def _correct(article: Article, piece: Piece, writer: User, editor: User) -> None:
    """The original says something new since; the languages that are not outdated were looked at again."""
    text = piece.texts["en"]
    body = f"{text.body}<p>It takes longer below 5 °C.</p>"
    save_draft(article, "en", Words(text.title, body, text.summary, text.keywords, note="Cold"), by=writer)
    publish(article.translations.get(language="en"), by=editor)
    newest = article.translations.get(language="en").published
    for language, other in piece.texts.items():
        if language not in ("en", *piece.outdated):
            words = Words(other.title, other.body, other.summary, other.keywords, of_revision=newest)
            save_draft(article, language, words, by=writer)
            publish(article.translations.get(language=language), by=editor)


def _facts(piece: Piece, category: Category, agents: Mapping[str, User]) -> Facts:
    roles = tuple(Group.objects.filter(name=piece.role)) if piece.role else ()
    look_again = now().date() + timedelta(days=piece.look_again) if piece.look_again is not None else None
    return Facts(category, piece.visibility, roles=roles, owner=agents["bea"], review_at=look_again)


def _words(text: Text) -> Words:
    return Words(text.title, text.body, text.summary, text.keywords)


def _readers(articles: list[Article]) -> None:
    for piece, article in zip(PIECES, articles, strict=True):
        for language in list(piece.texts)[:2]:
            for _view in range(min(piece.views, 3)):
                note_view(article, language)
    for number, (place, helpful, comment) in enumerate(FEEDBACK):
        give_feedback(articles[place], "en", helpful=helpful, reader=f"demo-{number}", comment=comment)
    for words, language, times in FAILED_SEARCHES:
        for _time in range(times):
            log_search(words, language=language, brand=None, hits=0)
