"""Articles of the knowledge base by the key that another system has for them; each row is an article in one language.

Only what a file says anew is changed: what somebody has written here since stays until the file says something else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import fold
from imports import values
from imports.kinds.base import CHANGED, CREATED, UNCHANGED, Cells, Column, Fault, Plan, Reading, RowRefused, Setting
from imports.markup import as_html
from imports.models import Origin, What
from knowledge.actions.drafting import save_draft, start_article
from knowledge.actions.publishing import publish, withdraw
from knowledge.actions.settling import set_facts
from knowledge.changes import Refused
from knowledge.models import Article, ArticleFile, Category, Translation, Visibility
from knowledge.writing import Facts, Words

LONGEST_BODY = 100_000
MOST_PATHS = 100  # of one category: each step of a path may have a name in each language
DRAFT, PUBLISHED = "draft", "published"
COLUMNS = (
    Column(
        "key",
        gettext_lazy("Key in the other system"),
        ("id", "external id", "article id", "number", "nummer", "numero", "slug"),
        is_needed=True,
        hint=gettext_lazy(
            "By it an article is found again. Rows with the same key in other languages are its translations."
        ),
    ),
    Column(
        "title", gettext_lazy("Title"), ("subject", "titel", "titulo", "betreff", "asunto", "assunto"), is_needed=True
    ),
    Column(
        "body",
        gettext_lazy("Text"),
        ("content", "html", "article", "inhalt", "texto", "contenido", "conteudo"),
        is_needed=True,
        hint=gettext_lazy("HTML, or plain text with empty lines between paragraphs."),
    ),
    Column("category", gettext_lazy("Category"), ("kategorie", "categoria", "section"), is_needed=True),
    Column("language", gettext_lazy("Language"), ("locale", "sprache", "idioma", "lingua")),
    Column("summary", gettext_lazy("Summary"), ("zusammenfassung", "resumen", "resumo")),
    Column(
        "keywords",
        gettext_lazy("Keywords"),
        ("tags", "stichworter", "schlagworter", "palabras clave", "palavras chave"),
    ),
    Column(
        "visibility", gettext_lazy("Who can read it"), ("visible", "wer es lesen kann", "sichtbarkeit", "visibilidad")
    ),
    Column("state", gettext_lazy("Status"), ("state", "zustand", "estado")),
)
_STEP = re.compile(r"\s*(?:›|>|::|/)\s*")
_VISIBILITIES = values.named(
    [
        (Visibility.PUBLIC, ("public", "everybody", "alle", "offentlich", "todos", "publico", "oeffentlich")),
        (Visibility.CUSTOMERS, ("customers", "kunden", "clientes")),
        (Visibility.INTERNAL, ("internal", "agents", "intern", "agenten", "interno", "agentes")),
    ]
)
_STATES = values.named(
    [
        (DRAFT, ("draft", "entwurf", "borrador", "rascunho", "unpublished")),
        (PUBLISHED, ("published", "veroffentlicht", "veroeffentlicht", "publicado")),
    ]
)


@dataclass(frozen=True)
class KnownArticles:
    origins: dict[str, Origin]
    categories: dict[str, Category]


class Articles:
    key = "key"

    def columns(self) -> Sequence[Column]:
        return COLUMNS

    def identity(self, cells: Cells) -> str:
        language = cells.get("language", "")
        return f"{cells['key']} {language}" if cells.get("key") else ""

    def known(self, rows: Sequence[Cells], setting: Setting) -> KnownArticles:
        keys = [cells.get("key", "") for cells in rows]
        found = Origin.objects.filter(what=What.ARTICLES, key__in=keys, article__isnull=False)
        origins = {origin.key: origin for origin in found.select_related("article__category")}
        return KnownArticles(origins, _categories(setting))

    def plan(self, cells: Cells, known: KnownArticles, setting: Setting) -> Plan:
        row = Reading(cells)
        key = row.need("key", lambda text: values.line(text, 200))
        category = row.need("category", lambda text: values.choice(_STEP.sub(" › ", text), known.categories))
        state = row.get("state", lambda text: values.choice(text, _STATES))
        language = row.get("language", values.language) or setting.language
        visibility = row.get("visibility", lambda text: values.choice(text, _VISIBILITIES))
        title = row.need("title", lambda text: values.line(text, 200))
        body = row.need("body", lambda text: as_html(values.prose(text, LONGEST_BODY)))
        words = {
            "summary": row.get("summary", lambda text: values.line(text, 500)),
            "keywords": row.get("keywords", _keywords),
        }
        if state == PUBLISHED and category is not None and category.needs_review:
            row.refuse("state", _("In this category somebody else approves what is published: import it as a draft."))
        origin = known.origins.get(key or "")
        if origin is not None and origin.article is not None and origin.article.archived_at is not None:
            row.refuse("key", _("This article is archived. Take it out of the archive first."))
        row.end()
        assert key is not None and category is not None and title is not None and body is not None
        told = {name: text for name, text in cells.items() if name not in ("key", "language")}
        if origin is not None and origin.values.get(language) == told:
            return Plan(UNCHANGED)
        new = _New(key, language, title, body, words, category, visibility, state, told)
        outcome = CHANGED if origin is not None and language in origin.values else CREATED
        return Plan(outcome, lambda: _keep(new, setting))

    def finish(self, keys: Sequence[str]) -> None:
        """Articles come as a whole."""


@dataclass(frozen=True)
class _New:
    """A row that has been understood."""

    key: str
    language: str
    title: str
    body: str
    words: dict[str, Any]
    category: Category
    visibility: str | None
    state: str | None
    told: dict[str, str]


def _keep(new: _New, setting: Setting) -> None:
    """In the transaction of the row: an earlier row of this file may have made the article."""
    with transaction.atomic():
        origin = Origin.objects.select_related("article").filter(what=What.ARTICLES, key=new.key).first()
        try:
            if origin is None or origin.article is None:
                article = _start(new, setting)
                origin = Origin(what=What.ARTICLES, key=new.key, article=article)
            else:
                article = origin.article
                _go_on(article, new, origin.values.get(new.language, {}), setting)
            _show(article, new, setting)
        except Refused as error:
            raise RowRefused([Fault("", str(error))]) from error
        origin.values = {**origin.values, new.language: new.told}
        origin.save()


def _start(new: _New, setting: Setting) -> Article:
    facts = Facts(category=new.category, visibility=new.visibility or Visibility.INTERNAL)
    words = Words(new.title, new.body, new.words["summary"] or "", tuple(new.words["keywords"] or ()))
    return start_article(facts, new.language, words, by=setting.by)


def _go_on(article: Article, new: _New, before: dict[str, str], setting: Setting) -> None:
    """What the file has not said before, over what is there."""
    translation = article.translations.select_related("latest").filter(language=new.language).first()
    latest = translation.latest if translation else None
    anew = {name for name, text in new.told.items() if before.get(name) != text}
    if latest is None or anew & {"title", "body", "summary", "keywords"}:
        there = Words(
            title=latest.title if latest else new.title,
            body=latest.body if latest else new.body,
            summary=latest.summary if latest else "",
            keywords=tuple(latest.keywords) if latest else (),
            files=tuple(ArticleFile.objects.filter(pk__in=latest.files, is_inline=False)) if latest else (),
        )
        said = {
            "title": new.title,
            "body": new.body,
            "summary": new.words["summary"],
            "keywords": new.words["keywords"],
        }
        changes = {name: said[name] for name in anew & set(said) if said[name] is not None}
        save_draft(article, new.language, replace(there, **changes), by=setting.by)
    facts = Facts(
        category=new.category if "category" in anew else article.category,
        visibility=new.visibility if "visibility" in anew and new.visibility else article.visibility,
        roles=tuple(article.roles.all()),
        brands=tuple(article.brands.all()),
        owner=article.owner,
        review_at=article.review_at,
        related=tuple(article.related.all()),
    )
    set_facts(article, facts, by=setting.by)


def _show(article: Article, new: _New, setting: Setting) -> None:
    if new.state is None:
        return
    translation = Translation.objects.select_related("article").get(article=article, language=new.language)
    (publish if new.state == PUBLISHED else withdraw)(translation, by=setting.by)


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(values.several(text.replace(",", ";")))


def _categories(setting: Setting) -> dict[str, Category]:
    """By their path, and those whose name is the only one by that; in any of their languages."""
    rows = {row.pk: row for row in Category.objects.editable_by(setting.by)}
    paths: list[tuple[Category, list[str]]] = []
    holders: dict[str, set[int]] = {}
    for row in rows.values():
        named, above = [_names(row)], row.parent_id
        while above in rows and len(named) < 10:
            named.insert(0, _names(rows[above]))
            above = rows[above].parent_id
        paths.append((row, [" › ".join(path) for path in islice(product(*named), MOST_PATHS)]))
        for name in _names(row):
            holders.setdefault(fold(name), set()).add(row.pk)
    alone = [(rows[next(iter(found))], [name]) for name, found in holders.items() if len(found) == 1]
    return values.named([*paths, *alone])


def _names(row: Category) -> list[str]:
    return list(dict.fromkeys([row.name, *filter(None, row.names.values())]))
