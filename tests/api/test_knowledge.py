"""Articles at the API: read with the rights of the token, written by the verbs."""

import pytest

from knowledge.models import Article
from tests.knowledge.files import attached
from tests.knowledge.library import article, category, draft, let_write, translated

pytestmark = pytest.mark.django_db


def test_articles_are_listed_and_found_in_the_language_asked_for(world, program):
    made = article("Battery stops charging", keywords=("E21",))
    translated(made, "de", "Der Akku lädt nicht", "<p>Das Ladegerät blinkt.</p>")
    article("Only for agents", visibility="internal")
    dana = program(world.dana)
    (shown,) = dana.get("kb/articles/?language=de").json()["results"]
    assert (shown["number"], shown["title"], shown["language"]) == (made.number, "Der Akku lädt nicht", "de")
    assert shown["languages"] == ["de", "en"]
    (found,) = dana.get("kb/articles/?q=e21").json()["results"]
    assert found["title"] == "Battery stops charging"
    assert dana.get("kb/articles/?q=agents").json()["results"] == []
    assert len(program(world.bea).get("kb/articles/").json()["results"]) == 2
    assert dana.get("kb/articles/?language=xx").status_code == 400
    assert dana.get("kb/articles/?nonsense=1").status_code == 400
    assert dana.get("kb/articles/?category=x").status_code == 400
    assert dana.get(f"kb/articles/?category={made.category.pk}").json()["results"][0]["number"] == made.number


def test_an_article_comes_with_its_words_and_files(world, program):
    made = article("Battery", "<h2>Reset</h2><p>Hold the <b>button</b>.</p>", keywords=("reset",))
    attached(made, publish=True)
    dana = program(world.dana)
    shown = dana.get(f"kb/articles/{made.number}/").json()
    assert shown["html"] == "<h2>Reset</h2><p>Hold the <b>button</b>.</p>"
    assert shown["text"] == "Reset\n\nHold the button."
    assert shown["keywords"] == ["reset"]
    assert shown["drafts"] == []
    (file,) = shown["files"]
    assert (file["name"], file["size"]) == ("manual.pdf", 50)
    assert dana.get(f"kb/files/{file['id']}/").status_code == 200


def test_what_is_not_theirs_is_not_there(world, program):
    hidden = draft()
    dana = program(world.dana)
    missing = dana.get("kb/articles/999999/")
    assert (missing.status_code, dana.get(f"kb/articles/{hidden.number}/").json()) == (404, missing.json())
    assert program(world.carlos).get(f"kb/articles/{hidden.number}/").status_code == 404


def test_writers_write_drafts_and_publishers_publish(world, program):
    let_write(world.carlos)
    into = category("Battery")
    carlos, alex = program(world.carlos), program(world.alex)
    made = carlos.post("kb/articles/", {"category": "Battery", "title": "Charger", "html": "<p>Plug it in.</p>"})
    assert made.status_code == 201
    number, tag = made.json()["number"], made["ETag"]
    assert made.json()["drafts"][0]["state"] == "draft"
    assert Article.objects.get(number=number).category == into
    assert carlos.patch(f"kb/articles/{number}/", {"publish": True}).status_code == 403
    changed = alex.patch(f"kb/articles/{number}/", {"summary": "Short", "publish": True, "visibility": "public"})
    assert (changed.status_code, changed.json()["summary"], changed.json()["visibility"]) == (200, "Short", "public")
    stale = carlos.patch(f"kb/articles/{number}/", {"title": "Other"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    german = carlos.patch(f"kb/articles/{number}/", {"language": "de", "title": "Ladegerät", "html": "<p>Ja.</p>"})
    assert [row["language"] for row in german.json()["drafts"]] == ["de", "en"]
    assert program(world.dana).get(f"kb/articles/{number}/?language=de").json()["title"] == "Charger"
    assert (
        program(world.bea).post("kb/articles/", {"title": "No", "category": "Battery", "html": ""}).status_code == 403
    )


def test_four_eyes_hold_at_the_api(world, program):
    into = category("Reviewed", needs_review=True)
    body = {"category": into.pk, "title": "Mine", "html": "<p>My words.</p>", "publish": True}
    refused = program(world.alex).post("kb/articles/", body)
    assert refused.status_code == 409
    assert "somebody else has to approve it" in refused.json()["detail"]
    assert not Article.objects.exists()


def test_categories_are_those_that_readers_find(world, program):
    above = category("Bikes", names={"de": "Räder"})
    article(category=category("Brakes", parent=above))
    article(category=above)
    article(category=category("House"), visibility="internal")
    category("Empty")
    shown = program(world.dana).get("kb/categories/?language=de").json()["results"]
    assert [(row["name"], row["parent"]) for row in shown] == [("Räder", None), ("Brakes", above.pk)]
