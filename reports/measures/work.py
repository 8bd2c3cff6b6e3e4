"""What people do, and how well it goes."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from reports.measures.formulas import Formula, Part, mean_of, number_of, share_of, sum_of
from reports.measures.registry import Group, Kind, Unit, measure
from reports.models import Happened

_quality = partial(measure, group=Group.QUALITY)
_work = partial(measure, group=Group.WORK)

SATISFIED = 4


@_quality(
    _("Solved with one answer"),
    _(
        "Solved tickets with at most one message of an agent to the customer that were never reopened and never given "
        "from one owner to another, by the moment of closing."
    ),
    unit=Unit.TICKETS,
    better="more",
)
def one_touch() -> Formula:
    return number_of(Happened.ONE_TOUCH)


@_quality(
    _("Share solved with one answer"),
    _("Of the solved tickets, those solved with one answer."),
    unit=Unit.PERCENT,
    kind=Kind.SHARE,
    better="more",
)
def one_touch_share() -> Formula:
    return share_of(Part((Happened.ONE_TOUCH.value,)), of=Part((Happened.RESOLVED.value,)))


@_quality(
    _("Satisfaction"),
    _("The mean of the ratings that customers gave, 1 to 5, by the moment of the answer."),
    unit=Unit.POINTS,
    kind=Kind.SCORE,
    better="more",
)
def satisfaction() -> Formula:
    return mean_of(Happened.RATED, "amount")


@_quality(
    _("Share satisfied"),
    _("Of the ratings, those with 4 or 5 points."),
    unit=Unit.PERCENT,
    kind=Kind.SHARE,
    better="more",
)
def satisfied_share() -> Formula:
    rated = Happened.RATED.value
    return share_of(Part((rated,), column="amount", at_least=SATISFIED), of=Part((rated,)))


@_quality(_("Ratings"), _("How often customers rated, by the moment of the answer."), unit=Unit.TIMES)
def ratings() -> Formula:
    return number_of(Happened.RATED)


@_work(
    _("Messages from customers"),
    _(
        "By the moment they arrived; the first one of a ticket counts, automatic ones do not. The channel is that of "
        "the message."
    ),
    unit=Unit.MESSAGES,
)
def messages_in() -> Formula:
    return number_of(Happened.ASKED)


@_work(
    _("Messages to customers"),
    _(
        "Written by agents, by the moment of writing; messages taken back do not count. The channel is that of "
        "the message."
    ),
    unit=Unit.MESSAGES,
)
def messages_out() -> Formula:
    return number_of(Happened.ANSWERED)


@_work(_("Notes"), _("Internal notes and messages that the customer does not see, of agents."), unit=Unit.MESSAGES)
def notes() -> Formula:
    return number_of(Happened.NOTED)


@_work(
    _("Activity"),
    _(
        "What agents did: messages, notes, closing, reopening, giving and moving tickets. Told apart by agent and hour "
        "it shows who carries the load, and when. What rules and machines did does not count."
    ),
    unit=Unit.TIMES,
)
def activity() -> Formula:
    kinds = ("answered", "noted", "closed", "reopened", "assigned", "reassigned", "moved", "merged", "spam")
    return Formula((Part(kinds, given="agent_id"),), lambda parts: parts[0] or 0)


@_work(_("Given to somebody"), _("How often tickets without owner got one."), unit=Unit.TIMES)
def assignments() -> Formula:
    return number_of(Happened.ASSIGNED)


@_work(
    _("Reassigned"),
    _("How often tickets went from one owner to another; counted on the new owner."),
    unit=Unit.TIMES,
    better="less",
)
def reassignments() -> Formula:
    return number_of(Happened.REASSIGNED)


@_work(
    _("Moved between queues"),
    _("How often tickets went to another queue; counted on the new queue."),
    unit=Unit.TIMES,
    better="less",
)
def moves() -> Formula:
    return number_of(Happened.MOVED)


@_work(
    _("Time spent"),
    _("Minutes that people booked, by the moment they were booked for. Entries that were taken back do not count."),
    unit=Unit.MINUTES,
    kind=Kind.DURATION,
)
def time_spent() -> Formula:
    return sum_of(Happened.WORKED, "amount")
