"""A new or changed article as verbs, in an order in which they do not disturb each other."""

from dataclasses import replace

from accounts.models import User
from api.v1.knowledge.access import require_publisher
from api.v1.knowledge.forms import ChangedKnowledgeForm, NewKnowledgeForm
from knowledge.actions.drafting import save_draft, start_article
from knowledge.actions.publishing import publish
from knowledge.actions.settling import set_facts
from knowledge.models import Article, ArticleFile, Revision, Visibility
from knowledge.writing import Facts, Words

WRITTEN = {"title", "html", "summary", "keywords"}


def start(form: NewKnowledgeForm, *, by: User) -> Article:
    found = form.validated_data
    language = found.get("language", "en")
    facts = Facts(found["category"], found.get("visibility", Visibility.INTERNAL), owner=by)
    article = start_article(facts, language, form.words(), by=by)
    if found.get("publish"):
        _publish(article, language, by=by)
    return article


def change(article: Article, form: ChangedKnowledgeForm, *, by: User) -> None:
    found = form.validated_data
    named = {name: found[name] for name in ("category", "visibility") if name in found}
    if named:
        set_facts(article, replace(_facts(article), **named), by=by)
    language = found.get("language", article.language)
    if WRITTEN & found.keys():
        translation = article.translations.select_related("latest").filter(language=language).first()
        words = _merged(found, translation.latest if translation else None)
        save_draft(article, language, words, by=by)
    if found.get("publish"):
        _publish(article, language, by=by)


def _publish(article: Article, language: str, *, by: User) -> None:
    require_publisher(by)
    translation = article.translations.filter(language=language).first()
    if translation is not None:
        publish(translation, by=by)


def _merged(found: dict, latest: Revision | None) -> Words:
    """What is not named stays as it is."""
    if latest is None:
        return Words(
            found.get("title", ""), found.get("html", ""), found.get("summary", ""), tuple(found.get("keywords", ()))
        )
    files = ArticleFile.objects.filter(pk__in=latest.files, is_inline=False)
    return Words(
        found.get("title", latest.title),
        found.get("html", latest.body),
        found.get("summary", latest.summary),
        tuple(found.get("keywords", latest.keywords)),
        tuple(files),
    )


def _facts(article: Article) -> Facts:
    return Facts(
        article.category,
        article.visibility,
        tuple(article.roles.all()),
        tuple(article.brands.all()),
        article.owner,
        article.review_at,
        tuple(article.related.all()),
    )
