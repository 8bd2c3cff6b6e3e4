"""Worlds for tests, built through the verbs: what they make could have happened."""

from typing import Any

from django.contrib.auth.models import Group
from factory import Factory, Faker, LazyFunction, Sequence, SubFactory

from accounts.models import Organisation, User
from accounts.people import create_person, system_actor
from accounts.roles import create_role
from mail.models import Address
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.queues import save_queue
from tickets.messages import Message
from tickets.models import Article, Queue, Ticket
from tickets.rights import RIGHTS, grant


class _VerbFactory(Factory):
    """A factory whose rows are made by a verb."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        return cls.make(**kwargs)


class PersonFactory(_VerbFactory):
    class Meta:
        model = User

    email = Sequence(lambda n: f"person{n}@people.example")
    name = Faker("name")

    @staticmethod
    def make(**fields: Any) -> User:
        return create_person(**fields)


class AgentFactory(PersonFactory):
    email = Sequence(lambda n: f"agent{n}@demo.example")
    is_agent = True


class CustomerFactory(PersonFactory):
    email = Sequence(lambda n: f"customer{n}@people.example")
    is_customer = True


class QueueFactory(_VerbFactory):
    class Meta:
        model = Queue

    name = Sequence(lambda n: f"Queue {n}")

    @staticmethod
    def make(**fields: Any) -> Queue:
        return save_queue(Queue(**fields), by=system_actor("system"))


class TicketFactory(_VerbFactory):
    """A ticket as a customer's mail would open it; further fields are those of `Opening` and `body`."""

    class Meta:
        model = Ticket

    title = Sequence(lambda n: f"Printer {n} does not print")
    queue = SubFactory(QueueFactory)
    customer = SubFactory(CustomerFactory)
    channel = "email"
    body = "It hums, blinks twice and then stops."
    message = LazyFunction(lambda: None)

    @staticmethod
    def make(*, body: str, message: Message | None, by: User | None = None, **opening: Any) -> Ticket:
        return open_article(Opening(**opening), message or Message(text=body), by=by).ticket


def open_article(opening: Opening, message: Message, *, by: User | None = None) -> Article:
    article = open_ticket(opening, message, by=by or opening.customer)
    article.ticket.refresh_from_db()
    return article


def role(name: str, *members: User, **grants: Queue) -> Group:
    """A role with members; `role("Support", bea, write=queue)` grants one right on one queue."""
    group = create_role(name=name)
    group.user_set.set(members)
    for right, queue in grants.items():
        assert right in RIGHTS
        grant(group, queue, right)
    return group


def address(text: str, queue: Queue, name: str = "Demo Support") -> Address:
    return Address.objects.create(address=text, queue=queue, name=name)


def organisation(name: str, *people: User) -> Organisation:
    found = Organisation.objects.create(name=name)
    for person in people:
        person.memberships.create(organisation=found)
    return found
