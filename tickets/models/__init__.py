"""What is stored about tickets, one noun per module."""

from tickets.models.article import Article, Attachment
from tickets.models.chore import Chore
from tickets.models.effort import ChecklistItem, ChecklistTemplate, TimeEntry
from tickets.models.event import Delivery, Event
from tickets.models.field import FieldDefinition
from tickets.models.file_check import FileCheck
from tickets.models.guidance import Level, MatrixCell, Skip
from tickets.models.job import Job, JobItem
from tickets.models.link import Link, LinkKind
from tickets.models.participant import Participant
from tickets.models.passage import Passage
from tickets.models.queue import Queue, QueueGroupPermission, QueueUserPermission
from tickets.models.reading import ReadMark
from tickets.models.secret_link import SecretLink
from tickets.models.service import Service, ServiceField
from tickets.models.tag import Tag
from tickets.models.taking_part import Mention, Watcher
from tickets.models.ticket import Ticket
from tickets.models.view import SavedView
from tickets.models.vocabulary import Priority, State, StateType, TicketType
from tickets.models.webform import WebForm, WebFormField, WebFormPost
from tickets.models.writing import Draft, Picture, ReplyTemplate, Snippet

__all__ = [
    "Article",
    "Attachment",
    "ChecklistItem",
    "ChecklistTemplate",
    "Chore",
    "Delivery",
    "Draft",
    "Event",
    "FieldDefinition",
    "FileCheck",
    "Job",
    "JobItem",
    "Level",
    "Link",
    "LinkKind",
    "MatrixCell",
    "Mention",
    "Participant",
    "Passage",
    "Picture",
    "Priority",
    "Queue",
    "QueueGroupPermission",
    "QueueUserPermission",
    "ReadMark",
    "ReplyTemplate",
    "SavedView",
    "SecretLink",
    "Service",
    "ServiceField",
    "Skip",
    "Snippet",
    "State",
    "StateType",
    "Tag",
    "Ticket",
    "TicketType",
    "TimeEntry",
    "Watcher",
    "WebForm",
    "WebFormField",
    "WebFormPost",
]
