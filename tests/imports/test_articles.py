"""Articles of the knowledge base out of files: with their languages, as drafts or published; what was written here stays."""

import pytest

from imports.models import Origin
from knowledge.actions.drafting import save_draft
from knowledge.categories import save_category
from knowledge.models import Article, Category
from knowledge.writing import Words
from tests.imports.conftest import counts, imported, reasons

pytestmark = pytest.mark.django_db

HEAD = ["Key", "Language", "Title", "Text", "Category", "Who can read it", "Status", "Keywords", "Summary"]
ENGLISH = [
    "kb-1",
    "en",
    "Reset the device",
    "<p>Hold <strong>both</strong> keys.</p><script>x()</script>",
    "Devices › Charging",
    "Everybody",
    "published",
    "reset, keys",
    "Both keys",
]
GERMAN = ["kb-1", "de", "Gerät zurücksetzen", "Beide Tasten halten.\n\nFertig.", "Charging", "public", "draft", "", ""]


@pytest.fixture
def shelves(world) -> Category:
    top = save_category(Category(name="Devices"), brands=[], by=world.alex)
    return save_category(Category(name="Charging", parent=top), brands=[], by=world.alex)


@pytest.fixture
def article(world, shelves) -> Article:
    job = imported([HEAD, ENGLISH, GERMAN], "articles", world.alex)
    assert (counts(job), reasons(job)) == ({"created": 2}, [])
    return Origin.objects.get(what="articles", key="kb-1").article


def test_an_article_with_its_languages(world, shelves, article):
    assert (article.category, article.visibility, article.language, article.is_published) == (
        shelves,
        "public",
        "en",
        True,
    )
    english, german = (article.translations.get(language=language) for language in ("en", "de"))
    assert (english.published.title, english.published.keywords) == ("Reset the device", ["reset", "keys"])
    assert english.published.body == "<p>Hold <strong>both</strong> keys.</p>"
    assert (german.published, german.latest.title) == (None, "Gerät zurücksetzen")
    assert german.latest.body == "<p>Beide Tasten halten.</p>\n\n<p>Fertig.</p>"
    assert Article.objects.count() == 1


def test_the_same_file_changes_nothing_even_after_somebody_has_written_here(world, article):
    save_draft(article, "de", Words("Neu hier", "<p>Besser.</p>"), by=world.alex)
    version = Article.objects.get(pk=article.pk).version
    assert counts(imported([HEAD, ENGLISH, GERMAN], "articles", world.alex)) == {"unchanged": 2}
    assert Article.objects.get(pk=article.pk).version == version


def test_a_changed_row_changes_only_what_it_says(world, article):
    row = [*GERMAN]
    row[2] = "Gerät neu starten"
    assert counts(imported([HEAD, ENGLISH, row], "articles", world.alex)) == {"unchanged": 1, "changed": 1}
    german = article.translations.get(language="de")
    assert (german.latest.number, german.latest.title) == (2, "Gerät neu starten")
    assert german.latest.body == "<p>Beide Tasten halten.</p>\n\n<p>Fertig.</p>"


def test_refusals_name_line_and_column(world, shelves):
    save_category(Category(name="Careful", needs_review=True), brands=[], by=world.alex)
    rows = [
        HEAD,
        ["a", "fr", "T", "x", "Charging", "", "", "", ""],
        ["b", "en", "T", "x", "Nowhere", "my friends", "", "", ""],
        ["c", "en", "T", "x", "Careful", "", "published", "", ""],
        ["d", "en", "", "", "", "", "", "", ""],
    ]
    job = imported(rows, "articles", world.alex)
    assert counts(job) == {"refused": 4}
    assert reasons(job) == [
        (2, "language", "There is no “fr” to choose."),
        (3, "category", "There is no “Nowhere” to choose."),
        (3, "visibility", "There is no “my friends” to choose."),
        (4, "state", "In this category somebody else approves what is published: import it as a draft."),
        (5, "category", "It is empty, and has to be there."),
        (5, "title", "It is empty, and has to be there."),
        (5, "body", "It is empty, and has to be there."),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Use <Ctrl>+C.\n\nThen <Enter your name>.", "Use <Ctrl>+C.\n\nThen <Enter your name>."),
        (
            "Ask Jo <jo@demo.example>\n\nor <https://demo.example/?a=1>.",
            "Ask Jo <jo@demo.example>\n\nor <https://demo.example/?a=1>.",
        ),
        ("List<int> in cd <dir>\n\n1 < 2 and 3 > 2", "List<int> in cd <dir>\n\n1 < 2 and 3 > 2"),
        (
            "<p>Use <Ctrl>+C in List<int>.</p><p>Ask <jo@demo.example>.</p>",
            "Use <Ctrl>+C in List<int>.\n\nAsk <jo@demo.example>.",
        ),
        ("Hold <strong>both</strong> keys.", "Hold both keys."),
        ('<p>One<o:p></o:p></p><ac:link x="y">Two</ac:link><BR/>Three', "One\n\nTwo\nThree"),
    ],
)
def test_words_in_angle_brackets_are_not_lost(world, shelves, text, shown):
    imported([["Key", "Title", "Text", "Category"], ["a", "T", text, "Charging"]], "articles", world.alex)
    assert Article.objects.get().translations.get().latest.text.strip() == shown


def test_categories_are_found_by_their_names_in_all_languages(world, shelves):
    shelves.names = {"de": "Laden"}
    shelves.parent.names = {"de": "Geräte"}
    for category in (shelves, shelves.parent):
        save_category(category, brands=[], by=world.alex)
    rows = [
        [str(row), "T", "x", name] for row, name in enumerate(["Laden", "Geräte › Laden", "Devices/Laden", "devices"])
    ]
    assert counts(imported([["Key", "Title", "Text", "Category"], *rows], "articles", world.alex)) == {"created": 4}
    places = Article.objects.order_by("pk").values_list("category__name", flat=True)
    assert list(places) == ["Charging", "Charging", "Charging", "Devices"]
