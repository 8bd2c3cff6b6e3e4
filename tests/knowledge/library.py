"""Articles for tests, made by the verbs."""

from dataclasses import replace
from itertools import count
from typing import Any

from accounts.models import Brand, User
from accounts.people import system_actor
from accounts.roles import create_role, let_publish_articles, let_write_articles
from knowledge.actions.drafting import save_draft, start_article
from knowledge.actions.publishing import publish
from knowledge.actions.settling import set_facts
from knowledge.categories import save_category
from knowledge.models import Article, Category, Translation
from knowledge.writing import Facts, Words

_numbers = count(1)


def category(name: str = "", *, brands: tuple[Brand, ...] = (), **fields: Any) -> Category:
    name = name or f"Category {next(_numbers)}"
    return save_category(Category(name=name, **fields), brands=brands, by=system_actor("system"))


def draft(
    title: str = "Battery stops charging", body: str = "<p>Hold the button for ten seconds.</p>", **facts: Any
) -> Article:
    """An article in English that nobody has published; `by` writes it, further fields are those of `Facts`."""
    by = facts.pop("by", None) or system_actor("system")
    language = facts.pop("language", "en")
    keywords, summary = facts.pop("keywords", ()), facts.pop("summary", "")
    facts.setdefault("visibility", "public")
    if "category" not in facts:
        facts["category"] = category()
    words = Words(title, body, summary, keywords)
    return start_article(Facts(**facts), language, words, by=by)


def article(*args: Any, **facts: Any) -> Article:
    """As `draft`, and published by somebody else."""
    made = draft(*args, **facts)
    publish(made.translations.get(), by=system_actor("rules"))
    made.refresh_from_db()
    return made


def translated(
    made: Article, language: str, title: str, body: str = "<p>Ja.</p>", *, by: User | None = None, **words: Any
) -> Translation:
    """The article in one more language, published."""
    save_draft(made, language, Words(title, body, **words), by=by or system_actor("system"))
    translation = made.translations.get(language=language)
    publish(translation, by=system_actor("rules"))
    return made.translations.get(language=language)


def let_write(*people: User) -> None:
    group = create_role(name=f"Writers {next(_numbers)}")
    group.user_set.set(people)
    let_write_articles(group, allowed=True)


def let_publish(*people: User) -> None:
    group = create_role(name=f"Publishers {next(_numbers)}")
    group.user_set.set(people)
    let_publish_articles(group, allowed=True)


def facts_of(made: Article, **other: Any) -> Facts:
    """The facts of an article, with some of them others."""
    now = Facts(
        made.category,
        made.visibility,
        tuple(made.roles.all()),
        tuple(made.brands.all()),
        made.owner,
        made.review_at,
        tuple(made.related.all()),
    )
    return replace(now, **other)


def settle(made: Article, *, by: User | None = None, **other: Any) -> Article:
    set_facts(made, facts_of(made, **other), by=by or system_actor("system"))
    made.refresh_from_db()
    return made
