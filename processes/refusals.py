"""Why something cannot be done with a process: a code, and a sentence for people."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from automation.effects import REASONS as EFFECT_REASONS
from processes.drawing import Problem

REASONS: Mapping[str, str | Promise] = {
    "over": _("Somebody has done this already, or it is no longer needed."),
    "ended": _("The process has ended."),
    "unpublished": _("This process is not published."),
    "elsewhere": _("This process cannot be started on tickets of this queue."),
    "removed": _("The ticket is in the trash or was merged into another one."),
    "often": _("So many runs of this process go on for this ticket already."),
    "used": _("There are tickets with this process. Retire it instead."),
    "nothing": _("There is no draft."),
    "target": _("The process cannot go on from this step."),
    "reason": _("Say why."),
    "delegation": _("This approval cannot be passed on."),
    "person": _("This person cannot be asked."),
    "colleague": _(
        "Nobody with this address can be asked. It takes an agent, or somebody of the organisation of this request, "
        "who has not been asked yet."
    ),
    "inactive": _("The account of whoever is asked is not active any more."),
    "crowded": _("Too many ways split and meet again in this process. It has to be drawn in another way."),
    "approval": _("This needs an answer, not a form."),
}
# Why a run is stuck; where the reason is in none of both lists, it is the text that was kept with it.
STUCK: Mapping[str, str | Promise] = {
    "endless": _("The process goes round in a circle without waiting for anything."),
    "long": _("The process has gone on for too many steps."),
    "nobody": _("There is nobody who could do it."),
    "time": _("There is no time at which it could go on."),
    "condition": _("A condition cannot be read any more."),
    "error": _("Something went wrong. The log of the server says what."),
}


class Refused(Exception):
    """It cannot be done; nothing has changed."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> str:
        return str(REASONS[self.code])


class NotPublishable(Exception):
    """The drawing has problems, by element."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems


def stuck_reason(code: str, text: str = "") -> str:
    """The sentence for a run that is stuck."""
    return str(STUCK.get(code) or EFFECT_REASONS.get(code) or text or STUCK["error"])
