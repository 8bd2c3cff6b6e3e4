"""How many tickets come, go, and lie there."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from reports.measures.formulas import Formula, Part, Source, number_of, share_of
from reports.measures.registry import Group, Kind, Unit, measure
from reports.models import Happened

_volume = partial(measure, group=Group.VOLUME, unit=Unit.TICKETS)


@_volume(
    _("Opened"),
    _("Tickets that were opened, by the moment of opening. Those that became spam or part of another one count, too."),
)
def created() -> Formula:
    return number_of(Happened.CREATED)


@_volume(
    _("Closed"),
    _(
        "How often tickets were closed, by the moment of closing. Who closes one again counts again; spam, the trash "
        "and merging do not count."
    ),
)
def closed() -> Formula:
    return number_of(Happened.CLOSED)


@_volume(
    _("Solved"),
    _("Tickets that were closed and have not been reopened since, by the moment of their last closing."),
    better="more",
)
def resolved() -> Formula:
    return number_of(Happened.RESOLVED)


@_volume(
    _("Backlog"),
    _(
        "Tickets that were open at the end of the time asked about, those that waited included; closed, merged, spam "
        "and trash are not."
    ),
    kind=Kind.LEVEL,
    better="less",
)
def backlog() -> Formula:
    return Formula((Part(),), lambda parts: parts[0] or 0, Source.SPANS)


@_volume(
    _("Backlog without owner"),
    _("As the backlog, but only tickets that nobody had been given."),
    kind=Kind.LEVEL,
    better="less",
)
def backlog_unowned() -> Formula:
    return Formula((Part(without="owner_id"),), lambda parts: parts[0] or 0, Source.SPANS)


@_volume(
    _("Reopened"), _("How often closed tickets were opened again, by the moment of that. Undone spam does not count.")
)
def reopened() -> Formula:
    return number_of(Happened.REOPENED)


@_volume(
    _("Share reopened"),
    _("Reopenings for each closing in the same time; both by their own moments."),
    unit=Unit.PERCENT,
    kind=Kind.SHARE,
    better="less",
)
def reopened_share() -> Formula:
    return share_of(Part((Happened.REOPENED.value,)), of=Part((Happened.CLOSED.value,)))


@_volume(_("Merged"), _("Tickets that became part of another one, by the moment of merging."))
def merged() -> Formula:
    return number_of(Happened.MERGED)


@_volume(_("Spam"), _("Tickets that were marked as spam, by the moment of that."))
def spam() -> Formula:
    return number_of(Happened.SPAM)
