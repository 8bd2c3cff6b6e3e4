"""The world of the rights matrix of knowledge: an article for each way of being hidden, and a reader for each role.

What each reader may see is worked out here a second time, slowly and from what the world was told, not from the rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import Brand, User
from accounts.people import system_actor
from accounts.roles import create_role, let_write_articles
from accounts.tokens import issue_token
from knowledge.actions.publishing import archive, withdraw
from knowledge.models import Article, ArticleFile, Category
from tests import factories
from tests.knowledge.files import attached
from tests.knowledge.library import article, category, draft

# Stands in all of them, so that one search finds whatever there is.
COMMON = "gearbox"
OTHER_HOST = "calden.example"
VISIBILITIES = ("public", "customers", "internal", "role")
# Ways in which an article is, or is not, there for whoever is among its readers.
CONDITIONS = ("published", "draft", "withdrawn", "archived", "closed topic", "other topic", "other brand", "own brand")
READERS = ("visitor", "customer", "manager", "former", "agent", "member", "writer", "administrator")
BRANDS = ("", OTHER_HOST)


@dataclass(frozen=True)
class Piece:
    """An article and what the world was told of it."""

    article: Article
    visibility: str
    condition: str
    token: str
    file: ArticleFile


@dataclass
class Library:
    people: dict[str, User | None] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    topics: dict[str, Category] = field(default_factory=dict)
    role: Group | None = None

    def browser(self, reader: str, host: str) -> Client:
        names = {"headers": {"host": host}} if host else {}
        client = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.9", **names)
        person = self.people[reader]
        if person is not None:
            client.force_login(person)
        return client

    def program(self, reader: str, host: str) -> Client:
        _token, secret = issue_token(self.people[reader], name=f"robot {host}")
        headers = {"Authorization": f"Bearer {secret}", **({"host": host} if host else {})}
        return Client(headers=headers, raise_request_exception=False)

    def visible(self, reader: str, host: str) -> Iterator[Piece]:
        return (piece for piece in self.pieces if may_read(piece, reader, host))


def may_read(piece: Piece, reader: str, host: str) -> bool:
    """The rule as it is told to people."""
    there = {
        "published": True,
        "draft": False,
        "withdrawn": False,
        "archived": False,
        "closed topic": False,
        "other topic": host == OTHER_HOST,
        "other brand": host == OTHER_HOST,
        "own brand": host == "",
    }
    return there[piece.condition] and is_among(piece, reader)


def is_among(piece: Piece, reader: str) -> bool:
    """Whether it is for people like this reader at all."""
    known = reader not in ("visitor", "former")
    works = reader in ("agent", "member", "writer")
    return {
        "public": True,
        "customers": known,
        "internal": works,
        "role": reader == "member",
    }[piece.visibility]


def may_read_in_desk(piece: Piece, reader: str) -> bool:
    """Whoever writes finds there what is not published, too; brands are nothing to agents."""
    if reader == "writer":
        return is_among(piece, reader)
    there = piece.condition in ("published", "other topic", "other brand", "own brand")
    return there and reader in ("agent", "member") and is_among(piece, reader)


def may_read_by_program(piece: Piece, reader: str, host: str) -> bool:
    """Customers as on the pages; agents work for all brands."""
    if reader not in ("agent", "member", "writer"):
        return may_read(piece, reader, host)
    return is_among(piece, reader) and any(may_read(piece, reader, one) for one in BRANDS)


def build() -> Library:
    library = Library(role=create_role(name="Second line"))
    _people(library)
    other = Brand.objects.create(name="Calden", key="calden", host=OTHER_HOST)
    own = Brand.objects.get_or_create(is_default=True, defaults={"name": "Helpdesk", "key": "helpdesk"})[0]
    library.topics = {
        "open": category("Workshop"),
        "closed": category("Attic"),
        "other": category("Calden only", brands=(other,)),
    }
    for number, (visibility, condition) in enumerate(product(VISIBILITIES, CONDITIONS)):
        library.pieces.append(_piece(library, number, visibility, condition, {"other brand": other, "own brand": own}))
    Category.objects.filter(pk=library.topics["closed"].pk).update(is_active=False)
    return library


def leave(library: Library) -> None:
    """The one who is deactivated while the browser is open."""
    User.objects.filter(pk=library.people["former"].pk).update(is_active=False)


def _people(library: Library) -> None:
    person = factories.PersonFactory
    customer = {"is_customer": True, "password": "demo"}
    people: dict[str, User | None] = {
        "visitor": None,
        "customer": person(email="dana@acme.example", **customer),
        "manager": person(email="mara@acme.example", **customer),
        "former": person(email="fred@acme.example", **customer),
        "administrator": person(email="ada@demo.example", is_administrator=True, password="demo"),
    }
    factories.organisation("Acme", people["customer"], people["manager"])
    people["manager"].memberships.update(is_manager=True, sees_all=True)
    for name in ("agent", "member", "writer"):
        people[name] = person(email=f"{name}@demo.example", is_agent=True, password="demo")
    people["member"].groups.add(library.role)
    writers = create_role(name="Writers")
    writers.user_set.add(people["writer"])
    let_write_articles(writers, allowed=True)
    library.people = people


def _piece(library: Library, number: int, visibility: str, condition: str, brands: dict[str, Brand]) -> Piece:
    topic = {"closed topic": "closed", "other topic": "other"}.get(condition, "open")
    token = f"Xq{chr(97 + number // 26)}{chr(97 + number % 26)}zv"
    made = (draft if condition == "draft" else article)(
        f"{token} of the {COMMON}",
        f"<p>The {COMMON} and its {token}.</p>",
        category=library.topics[topic],
        visibility="internal" if visibility == "role" else visibility,
        roles=(library.role,) if visibility == "role" else (),
        brands=(brands[condition],) if condition in brands else (),
    )
    file = attached(made, publish=condition != "draft", name=f"{token}.pdf")
    if condition == "withdrawn":
        withdraw(made.translations.get(), by=system_actor("rules"))
    if condition == "archived":
        archive(made, by=system_actor("rules"))
    made.refresh_from_db()
    assert (made.archived_at is not None) == (condition == "archived"), timezone.now()
    return Piece(made, visibility, condition, token, file)
