"""Categories: the tree, what is refused, the audit; and what there is to write or to mend."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import ConfigChange
from core.clock import now
from knowledge import mending
from knowledge.actions.drafting import save_draft
from knowledge.actions.publishing import publish
from knowledge.actions.reading import give_feedback, log_search
from knowledge.actions.reviewing import ask_review
from knowledge.categories import move_category, remove_category, save_category, tree
from knowledge.models import Category
from knowledge.writing import Words
from tests.knowledge.library import article, category, draft, let_write, translated

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return ["  " * depth + row.name for depth, row in tree(Category.objects.all())]


def test_the_tree_is_in_order_and_can_be_moved(world):
    first, second = category("First"), category("Second")
    category("Inner", parent=first)
    assert names() == ["First", "  Inner", "Second"]
    move_category(second, -1, by=world.alex)
    assert names() == ["Second", "First", "  Inner"]
    move_category(second, -5, by=world.alex)
    assert names() == ["Second", "First", "  Inner"]


def test_names_in_other_languages(world):
    row = category("Battery", names={"de": " Akku ", "xx": "no", "es": ""}, descriptions={"de": "Laden"})
    row.refresh_from_db()
    assert (row.names, row.name_in("de"), row.name_in("pt")) == ({"de": "Akku"}, "Akku", "Battery")
    assert row.description_in("de") == "Laden"


def test_what_cannot_be_is_refused(world):
    above = category("Above")
    below = category("Below", parent=above)
    for row, parent in ((above, above), (above, below)):
        row.parent = parent
        with pytest.raises(ValidationError):
            save_category(row, brands=[], by=world.alex)
        row.refresh_from_db()
    third = category(parent=below)
    fourth = category(parent=third)
    with pytest.raises(ValidationError):
        category(parent=fourth)
    with pytest.raises(ValidationError):
        save_category(Category(name="  "), brands=[], by=world.alex)
    article(category=above)
    for row in (above, below):
        with pytest.raises(ValidationError):
            remove_category(row, by=world.alex)
    remove_category(fourth, by=world.alex)
    assert not Category.objects.filter(pk=fourth.pk).exists()


def test_changes_are_audited(world):
    row = category("Battery")
    row.needs_review = True
    save_category(row, brands=[], by=world.alex)
    line = ConfigChange.objects.filter(kind="knowledge.category").latest("pk")
    assert (line.actor, line.before["needs_review"], line.after["needs_review"]) == (world.alex, False, True)
    count = ConfigChange.objects.count()
    save_category(row, brands=[], by=world.alex)
    assert ConfigChange.objects.count() == count


def test_failed_searches_are_counted_and_beginnings_left_out():
    for words, times in (("child seat", 3), ("child", 2), ("insurance", 1)):
        for _time in range(times):
            log_search(words, language="en", brand=None, hits=0)
    log_search("found", language="en", brand=None, hits=2)
    assert [(row.query, row.times) for row in mending.failed_searches()] == [("child seat", 3), ("insurance", 1)]


def test_what_there_is_to_mend(world):
    let_write(world.bea)
    bad, good = article("Bad"), article("Good")
    for reader in range(3):
        give_feedback(bad, "en", helpful=False, reader=f"a{reader}", comment="No" if reader == 0 else "")
        give_feedback(good, "en", helpful=reader > 0, reader=f"b{reader}")
    assert [made.pk for made in mending.never_helpful(world.bea)] == [bad.pk]
    assert [said.comment for said in mending.comments(world.bea)] == ["No"]
    late = article("Late", review_at=now().date() - timedelta(days=1))
    assert [made.pk for made in mending.to_look_at(world.bea)] == [late.pk]
    translated(good, "de", "Gut")
    save_draft(good, "en", Words("Better", "<p>Better.</p>"), by=world.bea)
    publish(good.translations.get(language="en"), by=world.alex)
    assert [(row.article.pk, row.language) for row in mending.outdated(world.bea)] == [(good.pk, "de")]
    waiting = draft("Waiting")
    ask_review(waiting.translations.get(), by=world.bea)
    assert [row.article.pk for row in mending.in_review(world.bea)] == [waiting.pk]
    assert not mending.in_review(world.carlos).exists()
    assert mending.comments(world.carlos) == []
