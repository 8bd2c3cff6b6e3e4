"""The world of the rights matrix: one person per role, one thing per relation, and the browsers and programs they use."""

from dataclasses import dataclass, field
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, ConfigChange, Organisation, User
from accounts.tokens import issue_token, revoke_token
from mail.intake import process
from mail.models import Account, Outgoing
from tests import factories
from tests.setup import worlds
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, reply
from tickets.messages import File, Message
from tickets.models import Article, Attachment, Delivery, FieldDefinition, Queue, State, StateType, Ticket
from tickets.rights import RIGHTS, grant

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
# Nobody sits on the machine itself.
FROM_OUTSIDE = {"REMOTE_ADDR": "203.0.113.9"}
# Programs that are not simply somebody's good token: whose they are.
PROGRAMS = {"read_token": "write", "revoked_token": "write", "expired_token": "write", "cookie": "write"}


@dataclass
class Matrix:
    """Everything by the names that matrix.toml uses."""

    people: dict[str, User | None] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    # Arguments of an address, by kind of thing and relation.
    things: dict[str, dict[str, list]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    acme: Organisation | None = None

    def browser(self, name: str) -> Client:
        """Signed in while the person was still active, as a browser that was open would be."""
        client = Client(raise_request_exception=False, **FROM_OUTSIDE)
        person = self.people[name]
        if person is not None:
            client.force_login(person)
        return client

    def program(self, name: str) -> Client:
        if name == "cookie":
            return self.browser(PROGRAMS[name])
        headers = {"Authorization": f"Bearer {self.secrets[name]}"} if name in self.secrets else {}
        return Client(headers=headers, raise_request_exception=False, **FROM_OUTSIDE)


def build() -> Matrix:
    world = Matrix()
    _queues(world)
    _people(world)
    _tickets(world)
    _files(world)
    _mail(world)
    _setup(world)
    _tokens(world)
    return world


def _queues(world: Matrix) -> None:
    support = factories.QueueFactory(name="Support")
    world.queues = {
        "own": support,
        "below": factories.QueueFactory(name="Hardware", parent=support),
        "elsewhere": factories.QueueFactory(name="Billing"),
    }
    factories.address("support@demo.example", support)
    factories.address("billing@demo.example", world.queues["elsewhere"])


def _people(world: Matrix) -> None:
    """Agents have their right in Support, by a role; the outsider and the chief everything in Billing."""
    person = factories.PersonFactory
    customer = {"is_customer": True, "password": "demo"}
    people: dict[str, User | None] = {
        "visitor": None,
        "customer": person(email="dana@acme.example", name="Dana Miller", **customer),
        "colleague": person(email="carl@acme.example", name="Carl Miles", **customer),
        "member": person(email="mia@acme.example", name="Mia Moss", **customer),
        "stranger": person(email="erik@globex.example", name="Erik Olsen", **customer),
        "former": person(email="fred@acme.example", name="Fred Former", **customer),
    }
    world.acme = factories.organisation(
        "Acme", *(people[name] for name in ("customer", "colleague", "member", "former"))
    )
    factories.organisation("Globex", people["stranger"])
    for name in ("colleague", "former"):
        people[name].memberships.update(sees_all=True)
    for name in (*RIGHTS, "outsider", "dismissed"):
        people[name] = person(email=f"{name}@demo.example", name=f"Agent {name}", is_agent=True, password="demo")
        factories.role(f"Role {name}", people[name], **{name if name in RIGHTS else "write": _queue_of(world, name)})
    administrator = {"is_administrator": True, "password": "demo"}
    people["administrator"] = person(email="admin@demo.example", name="Ada Admin", **administrator)
    people["chief"] = person(email="chief@demo.example", name="Chris Chief", is_agent=True, **administrator)
    grant(people["chief"], world.queues["elsewhere"], "write")
    world.people = people


def _queue_of(world: Matrix, name: str) -> Queue:
    return world.queues["elsewhere" if name == "outsider" else "own"]


def _tickets(world: Matrix) -> None:
    customer, agent = world.people["customer"], world.people["write"]

    def opened(title: str, **facts) -> Ticket:
        facts = {"queue": world.queues["own"], "customer": customer, "title": title, **facts}
        return factories.TicketFactory(**facts)

    opened("Keys stick", queue=world.queues["below"], customer=world.people["stranger"])
    elsewhere = opened("Invoice", queue=world.queues["elsewhere"], customer=world.people["stranger"])
    tickets = {
        "open": opened("Printer hums"),
        "merged": opened("Printer hums too"),
        "merged_away": opened("My invoice"),
        "removed": opened("Spam"),
        "silent": opened("Check this", channel="note", by=agent),
        "elsewhere": elsewhere,
    }
    for name, into in (("merged", tickets["open"]), ("merged_away", elsewhere)):
        set_state(tickets[name], State.objects.get(type=StateType.MERGED), by=agent)
        Ticket.objects.filter(pk=tickets[name].pk).update(merged_into=into)
    set_state(tickets["removed"], State.objects.get(type=StateType.REMOVED), by=agent)
    world.tickets = tickets
    world.things["ticket"] = {name: [ticket.number] for name, ticket in tickets.items()} | {"nowhere": ["999999999"]}
    numbers = world.things["ticket"]
    FieldDefinition.objects.create(key="serial", label="Serial number", kind="text", in_portal=True)
    world.things["ticket field"] = {name: [*number, "serial"] for name, number in numbers.items()}


def _files(world: Matrix) -> None:
    """On each ticket a file that everybody reads who may read the ticket, and one that only the team does."""
    public, internal = {"nowhere": [uuid4()]}, {"nowhere": [uuid4()]}
    picture = File("photo.png", "image/png", PNG)
    for name, ticket in world.tickets.items():
        article = Article.objects.filter(ticket=ticket).first()
        said = article if name != "silent" else None
        note = add_note(ticket, Message(text="A word among us", files=[picture]), by=world.people["write"])
        if said is not None:
            file = Attachment.objects.create(
                article=said, name="photo.png", content_type="image/png", size=len(PNG), digest=_digest(note)
            )
            public[name] = [file.uuid]
        internal[name] = [note.attachments.get().uuid]
    world.things |= {"file": public, "internal file": internal}


def _digest(note: Article) -> str:
    return note.attachments.get().digest


def _mail(world: Matrix) -> None:
    """Messages that came and left: on a ticket of ours, on one elsewhere, on none."""
    came, left, articles = {}, {}, {"nowhere": [99_999_999]}
    for name, queue in (("open", "support"), ("elsewhere", "billing")):
        row = worlds.incoming(LETTER.replace(b"support", queue.encode()), f"{queue}@demo.example")
        process(row.pk)
        row.refresh_from_db()
        came[name], articles[name] = [row.pk], [row.article_id]
        agent = world.people["write" if name == "open" else "outsider"]
        sent = reply(world.tickets[name], Message(text="Turn it off and on."), by=agent)
        left[name] = [Outgoing.objects.get(article=sent).pk]
    came |= {"none": [worlds.quarantined().pk], "nowhere": [99_999_999]}
    world.things |= {"incoming": came, "outgoing": left | {"nowhere": [99_999_999]}, "mail": articles}


def _setup(world: Matrix) -> None:
    nowhere = [99_999_999]
    queue = {name: [row.pk] for name, row in world.queues.items()} | {"nowhere": nowhere}
    account = Account.objects.create(name="Provider", host="imap.demo.example", username="u", queue=world.queues["own"])
    rows = {
        "role": world.people["write"].groups.get().role.pk,
        "person": world.people["customer"].pk,
        "organisation": world.acme.pk,
        "account": account.pk,
        "field": FieldDefinition.objects.get().pk,
        "change": ConfigChange.objects.order_by("pk").first().pk,
        "delivery": Delivery.objects.order_by("pk").first().pk,
    }
    world.things |= {name: {"there": [pk], "nowhere": nowhere} for name, pk in rows.items()}
    world.things["queue"] = queue
    world.things["queue row"] = {"there": queue["own"], "nowhere": nowhere}
    world.things["view"] = {"there": ["mine"], "nowhere": ["no-such-view"]}


def _tokens(world: Matrix) -> None:
    for name, person in world.people.items():
        if person is not None:
            token, world.secrets[name] = issue_token(person, name="robot")
            world.things.setdefault("token", {"nowhere": [99_999_999]})[name] = [token.pk]
            world.things.setdefault("token of person", {"nowhere": [person.pk, 99_999_999]})[name] = [
                person.pk,
                token.pk,
            ]
    writer = world.people["write"]
    _token, world.secrets["read_token"] = issue_token(writer, name="reader", scope=ApiToken.Scope.READ)
    revoked, world.secrets["revoked_token"] = issue_token(writer, name="revoked")
    revoke_token(revoked, by=writer)
    expired, world.secrets["expired_token"] = issue_token(writer, name="expired")
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now())


def dismiss(world: Matrix) -> None:
    """Who is deactivated loses what was open: called when the browsers are signed in."""
    for name in ("former", "dismissed"):
        world.people[name].is_active = False
        world.people[name].save(update_fields=["is_active"])


LETTER = (
    b"From: new@nowhere.example\r\nTo: support@demo.example\r\nSubject: It hums\r\n"
    b"Message-ID: <hum@acme.example>\r\nContent-Type: text/html\r\n\r\n<p>It <b>hums</b>.</p>\r\n"
)
