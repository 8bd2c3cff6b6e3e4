"""A world to look at twice: what an agent and the people of Acme may see, and what is hidden from them laid in between.

The hidden things are as like the visible ones as can be (words, tags, fields, files, people, moments), so that whatever
forgets to ask for the right shows it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.models import User
from core.clock import pretend
from tests import factories
from tickets.actions.fields import set_custom_fields, set_tags
from tickets.actions.progress import set_priority, set_state
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.routing import assign, make_responsible
from tickets.messages import File, Message
from tickets.models import FieldDefinition, Priority, Queue, ReadMark, State, StateType, Ticket

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=2)
SECRET = "xylophone"  # stands in hidden texts alone
WORDS = ("printer", "invoice", "quiet", "Rechnung", "motor", "azul")
STATES = ("open", "pending reminder", "closed successful", "closed unsuccessful")


@dataclass
class Crowd:
    desk: Queue  # readable, below one that is not
    board: Queue  # above it, hidden
    billing: Queue  # hidden
    agent: User
    colleague: User  # works the hidden queues
    administrator: User
    dana: User
    carl: User  # sees all requests of Acme
    erik: User
    visible: list[Ticket]


def visible() -> Crowd:
    """Twelve tickets in the agent's queue, of Dana, Carl and Erik in turn."""
    board = factories.QueueFactory(name="Board")
    desk = factories.QueueFactory(name="Desk", parent=board)
    below = factories.QueueFactory(name="Parts", parent=desk)
    billing = factories.QueueFactory(name="Billing")
    factories.address("desk@demo.example", desk)
    factories.address("billing@demo.example", billing)
    FieldDefinition.objects.create(key="serial", label="Serial number", kind="text", in_portal=True)
    crowd = Crowd(desk, board, billing, *_people(desk, board, billing), visible=[])
    for number in range(12):
        with pretend(START + timedelta(minutes=10 * number)):
            queue = below if number % 5 == 4 else desk
            crowd.visible.append(_ticket(crowd, number, queue=queue, by=crowd.agent))
    return crowd


def hide_from_agent(crowd: Crowd) -> list[Ticket]:
    """In between, tickets of the same people in queues the agent may not read, some owned by the agent."""
    secret = factories.QueueFactory(name="Vault", parent=crowd.board)
    factories.role("Vault keepers", crowd.colleague, write=secret)
    hidden = []
    for number in range(12):
        with pretend(START + timedelta(minutes=10 * number + 5)):
            queue = (crowd.board, crowd.billing, secret)[number % 3]
            ticket = _ticket(crowd, number, queue=queue, by=crowd.colleague, word=SECRET)
            if number % 2:
                assign(ticket, crowd.agent, by=crowd.colleague)
                make_responsible(ticket, crowd.agent, by=crowd.colleague)
            hidden.append(ticket)
    ReadMark.objects.create(ticket=hidden[0], user=crowd.agent)
    Ticket.objects.filter(pk=hidden[1].pk).update(merged_into=crowd.visible[0])
    return hidden


def hide_from_customers(crowd: Crowd) -> list[Ticket]:
    """What customers never see: others' requests, removed ones, what is not said to them, and the desk's own work."""
    hidden = []
    for number in range(9):
        with pretend(START + timedelta(minutes=10 * number + 5)):
            facts = {"word": SECRET, "by": crowd.agent, "queue": crowd.desk}
            if number % 3 == 0:
                hidden.append(_ticket(crowd, number, customer=crowd.erik, **facts))
            elif number % 3 == 1:
                hidden.append(_ticket(crowd, number, customer=crowd.dana, channel="note", silent=True, **facts))
            else:
                ticket = _ticket(crowd, number, customer=crowd.dana, **facts)
                set_state(ticket, State.objects.get(type=StateType.REMOVED), by=crowd.agent)
                hidden.append(ticket)
    return [*hidden, *hide_desk_work(crowd)]


def hide_desk_work(crowd: Crowd) -> list[Ticket]:
    """On requests that customers see, what agents do and say among themselves."""
    for number, ticket in enumerate(crowd.visible):
        with pretend(START + timedelta(minutes=10 * number + 7)):
            files = [File(f"{SECRET}.txt", "text/plain", b"secret")]
            add_note(ticket, Message(text=f"{SECRET} {WORDS[number % 6]} printer", files=files), by=crowd.agent)
            assign(ticket, crowd.agent, by=crowd.agent)
            set_priority(ticket, Priority.objects.get(level=1 + number % 5), by=crowd.agent)
            set_tags(ticket, [SECRET], by=crowd.agent)
    return []


def _people(desk: Queue, board: Queue, billing: Queue) -> list[User]:
    person = factories.PersonFactory
    agent = person(email="bea@demo.example", name="Bea Costa", is_agent=True)
    colleague = person(email="carlos@demo.example", name="Carlos Díaz", is_agent=True)
    administrator = person(email="alex@demo.example", name="Alex Berger", is_administrator=True)
    factories.role("Desk", agent, write=desk)
    factories.role("Board", colleague, write=board)
    factories.role("Billing", colleague, write=billing)
    dana = person(email="dana@acme.example", name="Dana Miller", is_customer=True)
    carl = person(email="carl@acme.example", name="Carl Miles", is_customer=True)
    erik = person(email="erik@globex.example", name="Erik Olsen", is_customer=True)
    factories.organisation("Acme", dana, carl)
    factories.organisation("Globex", erik)
    carl.memberships.update(sees_all=True)
    return [agent, colleague, administrator, dana, carl, erik]


def _ticket(
    crowd: Crowd,
    number: int,
    *,
    queue: Queue,
    by: User,
    word: str = "",
    customer: User | None = None,
    channel: str = "email",
    silent: bool = False,
) -> Ticket:
    """A small life: opened, tagged, answered, moved on; everything follows from the number."""
    words = f"{WORDS[number % 6]} {WORDS[(number + 2) % 6]} {word}"
    customer = customer or (crowd.dana, crowd.carl, crowd.erik)[number % 3]
    file = File(f"{WORDS[number % 6]}{word}.txt", "text/plain", words.encode())
    ticket = factories.TicketFactory(
        title=f"The {words}",
        queue=queue,
        customer=customer,
        channel=channel,
        message=Message(text=f"About the {words}", files=[file]),
        by=by if silent else customer,
    )
    set_tags(ticket, ["urgent", WORDS[number % 6]], by=by)
    set_custom_fields(ticket, {"serial": f"X{number}"}, by=by)
    if silent:
        return ticket
    if number % 2:
        reply(ticket, Message(text=f"Is the {words} plugged in?"), by=by)
        receive(ticket, Message(text=f"The {words} is."), channel="web", by=customer)
    state = State.objects.get(name=STATES[number % 4])
    set_state(ticket, state, until=NOW + timedelta(days=number) if state.is_pending else None, by=by)
    ticket.refresh_from_db()
    return ticket
