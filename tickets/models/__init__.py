"""What is stored about tickets, one noun per module."""

from tickets.models.article import Article, Attachment
from tickets.models.event import Delivery, Event
from tickets.models.field import FieldDefinition
from tickets.models.passage import Passage
from tickets.models.queue import Queue, QueueGroupPermission, QueueUserPermission
from tickets.models.reading import ReadMark
from tickets.models.ticket import Ticket
from tickets.models.vocabulary import Priority, State, StateType, TicketType

__all__ = [
    "Article",
    "Attachment",
    "Delivery",
    "Event",
    "FieldDefinition",
    "Passage",
    "Priority",
    "Queue",
    "QueueGroupPermission",
    "QueueUserPermission",
    "ReadMark",
    "State",
    "StateType",
    "Ticket",
    "TicketType",
]
