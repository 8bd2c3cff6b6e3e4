"""Search and suggestions: stems in each language, fallback, excerpts, order; what is loaded in bulk is found alike."""

import pytest

from knowledge.actions.publishing import publish, withdraw
from knowledge.actions.reading import give_feedback, log_search, note_click
from knowledge.bulkload import Piece, load
from knowledge.models import Article, SearchLog, Translation
from knowledge.search import Hit, find, segments, suggest
from knowledge.suggesting import Count, chosen
from tests.knowledge.library import article, category, draft, translated

pytestmark = pytest.mark.django_db
# Language, title, words of the body, and what finds it.
STEMS = [
    ("en", "Charging batteries", "The chargers were broken", ["battery", "charge", "broken charger", "char", "CHARG"]),
    ("de", "Akkus laden", "Das Ladegerät wird wärmer", ["Ladegeräte", "ladegerate", "wärmer", "akkus", "Lade"]),
    ("es", "Cargar las baterías", "Los cargadores no funcionan", ["bateria", "cargador", "funciona", "BATERÍAS"]),
    ("pt", "Carregar as baterias", "Os carregadores não funcionam", ["bateria", "carregador", "nao", "funciona"]),
]


def titles(words: str, language: str = "en", **how) -> list[str]:
    found = find(words, user=None, brand=None, language=language, **how)
    return ["".join(piece.text for piece in hit.title) for hit in found.hits]


def marked(hit: Hit) -> list[str]:
    return [piece.text for piece in (*hit.title, *hit.excerpt) if piece.is_match]


@pytest.mark.parametrize(("language", "title", "body", "asked"), STEMS)
def test_words_are_found_by_their_stems(language, title, body, asked):
    article(title, f"<p>{body}.</p>", language=language)
    article("Something else", "<p>Nothing of that.</p>", language=language)
    assert {words: titles(words, language) for words in asked} == {words: [title] for words in asked}


def test_all_words_must_be_there_and_none_with_a_minus():
    article("Green bike", "<p>With a bell.</p>")
    article("Green car", "<p>With a horn.</p>")
    assert titles("green bell") == ["Green bike"]
    assert titles("green -bell") == ["Green car"]
    assert titles('"green car"') == ["Green car"]
    assert titles("bell horn") == titles("") == titles("-bell") == titles("\x00") == []


def test_the_readers_language_comes_first_and_others_follow():
    english = article("Invoice E21", "<p>Where the invoice is.</p>")
    both = article("Invoice address", "<p>The invoice.</p>")
    translated(both, "de", "Rechnung", "<p>Die Adresse der Rechnung.</p>")
    german = article("Invoice in German", "<p>x</p>", language="de")
    first, *others = titles("invoice", "de")
    assert (first, set(others)) == ("Invoice in German", {"Invoice E21", "Rechnung"})
    assert titles("rechnung", "de") == ["Rechnung"]
    found = find("E21", user=None, brand=None, language="pt")
    assert [(hit.article.pk, hit.language) for hit in found.hits] == [(english.pk, "en")]
    assert german.pk != english.pk


def test_titles_and_keywords_count_more_than_the_text():
    article("Something", "<p>It is about a pump. A pump, yes.</p>")
    article("Keyword", "<p>Nothing.</p>", keywords=("pump",))
    article("The pump", "<p>Nothing.</p>")
    assert set(titles("pump")[:2]) == {"The pump", "Keyword"}
    assert titles("pump")[2] == "Something"


def test_of_equal_ones_what_helped_most_comes_first():
    made = [article("Pump", "<p>Pump.</p>") for _n in range(3)]
    give_feedback(made[1], "en", helpful=True, reader="a")
    found = find("pump", user=None, brand=None, language="en")
    assert [hit.article.pk for hit in found.hits] == [made[1].pk, made[0].pk, made[2].pk]


def test_excerpts_show_where_the_words_are():
    article("Reset", f"<p>{'Before. ' * 60}Hold the buttons until it blinks.</p><p>{'After. ' * 60}</p>")
    (hit,) = find("button", user=None, brand=None, language="en").hits
    assert "buttons" in marked(hit)
    assert len("".join(piece.text for piece in hit.excerpt)) < 500


def test_marks_cannot_be_smuggled_in():
    article("\ue000Bad\ue001 title", "<p>Text with \ue000bad\ue001 &lt;b&gt;words&lt;/b&gt; here.</p>")
    (hit,) = find("words", user=None, brand=None, language="en").hits
    assert marked(hit) == ["words"]
    assert [piece.text for piece in segments("a \ue000b\ue001 c")] == ["a ", "b", " c"]


def test_only_what_is_published_is_found():
    made = article("Old words", "<p>Old.</p>")
    draft("Old draft")
    translation = made.translations.get()
    withdraw(translation, by=made.owner)
    assert titles("old") == []
    publish(made.translations.get(), by=made.owner)
    assert titles("old") == ["Old words"]


def test_a_category_narrows_the_search():
    made = article("Pump one")
    article("Pump two")
    assert titles("pump", category=made.category) == ["Pump one"]


def test_suggestions_go_by_the_words_that_tell_articles_apart():
    article("Battery stops charging", "<p>Reset the battery with the button.</p>")
    article("Change the delivery address", "<p>Until the parcel leaves.</p>")
    for number in range(12):
        article(f"Please read this {number}", "<p>Hello, we can help you with the bike.</p>")

    def told(text: str, language: str = "en") -> list[str]:
        hits = suggest(text, user=None, brand=None, language=language)
        return [hit.title[0].text for hit in hits]

    assert told("Hello, please help: my batteries do not charge any more") == ["Battery stops charging"]
    assert told("Wrong address on the parcel")[0] == "Change the delivery address"
    assert told("") == told("zzz qqq") == told("the and of") == told("\x00'\\") == []


def test_suggestions_come_in_the_readers_language_where_there_are():
    made = article("Error E21", "<p>Reset it.</p>", keywords=("E21",))
    translated(made, "de", "Fehler beim Laden", "<p>Zurücksetzen.</p>")
    (hit,) = suggest("Die Anzeige sagt E21", user=None, brand=None, language="de")
    assert (hit.language, hit.title[0].text) == ("de", "Fehler beim Laden")
    (hit,) = suggest("O ecrã diz e21", user=None, brand=None, language="pt")
    assert hit.language == "en"


@pytest.mark.parametrize(
    ("counts", "rare", "frequent"),
    [
        ([Count("a", 1, True), Count("b", 0, False)], ["a"], []),
        ([Count("a", 50, True), Count("b", 90, True), Count("c", 2, True)], ["c"], ["a", "b"]),
        ([Count("a", 21, True), Count("b", 20, True), Count("c", 7, True)], ["c", "b"], ["a"]),
        ([Count("a", 0, True)], ["a"], []),
        ([], [], []),
    ],
)
def test_which_words_tell_articles_apart(counts, rare, frequent):
    found = chosen(counts, all_articles=100)
    assert [list(words) for words in found] == [rare, frequent]


def test_a_click_counts_once():
    made, other = article(), article()
    search = log_search("pump", language="en", brand=None, hits=2)
    note_click(search, made)
    note_click(search, other)
    assert SearchLog.objects.get().clicked == made


def test_articles_loaded_in_bulk_are_as_the_verbs_make_them(world):
    into = category()
    texts = {
        "en": ("Chain", "How to oil it", "<p>Oil the <b>chain</b>.</p>", ("oil",)),
        "de": ("Kette", "Wie man sie ölt", "<p>Die Kette ölen.</p>", ("Öl",)),
    }
    load([Piece(into, "public", texts)], by=world.bea)
    english, german = (texts[code] for code in ("en", "de"))
    made = article(english[0], english[2], summary=english[1], keywords=english[3], category=into, by=world.bea)
    translated(made, "de", german[0], german[2], summary=german[1], keywords=german[3], by=world.bea)
    loaded = Article.objects.exclude(pk=made.pk).get()
    assert (loaded.is_published, loaded.language, loaded.number) != (False, "", made.number)

    def rows(of: Article) -> list[tuple]:
        names = ("title", "summary", "body", "text", "keywords", "files", "number")
        found = Translation.objects.filter(article=of).select_related("published").order_by("language")
        return [
            (row.language, row.state, row.words, row.published_id == row.latest_id)
            + tuple(getattr(row.published, name) for name in names)
            + (row.of_revision.title if row.of_revision else None,)
            for row in found
        ]

    assert rows(loaded) == rows(made)
    assert titles("Kette", "de") == ["Kette", "Kette"]
