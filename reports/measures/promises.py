"""What was promised: kept and broken. SLAs are promises to customers, OLAs those of a queue for the stay in it."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from reports.measures.formulas import Formula, Part, number_of, share_of
from reports.measures.registry import Group, Kind, Unit, measure
from reports.models import Happened
from sla.models import Kind as Clock

_promises = partial(measure, group=Group.PROMISES)

SLA = tuple(kind.value for kind in Clock.of_policies())
OLA = (Clock.STAY.value,)


def _kept_share(targets: tuple[str, ...]) -> Formula:
    kept, broken = Happened.KEPT.value, Happened.BROKEN.value
    return share_of(Part((kept,), targets), of=Part((kept, broken), targets))


@_promises(
    _("SLA kept"),
    _("Promises of service levels that were fulfilled in time, by the moment they were fulfilled."),
    unit=Unit.TIMES,
    better="more",
)
def sla_kept() -> Formula:
    return number_of(Happened.KEPT, targets=SLA)


@_promises(
    _("SLA broken"),
    _(
        "Promises of service levels that were fulfilled too late, or given up after their time, by the moment of that. "
        "What is still running does not count yet: see “Deadlines passed”."
    ),
    unit=Unit.TIMES,
    better="less",
)
def sla_broken() -> Formula:
    return number_of(Happened.BROKEN, targets=SLA)


@_promises(
    _("Share of SLA kept"), _("SLA kept, of SLA kept and broken."), unit=Unit.PERCENT, kind=Kind.SHARE, better="more"
)
def sla_share() -> Formula:
    return _kept_share(SLA)


@_promises(
    _("Share of first responses in time"),
    _("As the share of SLA kept, of the first response alone."),
    unit=Unit.PERCENT,
    kind=Kind.SHARE,
    better="more",
)
def sla_first_response_share() -> Formula:
    return _kept_share((Clock.FIRST_RESPONSE.value,))


@_promises(
    _("Share of next responses in time"),
    _("As the share of SLA kept, of the next responses alone."),
    unit=Unit.PERCENT,
    kind=Kind.SHARE,
    better="more",
)
def sla_next_response_share() -> Formula:
    return _kept_share((Clock.NEXT_RESPONSE.value,))


@_promises(
    _("Share of updates in time"),
    _("As the share of SLA kept, of the updates alone."),
    unit=Unit.PERCENT,
    kind=Kind.SHARE,
    better="more",
)
def sla_update_share() -> Formula:
    return _kept_share((Clock.UPDATE.value,))


@_promises(
    _("Share of solutions in time"),
    _("As the share of SLA kept, of the solution alone."),
    unit=Unit.PERCENT,
    kind=Kind.SHARE,
    better="more",
)
def sla_solution_share() -> Formula:
    return _kept_share((Clock.SOLUTION.value,))


@_promises(
    _("OLA kept"),
    _("Stays in a queue that ended within the time that the queue has for them, by their end, on that queue."),
    unit=Unit.TIMES,
    better="more",
)
def ola_kept() -> Formula:
    return number_of(Happened.KEPT, targets=OLA)


@_promises(
    _("OLA broken"),
    _("Stays in a queue that took longer than the queue has for them, by their end, on that queue."),
    unit=Unit.TIMES,
    better="less",
)
def ola_broken() -> Formula:
    return number_of(Happened.BROKEN, targets=OLA)


@_promises(
    _("Share of OLA kept"), _("OLA kept, of OLA kept and broken."), unit=Unit.PERCENT, kind=Kind.SHARE, better="more"
)
def ola_share() -> Formula:
    return _kept_share(OLA)


@_promises(
    _("Warnings"),
    _("How often a clock warned before its deadline, by the moment of the warning."),
    unit=Unit.TIMES,
    better="less",
)
def warnings() -> Formula:
    return number_of(Happened.WARNED)


@_promises(
    _("Deadlines passed"),
    _("How often a deadline passed, by the moment that was noted, whether the promise was fulfilled later or not."),
    unit=Unit.TIMES,
    better="less",
)
def breaches() -> Formula:
    return number_of(Happened.BREACHED)


@_promises(
    _("Escalations"),
    _("How often a level of escalation after a deadline was reached, by the moment that was noted."),
    unit=Unit.TIMES,
    better="less",
)
def escalations() -> Formula:
    return number_of(Happened.ESCALATED)
