"""Who reads and who writes: the sets and a slow reference agree in random worlds; what is not theirs is absent."""

import os
import random
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage

from accounts.models import Brand, User
from accounts.roles import create_role
from core.blobs import blob_name, load, store
from core.clock import now
from knowledge.actions.publishing import archive, withdraw
from knowledge.actions.reading import log_search
from knowledge.categories import save_category
from knowledge.models import Article, ArticleFile, Category, SearchLog, Translation
from knowledge.queries import publishers_of
from knowledge.rights import may_publish, may_write
from knowledge.search import find, suggest
from mail.keeping import clear_away, note_unneeded
from mail.models import Unneeded
from tests.factories import AgentFactory, CustomerFactory
from tests.knowledge.files import attached, picture_of
from tests.knowledge.library import article, category, draft, let_publish, let_write, settle, translated

pytestmark = pytest.mark.django_db


def brand_named(name: str) -> Brand:
    return Brand.objects.create(name=name, key=name.lower())


def slow_category(row: Category | None, brand: Brand | None) -> bool:
    """Active and offered by the brand, it and all above it."""
    while row is not None:
        named = set(row.brands.all())
        if not row.is_active or (brand is not None and named and brand not in named):
            return False
        row = row.parent
    return True


def slow_audience(made: Article, user: User | None) -> bool:
    if user is None or not user.is_active:
        return made.visibility == "public"
    if made.visibility != "internal":
        return True
    roles = set(made.roles.all())
    return user.is_agent and (not roles or bool(roles & set(user.groups.all())))


def slow_reference(made: Article, user: User | None, brand: Brand | None) -> bool:
    """The rule as it is told to people, one article at a time."""
    brands = set(made.brands.all())
    return (
        made.archived_at is None
        and any(row.published is not None for row in made.translations.all())
        and slow_audience(made, user)
        and slow_category(made.category, brand)
        and (brand is None or not brands or brand in brands)
    )


class RandomWorld:
    """Some categories, roles, brands, people and articles in every condition."""

    def __init__(self, seed: int) -> None:
        dice = self.dice = random.Random(seed)
        self.brands = [brand_named(f"Brand{n}") for n in range(2)]
        self.roles = [create_role(name=f"Role {n}") for n in range(2)]
        self.categories: list[Category] = []
        for _n in range(5):
            parent = dice.choice([None, *self.categories[:3]])
            row = category(parent=parent, brands=tuple(dice.sample(self.brands, dice.choice([0, 0, 1, 2]))))
            self.categories.append(row)
        self.people = self._people()
        self.articles = [self._article(n) for n in range(14)]
        hidden = dice.choice(self.categories)
        hidden.is_active = False
        hidden.save()

    def _people(self) -> list[User | None]:
        agents = [AgentFactory() for _n in range(3)]
        for agent in agents:
            agent.groups.set(self.dice.sample(self.roles, self.dice.randint(0, 2)))
        gone = AgentFactory(is_active=False)
        let_write(agents[0], gone)
        let_publish(agents[1])
        return [None, CustomerFactory(), CustomerFactory(is_active=False), *agents, gone]

    def _article(self, number: int) -> Article:
        dice = self.dice
        made = (draft if dice.random() < 0.15 else article)(
            f"Pump number {number}",
            "<p>The pump hums.</p>",
            category=dice.choice(self.categories),
            visibility=dice.choice(["public", "customers", "internal", "internal"]),
            roles=tuple(dice.sample(self.roles, dice.choice([0, 1]))),
            brands=tuple(dice.sample(self.brands, dice.choice([0, 0, 1]))),
        )
        if made.is_published and dice.random() < 0.3:
            translated(made, "de", f"Pumpe {number}", "<p>Die Pumpe brummt.</p>")
        match dice.randint(0, 9):
            case 0:
                archive(made, by=made.owner)
            case 1:
                for translation in made.translations.all():
                    withdraw(translation, by=made.owner)
        made.refresh_from_db()
        return made


def ids(rows) -> set[int]:
    return {row.pk for row in rows}


@pytest.mark.parametrize("seed", range(6))
def test_t41_what_may_be_read_is_what_a_slow_reference_says(seed):
    world = RandomWorld(seed)
    for user in world.people:
        for brand in [None, *world.brands]:
            expected = {row.pk for row in world.articles if slow_reference(row, user, brand)}
            assert ids(Article.objects.visible_to(user, brand)) == expected
            rows = Translation.objects.visible_to(user, brand)
            assert {row.article_id for row in rows} == expected
            assert all(row.published_id for row in rows)
            for language in ("en", "de"):
                found = find("pump", user=user, brand=brand, language=language, limit=100)
                assert {hit.article.pk for hit in found.hits} <= expected
                assert found.total == len(found.hits)
            told = suggest("My pump hums", user=user, brand=brand, language="en", limit=50)
            assert {hit.article.pk for hit in told} <= expected


@pytest.mark.parametrize("seed", range(3))
def test_what_may_be_written_is_what_a_slow_reference_says(seed):
    world = RandomWorld(seed)
    for user in world.people:
        writes = user is not None and user.is_active and (may_write(user) or may_publish(user))
        roles = set(user.groups.all()) if user else set()
        expected = {
            row.pk
            for row in world.articles
            if writes and (row.visibility != "internal" or not row.roles.exists() or set(row.roles.all()) & roles)
        }
        assert ids(Article.objects.editable_by(user or User())) == expected
        assert ids(Article.objects.publishable_by(user or User())) == (expected if may_publish(user) else set())


@pytest.mark.parametrize("seed", range(3))
def test_who_publishes_an_article_is_known_from_both_sides(seed):
    world = RandomWorld(seed)
    for made in world.articles:
        may = {one.pk for one in User.objects.all() if Article.objects.publishable_by(one).filter(pk=made.pk).exists()}
        assert ids(publishers_of(made)) == may


def test_marks_of_roles_let_agents_write_and_publish(world):
    let_write(world.carlos, world.dana)
    let_publish(world.bea)
    assert [may_write(person) for person in (world.carlos, world.bea, world.alex, world.dana, None)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [may_publish(person) for person in (world.carlos, world.bea, world.alex)] == [False, True, True]


def test_agents_without_the_mark_find_in_the_desk_what_is_published(world):
    hidden = draft()
    shown = article(visibility="internal")
    assert ids(Article.objects.for_agent(world.carlos)) == {shown.pk}
    let_write(world.carlos)
    carlos = User.objects.get(pk=world.carlos.pk)
    assert ids(Article.objects.for_agent(carlos)) == {shown.pk, hidden.pk}
    assert not Article.objects.for_agent(world.dana).exists()


def test_somebody_of_another_role_writes_nothing_there(world):
    let_write(world.carlos)
    made = draft(visibility="internal", roles=(world.billing_role,))
    assert not Article.objects.editable_by(world.carlos).exists()
    assert not Article.objects.for_agent(world.carlos).exists()
    settle(made, roles=(world.billing_role, world.support_role))
    assert Article.objects.editable_by(world.carlos).get() == made


def test_t42_files_are_read_while_something_published_names_them(world):
    made = article()
    file = attached(made, publish=False)
    assert not ArticleFile.objects.visible_to(None, None).exists()
    assert not ArticleFile.objects.visible_to(world.dana, None).exists()
    published = attached(made, publish=True)
    assert set(ArticleFile.objects.visible_to(None, None)) == {published}
    settle(made, visibility="customers", by=world.alex)
    assert not ArticleFile.objects.visible_to(None, None).exists()
    assert published in ArticleFile.objects.visible_to(world.dana, None)
    assert file not in ArticleFile.objects.visible_to(world.bea, None)
    assert picture_of(made) is None


def test_files_of_articles_keep_their_bytes():
    kept, gone = attached(draft(), publish=False).digest, store(b"nobody names this")
    note_unneeded([kept, gone])
    Unneeded.objects.update(since=now() - timedelta(hours=1))
    for digest in (kept, gone):
        os.utime(default_storage.path(blob_name(digest)), (0, 0))
    assert clear_away() == 1
    assert load(kept)


def test_t48_what_is_hidden_shows_in_nobodys_answers(world):
    """The same searches and suggestions with and without articles that somebody may not read."""
    for number in range(4):
        article(f"Wheel {number}", f"<p>The wheel number {number} wobbles and needs spokes.</p>")
    asked = ("wheel", "wheel -2", "spokes wob", "valve", "my wheel needs a new valve", "bell rings")
    people = (None, world.dana, world.carlos)
    before = [answers(text, person) for text in asked for person in people]
    for number in range(6):
        article(
            f"Valve {number}", "<p>The wheel has a valve. A bell rings.</p>", visibility="internal", roles=(group(),)
        )
        draft("Valve of a wheel", "<p>The valve of a bell.</p>")
    assert [answers(text, person) for text in asked for person in people] == before


def group() -> Group:
    return Group.objects.get_or_create(name="Nobody")[0]


def answers(text: str, person: User | None) -> tuple:
    found = find(text, user=person, brand=None, language="en")
    told = suggest(text, user=person, brand=None, language="en")
    return found.total, [(hit.article.pk, hit.title, hit.excerpt) for hit in (*found.hits, *told)]


def test_the_number_of_queries_does_not_grow_with_articles(world, queries):
    for number in range(6):
        article(f"Oil for chain 0{number}", "<p>Oil the chain.</p>")
    find("chain", user=None, brand=None, language="en")  # words are remembered
    counts = []
    for _round in range(2):
        with queries() as counted:
            assert find("chain", user=None, brand=None, language="en").total
            assert suggest("Which oil for the chain?", user=None, brand=None, language="en")
        counts.append(len(counted))
        for number in range(5):
            article(f"Oil for chain 1{number}", "<p>Oil the chain again.</p>")
    assert counts[0] == counts[1] <= 11


def test_a_category_is_closed_with_the_one_above_it():
    above = category()
    made = article(category=category(parent=above))
    assert Article.objects.visible_to(None, None).get() == made
    above.is_active = False
    save_category(above, brands=[], by=made.owner)
    assert not Article.objects.visible_to(None, None).exists()


def test_searches_are_remembered_without_who_searched():
    log_search("  Where is\tmy BÍKE ", language="en", brand=None, hits=0)
    assert [(row.query, row.hits) for row in SearchLog.objects.all()] == [("where is my bike", 0)]
    assert log_search("x", language="en", brand=None, hits=0) is None
