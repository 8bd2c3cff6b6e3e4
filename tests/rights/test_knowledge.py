"""T41, T42, T43, T48 for the knowledge base: every way of being hidden x every reader x every door x two brands.

What is not theirs looks absent: as a page, in lists, searches and suggestions, as a file, at the desk and at the API.
"""

import re
from collections.abc import Iterable, Iterator
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from knowledge.models import Feedback, SearchLog, Use
from tests import factories
from tests.rights import articles as libraries
from tests.rights.articles import BRANDS, COMMON, READERS, Library, Piece, may_read_by_program, may_read_in_desk
from tickets.rights import grant

pytestmark = pytest.mark.django_db

# Not signed in, or not any more.
NOBODY = ("visitor", "former")
TOKEN = re.compile(r"Xq[a-z]{2}zv")
CHANGING = re.compile(rb'[0-9a-f]{16,}|csrf\S+ value="[^"]*"|"X-CSRFToken":"[^"]*"|value="[A-Za-z0-9]{64}"')


@pytest.fixture(scope="module")
def library(django_db_setup, django_db_blocker) -> Iterator[Library]:
    """Made once: the tests look, and what one of them changes is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield libraries.build()
        transaction.set_rollback(True)


@pytest.fixture
def browsers(library, db) -> dict[tuple[str, str], Client]:
    found = {(reader, host): library.browser(reader, host) for reader in READERS for host in BRANDS}
    libraries.leave(library)
    cache.clear()
    return found


def tokens(body: bytes) -> set[str]:
    return set(TOKEN.findall(body.decode()))


def names(pieces: Iterable[Piece]) -> set[str]:
    return {piece.token for piece in pieces}


def plain(body: bytes) -> bytes:
    """Without what differs from one answer to the next whatever is asked for."""
    return CHANGING.sub(b"", body)


def told(piece: Piece, reader: str, host: str) -> str:
    return f"{piece.visibility}, {piece.condition}, for {reader} at {host or 'the default brand'}"


def test_T41_pages_of_articles(library, browsers):
    wrong = []
    for (reader, host), browser in browsers.items():
        absent = browser.get("/kb/99999999/")
        assert absent.status_code == (302 if reader in NOBODY else 404)
        visible = names(library.visible(reader, host))
        for piece in library.pieces:
            slug = piece.article.translations.get().slug
            answer = browser.get(f"/kb/{piece.article.number}-{slug}/")
            good = answer.status_code == 200 if piece.token in visible else _is_absent(answer, absent)
            if not good or (answer.status_code == 200 and piece.token not in tokens(answer.content)):
                wrong.append(f"{answer.status_code} {told(piece, reader, host)}")
    assert wrong == []


def test_T42_T43_files(library, browsers):
    wrong = []
    for (reader, host), browser in browsers.items():
        absent = browser.get(f"/kb/files/{uuid4()}/")
        visible = names(library.visible(reader, host))
        for piece in library.pieces:
            answer = browser.get(f"/kb/files/{piece.file.uuid}/")
            good = answer.status_code == 200 if piece.token in visible else _is_absent(answer, absent)
            if not good:
                wrong.append(f"{answer.status_code} {told(piece, reader, host)}")
    assert wrong == []


def test_T41_what_is_said_of_an_article(library, browsers):
    """Whoever cannot read it can neither praise it nor say that it has spared a request."""
    wrong = []
    for reader in READERS:
        browser, visible = browsers[reader, ""], names(library.visible(reader, ""))
        for what in ("feedback", "solved"):
            absent = browser.post(f"/kb/99999999/{what}/")
            for piece in library.pieces:
                if piece.token in visible:
                    continue
                answer = browser.post(f"/kb/{piece.article.number}/{what}/", {"helpful": "yes"})
                if not _is_absent(answer, absent):
                    wrong.append(f"{answer.status_code} {what} {told(piece, reader, '')}")
    assert wrong == []
    assert (Feedback.objects.count(), Use.objects.count()) == (0, 0)


def test_T41_lists_search_and_suggestions(library, browsers):
    """Lists and searches show exactly what may be read, suggestions nothing else."""
    for (reader, host), browser in browsers.items():
        visible = names(library.visible(reader, host))
        who = f"{reader} at {host}"
        assert tokens(browser.get(f"/kb/search/?q={COMMON}&all=1").content) == visible, who
        assert tokens(browser.get("/kb/").content) <= visible, who
        listed: set[str] = set()
        for name, topic in library.topics.items():
            answer = browser.get(f"/kb/topics/{topic.pk}/")
            shown = {piece.token for piece in library.visible(reader, host) if piece.article.category_id == topic.pk}
            assert answer.status_code == (200 if shown else 302 if reader in NOBODY else 404), f"{name} for {who}"
            listed |= tokens(answer.content)
        assert listed == visible, who
        for piece in library.pieces:
            cache.clear()
            answer = browser.post("/kb/suggestions/", {"subject": f"My {piece.token} broke", "text": COMMON})
            suggested = tokens(answer.content)
            assert suggested <= visible, who
            assert (piece.token in suggested) == (piece.token in visible), told(piece, reader, host)


def test_T41_at_the_desk(library):
    """Agents find what may be read, writers also what is not published, nobody else has a desk."""
    queue = factories.QueueFactory(name="Support")
    ticket = factories.TicketFactory(queue=queue, customer=library.people["customer"], title=COMMON, body=COMMON)
    for reader in ("agent", "member", "writer"):
        grant(library.people[reader], queue, "write")
    for reader in ("customer", "manager", "administrator", "agent", "member", "writer"):
        browser = library.browser(reader, "")
        seen = {piece.token for piece in library.pieces if may_read_in_desk(piece, reader)}
        pages = {piece.token: browser.get(f"/desk/knowledge/{piece.article.number}/") for piece in library.pieces}
        assert {token for token, answer in pages.items() if answer.status_code == 200} == seen, reader
        assert {answer.status_code for answer in pages.values()} <= {200, 404}
        files = {piece.token: browser.get(f"/desk/knowledge/files/{piece.file.uuid}/") for piece in library.pieces}
        assert {token for token, answer in files.items() if answer.status_code == 200} == seen, reader
        readable = {piece.token for piece in library.pieces if may_read_in_desk(piece, reader)}
        for path in ("/desk/knowledge/", f"/desk/knowledge/?q={COMMON}", f"/desk/tickets/{ticket.number}/articles/"):
            assert tokens(browser.get(path).content) <= readable, f"{path} for {reader}"
        found = browser.get(f"/desk/tickets/{ticket.number}/articles/?q={COMMON}")
        if reader in ("agent", "member"):
            assert tokens(found.content) <= seen
            assert tokens(found.content)
        for piece in library.pieces:
            words = browser.get(f"/desk/tickets/{ticket.number}/articles/{piece.article.number}/?how=text")
            if piece.token not in seen or piece.visibility in ("internal", "role"):
                assert words.status_code == 404, f"{told(piece, reader, '')}: what is internal goes into no reply"


def test_T41_T42_at_the_api(library):
    """Searches, lists, single articles, files and categories, with the token of each reader at both brands."""
    for reader in ("customer", "manager", "administrator", "agent", "member", "writer"):
        for host in BRANDS:
            program, who = library.program(reader, host), f"{reader} at {host}"
            readable = {piece.token for piece in library.pieces if may_read_by_program(piece, reader, host)}
            assert tokens(program.get(f"/api/v1/kb/articles/?q={COMMON}").content) == readable, who
            assert tokens(program.get("/api/v1/kb/articles/").content) == readable, who
            gone = program.get(f"/api/v1/kb/files/{uuid4()}/")
            absent = program.get("/api/v1/kb/articles/99999999/")
            assert {gone.status_code, absent.status_code} == {404}
            for piece in library.pieces:
                drafts = reader == "writer" and may_read_in_desk(piece, reader)
                for path, other, good in (
                    (f"articles/{piece.article.number}/", absent, piece.token in readable or drafts),
                    (f"files/{piece.file.uuid}/", gone, piece.token in readable),
                ):
                    answer = program.get(f"/api/v1/kb/{path}")
                    assert answer.status_code == (200 if good else 404), f"{path} {told(piece, reader, host)}"
                    assert good or _without_address(answer) == _without_address(other), told(piece, reader, host)
            listed = program.get("/api/v1/kb/categories/").content.decode()
            held = {piece.article.category_id for piece in library.pieces if piece.token in readable}
            for name, topic in library.topics.items():
                if topic.pk not in held:
                    assert topic.name not in listed or reader in ("agent", "member", "writer"), f"{name} for {who}"


def _without_address(answer) -> bytes:
    return re.sub(rb"/api/v1/kb/[^\"]*", b"", plain(answer.content))


def test_T48_what_is_hidden_changes_no_answer(library):
    """The same pages with and without articles that the reader may not see: byte for byte the same."""
    hidden = [piece for piece in library.pieces if not libraries.may_read(piece, "customer", "")]
    shown = next(piece for piece in library.pieces if piece.token in names(library.visible("visitor", "")))
    shown.article.related.set([piece.article for piece in library.pieces if piece != shown])
    asked = [
        "/kb/",
        f"/kb/search/?q={COMMON}",
        f"/kb/search/?q={hidden[0].token}",
        f"/kb/topics/{library.topics['open'].pk}/",
        f"/kb/{shown.article.number}/",
    ]
    _answers(library, asked)  # what is read most comes first from now on
    with_them = _answers(library, asked)
    for piece in hidden:
        piece.article.related.clear()
        piece.article.is_published = False
        piece.article.save(update_fields=["is_published"])
        piece.article.translations.update(published=None, words=None)
    SearchLog.objects.all().delete()
    assert _answers(library, asked) == with_them


def _answers(library: Library, asked: list[str]) -> list[bytes]:
    found = []
    for reader in ("visitor", "customer"):
        browser = library.browser(reader, "")
        for path in asked:
            cache.clear()
            found.append(plain(browser.get(path, follow=True).content))
        posted = browser.post("/kb/suggestions/", {"subject": f"{COMMON} rattles", "text": "Xqabzv"})
        found.append(plain(posted.content))
    return found


def _is_absent(answer, absent) -> bool:
    """As what does not exist; whoever is not signed in is asked to sign in, there too."""
    same = (answer.status_code, _target(answer)) == (absent.status_code, _target(absent))
    return same and plain(answer.content) == plain(absent.content)


def _target(answer) -> str:
    """Where it leads to, without the way back."""
    return answer.get("Location", "").partition("?")[0]
