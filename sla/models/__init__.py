"""What is stored about service levels: calendars, policies, and the clocks of tickets with their journals."""

from sla.models.calendar import Calendar, CalendarVersion
from sla.models.clock import Clock, Entry, EntryKind, Kind, State, TicketTargets
from sla.models.policy import Policy, QueueHours, QueueTarget, Reopening, Stamp, Target
from sla.models.retarget import Retarget

__all__ = [
    "Calendar",
    "CalendarVersion",
    "Clock",
    "Entry",
    "EntryKind",
    "Kind",
    "Policy",
    "QueueHours",
    "QueueTarget",
    "Reopening",
    "Retarget",
    "Stamp",
    "State",
    "Target",
    "TicketTargets",
]
