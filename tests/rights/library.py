"""Articles for the matrix: one for each audience, and those that nobody finds."""

from accounts.brands import save_brand
from accounts.models import Brand, User
from knowledge.actions.drafting import add_file, save_draft, start_article
from knowledge.actions.publishing import archive, publish
from knowledge.actions.reading import give_feedback
from knowledge.actions.reviewing import add_comment
from knowledge.categories import save_category
from knowledge.models import Article, Category, ReviewComment
from knowledge.writing import Facts, Words
from tickets.messages import File

NOWHERE = 99_999_999
NO_FILE = "00000000-0000-4000-8000-000000000000"


def library(writer: User, picture: bytes) -> dict[str, dict[str, list]]:
    """Arguments of addresses by kind of thing and relation. Whoever writes them is an agent and administrator."""
    category = save_category(Category(name="Printers"), brands=[], by=writer)
    other = save_brand(Brand(name="Calden", key="calden", host="help.calden.example"), by=writer)
    articles = {
        "public": _article(category, "public", writer, picture),
        "customers": _article(category, "customers", writer, picture),
        "internal": _article(category, "internal", writer, picture),
        "draft": _article(category, "public", writer, picture, is_published=False),
        "other brand": _article(category, "public", writer, picture, brands=(other,)),
        "archived": _article(category, "public", writer, picture),
    }
    archive(articles["archived"], by=writer)
    files = {name: [one.files.get(is_inline=False).uuid] for name, one in articles.items()}
    pictures = {name: [one.files.get(is_inline=True).uuid] for name, one in articles.items()}
    comments = {name: [_comment(one, writer).pk] for name, one in articles.items()}
    said = {name: [give_feedback(one, "en", helpful=False, reader=name).pk] for name, one in articles.items()}
    return {
        "article language": {name: [one.number, "en"] for name, one in articles.items()} | {"nowhere": [NOWHERE, "en"]},
        "article comment": comments | {"nowhere": [NOWHERE]},
        "article feedback": said | {"nowhere": [NOWHERE]},
        "read article": {name: [one.number] for name, one in articles.items()} | {"nowhere": [NOWHERE]},
        "article page": {name: [one.number, "paper-jam"] for name, one in articles.items()}
        | {"nowhere": [NOWHERE, "paper-jam"]},
        "article file": files | {"nowhere": [NO_FILE]},
        "article picture": pictures | {"nowhere": [NO_FILE]},
        "article topic": {"there": [category.pk], "nowhere": [NOWHERE]},
    }


def _comment(article: Article, writer: User) -> ReviewComment:
    return add_comment(article.translations.get(), "A photo would help.", by=writer)


def _article(
    category: Category,
    visibility: str,
    writer: User,
    picture: bytes,
    *,
    brands: tuple[Brand, ...] = (),
    is_published: bool = True,
) -> Article:
    facts = Facts(category, visibility, brands=brands)
    article = start_article(facts, "en", Words("Paper jam", "<p>Open it.</p>"), by=writer)
    shown = File(name="jam.png", content_type="image/png", content=picture, is_inline=True, content_id="jam")
    add_file(article, shown, by=writer)
    manual = add_file(article, File(name="manual.txt", content_type="text/plain", content=b"Read me"), by=writer)
    words = Words("Paper jam", '<p>Open it.</p><p><img src="cid:jam" alt="The jam"></p>', files=(manual,))
    save_draft(article, "en", words, by=writer)
    if is_published:
        publish(article.translations.get(), by=writer)
    return article
