"""Builds the demo world: people, roles, queues, addresses, then the stories, each step at its own time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.people import create_person, person_with_address, system_actor
from accounts.roles import create_role, let_edit_people
from core.clock import now, pretend
from helpdesk.demo.announcements import add_announcements
from helpdesk.demo.brands import add_brands, add_managers
from helpdesk.demo.catalogue import add_catalogue
from helpdesk.demo.guided import add_processes
from helpdesk.demo.handiwork import add_macros, add_schedule
from helpdesk.demo.library import add_library
from helpdesk.demo.promises import add_promises, tell_of_time
from helpdesk.demo.rules import add_rules
from helpdesk.demo.satisfaction import add_contents, add_survey, answer_surveys
from helpdesk.demo.skills import add_skills
from helpdesk.demo.stories import CUSTOMERS, ELSEWHERE, STORIES, ZONES, Step, Story
from helpdesk.demo.wordings import add_wordings
from mail.models import Address, Letter, Outgoing
from reports.rebuilding import tell_all
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.progress import set_state
from tickets.actions.queues import save_queue
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.routing import assign
from tickets.events import Cause
from tickets.messages import Message
from tickets.models import Delivery, FieldDefinition, Priority, Queue, State, Ticket, TicketType
from tickets.rights import grant

PASSWORD = "demo"  # noqa: S105
DEMO = Cause("demo")


def exists() -> bool:
    return person_with_address("alex@demo.example") is not None


@transaction.atomic
def build() -> int:
    """Make the whole world in one transaction; returns the number of tickets. None of its mail ever leaves."""
    agents = _agents()
    queues = _queues(agents)
    queues["Calden"] = add_brands(by=agents["alex"])
    add_wordings(queues)
    add_promises(queues, by=agents["alex"])
    add_contents(by=agents["alex"])
    add_survey(queues, by=agents["alex"])
    add_macros(by=agents["alex"])
    add_schedule(by=agents["alex"])
    add_rules(queues, agents)
    add_skills(agents, by=agents["alex"])
    add_library(agents)
    add_announcements(by=agents["alex"])
    people = agents | _customers()
    add_managers(people, by=agents["alex"])
    add_catalogue(queues, by=agents["alex"])
    started = now()
    for story in STORIES:
        _tell(story, queues, people, started)
    answer_surveys(started)
    add_processes(people, queues["Support"])
    _nothing_leaves()
    return len(STORIES) + 1


def _agents() -> dict[str, User]:
    marks = {"is_agent": True, "password": PASSWORD, "time_zone": "Europe/Berlin"}
    return {
        "alex": create_person(email="alex@demo.example", name="Alex Berger", is_administrator=True, **marks),
        "bea": create_person(email="bea@demo.example", name="Bea Costa", **marks),
        "carlos": create_person(email="carlos@demo.example", name="Carlos Díaz", **marks),
    }


def _queues(agents: dict[str, User]) -> dict[str, Queue]:
    alex = agents["alex"]
    support = save_queue(
        Queue(name="Support", description="Questions about bikes and orders", signature="Demo Bikes, Support"), by=alex
    )
    hardware = save_queue(Queue(name="Hardware", parent=support, description="Batteries, motors, displays"), by=alex)
    billing = save_queue(
        Queue(name="Billing", description="Invoices, prices, refunds", signature="Demo Bikes, Billing"), by=alex
    )
    junk = save_queue(Queue(name="Junk", description="Unwanted mail", is_junk=True), by=alex)
    Address.objects.create(address="support@demo.example", name="Demo Bikes Support", queue=support)
    Address.objects.create(address="billing@demo.example", name="Demo Bikes Billing", queue=billing)
    FieldDefinition.objects.create(
        key="order_number",
        label="Order number",
        labels={"de": "Bestellnummer", "es": "Número de pedido", "pt": "Número da encomenda"},
        kind="text",
        in_portal=True,
    )
    FieldDefinition.objects.create(
        key="model",
        label="Model",
        labels={"de": "Modell", "es": "Modelo", "pt": "Modelo"},
        kind="dropdown",
        options=["Tour 7", "Cargo 2", "City 3"],
        in_portal=True,
        position=1,
    )
    for name, members, granted in (
        ("Support team", ("alex", "bea", "carlos"), (support, junk)),
        ("Billing team", ("alex", "bea"), (billing,)),
    ):
        group = create_role(name=name)
        group.user_set.set([agents[key] for key in members])
        let_edit_people(group, allowed=True)
        for queue in granted:
            grant(group, queue, "write")
    return {queue.path: queue for queue in (support, hardware, billing, junk)}


def _customers() -> dict[str, User]:
    people = {}
    for key, (address, name, company, language) in CUSTOMERS.items():
        organisation = Organisation.objects.get_or_create(name=company)[0] if company else None
        people[key] = create_person(
            email=address,
            name=name,
            password=PASSWORD,
            is_customer=True,
            language=language,
            time_zone=ELSEWHERE.get(key, ZONES[language]),
            organisation=organisation,
            sees_all=key in ("dana", "petra"),
        )
    return people


def _tell(story: Story, queues: dict[str, Queue], people: dict[str, User], started: datetime) -> None:
    ticket: Ticket | None = None
    for step in story.steps:
        at = started - timedelta(hours=step.hours)
        if ticket is not None:
            tell_of_time(ticket, at)
        with pretend(at):
            if ticket is None:
                ticket = _open(story, step, queues, people)
            else:
                STEPS[step.what](Ticket.objects.get(pk=ticket.pk), step, people[step.who])
    if ticket is not None:
        tell_of_time(ticket, started)


def _open(story: Story, step: Step, queues: dict[str, Queue], people: dict[str, User]) -> Ticket:
    customer = people[story.customer]
    opening = Opening(
        title=story.title,
        queue=queues[story.queue],
        customer=customer,
        channel=story.channel,
        priority=Priority.objects.get(name=story.priority),
        type=TicketType.objects.get(name=story.type),
        tags=story.tags,
        custom_fields=story.fields,
    )
    return open_ticket(opening, _said(step, customer), by=customer, cause=DEMO).ticket


def _said(step: Step, person: User) -> Message:
    return Message(text=step.text, sent_from={"name": person.name, "address": person.email})


def _reply_and(state: str, *, days: int = 0) -> Callable[[Ticket, Step, User], object]:
    def act(ticket: Ticket, step: Step, person: User) -> object:
        until = timezone.now() + timedelta(days=days) if days else None
        then = State.objects.get(name=state)
        return reply(ticket, Message(text=step.text), by=person, cause=DEMO, then=then, until=until)

    return act


STEPS: dict[str, Callable[[Ticket, Step, User], object]] = {
    "take": lambda ticket, step, person: assign(ticket, person, by=person, cause=DEMO),
    "reply": _reply_and("open"),
    "reply_and_wait": _reply_and("pending reminder", days=3),
    "reply_and_close": _reply_and("closed successful"),
    "note": lambda ticket, step, person: add_note(ticket, Message(text=step.text), by=person, cause=DEMO),
    "answer": lambda ticket, step, person: receive(
        ticket, _said(step, person), channel=ticket.channel, by=person, cause=DEMO
    ),
    "close": lambda ticket, step, person: set_state(
        ticket, State.objects.get(name="closed successful"), by=person, cause=DEMO
    ),
}


def _nothing_leaves() -> None:
    """The people of the demo do not exist: they have got their mail when it was written, and nobody is told of their
    events."""
    for outgoing in Outgoing.objects.select_related("article"):
        outgoing.recipients = [recipient | {"state": "sent", "answer": "250"} for recipient in outgoing.recipients]
        outgoing.state, outgoing.sent_at = Outgoing.State.SENT, outgoing.article.created_at
        outgoing.finish()
        outgoing.save_work("recipients", "state", "sent_at")
    Delivery.objects.update(due_at=None)
    Letter.objects.all().delete()
    tell_all()
    system_actor("system")
