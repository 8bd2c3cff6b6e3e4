"""What empty lists of the desk say: why they are empty, and what to do."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sla.queries import Due


@dataclass(frozen=True)
class Nothing:
    """What an empty list says: why it is empty, and what to do."""

    title: str | Promise
    text: str | Promise
    art: str = "done"


EMPTY = {
    "mine": Nothing(
        gettext_lazy("You have no open tickets"),
        gettext_lazy("Take one from the unassigned tickets, or enjoy the calm."),
    ),
    "mentioned": Nothing(
        gettext_lazy("Nobody has mentioned you"),
        gettext_lazy("Open tickets in which a colleague wrote your name with an @ appear here."),
    ),
    "watched": Nothing(
        gettext_lazy("You watch no open ticket"),
        gettext_lazy("Tickets that you watch appear here until they are closed."),
    ),
    "open": Nothing(
        gettext_lazy("No open tickets"),
        gettext_lazy("Everything you may see is closed. New tickets appear here by themselves."),
    ),
    "unassigned": Nothing(
        gettext_lazy("Every ticket has somebody"), gettext_lazy("New tickets appear here until somebody takes them.")
    ),
    "new": Nothing(
        gettext_lazy("Nothing new"), gettext_lazy("Tickets nobody has looked after yet appear here by themselves.")
    ),
    "due": Nothing(
        gettext_lazy("Nothing is due today"), gettext_lazy("Tickets that must be answered or solved today appear here.")
    ),
    "deadlines": Nothing(
        gettext_lazy("No deadline is running"),
        gettext_lazy("Open tickets with an SLA appear here, the most urgent ones first."),
    ),
    "waiting": Nothing(
        gettext_lazy("Nothing is waiting"), gettext_lazy("Tickets that wait for an answer or a date appear here.")
    ),
    "reminder": Nothing(
        gettext_lazy("No reminder is reached"),
        gettext_lazy("Waiting tickets whose time is over appear here until somebody goes on with them."),
    ),
    "closed": Nothing(
        gettext_lazy("Nothing was closed lately"), gettext_lazy("Tickets closed in the last 30 days appear here.")
    ),
    "trash": Nothing(
        gettext_lazy("The trash is empty"), gettext_lazy("Tickets put into the trash appear here and can be restored.")
    ),
}
EMPTY_QUEUE = Nothing(
    gettext_lazy("This queue is empty"), gettext_lazy("New tickets appear here by themselves, no need to reload.")
)
EMPTY_CLOSED = Nothing(
    gettext_lazy("No closed tickets"), gettext_lazy("Tickets of this queue appear here when they are closed.")
)
NOTHING_DUE = {
    Due.OVERDUE: Nothing(gettext_lazy("Nothing is overdue"), gettext_lazy("No promise is overdue now.")),
    Due.TODAY: Nothing(gettext_lazy("Nothing more is due today"), gettext_lazy("Enjoy the calm.")),
    Due.TOMORROW: Nothing(gettext_lazy("Nothing is due tomorrow"), gettext_lazy("Deadlines of tomorrow appear here.")),
    Due.THIS_WEEK: Nothing(
        gettext_lazy("Nothing more is due this week"), gettext_lazy("Deadlines up to Sunday appear here.")
    ),
    Due.LATER: Nothing(
        gettext_lazy("Nothing is due later"), gettext_lazy("Deadlines of the weeks to come appear here.")
    ),
}
EMPTY_SAVED = Nothing(
    gettext_lazy("No ticket is like that now"), gettext_lazy("Tickets that fit this view appear here by themselves.")
)
NOT_FOUND = Nothing(
    gettext_lazy("Nothing found"),
    gettext_lazy("No ticket you may see contains all these words. Try fewer words, or a ticket number."),
    art="search",
)
NOT_SEARCHED = Nothing(
    gettext_lazy("What are you looking for?"),
    gettext_lazy("Search for words in subjects, messages and names of files, or go straight to a ticket number."),
    art="search",
)
NOT_UNDERSTOOD = Nothing(
    gettext_lazy("This search cannot be read"),
    gettext_lazy("The marked place needs another look. What can be written is told under “Help”."),
    art="search",
)
