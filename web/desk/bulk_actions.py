"""What can be done with selected tickets: the buttons of the bar, each with its form, and what is said afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext_lazy

from automation.effects import REASONS as effect_reasons
from automation.models import Macro
from tickets.bulk import can_be_undone, progress_of
from tickets.models import Job, JobItem
from web.desk.forms import bulk as forms

PICK, ASK, AT_ONCE = "pick", "ask", "now"


@dataclass(frozen=True)
class Action:
    """`way` says whether one is picked from a list, something is asked in a dialog, or it is done at once."""

    key: str
    label: str | Promise
    icon: str
    way: str
    form: type[forms.BulkForm]
    shortcut: str = ""
    danger: bool = False
    # In the bar itself, not in its menu.
    is_near: bool = False
    # Only in the view of the trash, or only outside of it.
    in_trash: bool = False
    # Said above the form.
    about: str | Promise = ""

    @property
    def shown_key(self) -> str:
        """ "Shift+m" -> "⇧ M"."""
        return self.shortcut.replace("Shift+", "\N{UPWARDS WHITE ARROW} ").upper()


ACTIONS = (
    Action("assign", gettext_lazy("Assign"), "user-plus", PICK, forms.Assign, "a", is_near=True),
    Action("move", gettext_lazy("Queue"), "layers", PICK, forms.Move, "q", is_near=True),
    Action("state", gettext_lazy("Status"), "check-circle", PICK, forms.Progress, "s", is_near=True),
    Action("priority", gettext_lazy("Priority"), "flag", PICK, forms.Rank, "p", is_near=True),
    Action("tag", pgettext_lazy("verb", "Tag"), "tag", ASK, forms.AddTags, "t", is_near=True),
    Action(
        "merge",
        gettext_lazy("Merge"),
        "merge",
        ASK,
        forms.Merge,
        "Shift+m",
        is_near=True,
        about=gettext_lazy("All messages move into one ticket. This can be undone."),
    ),
    Action("macro", gettext_lazy("Macros"), "bolt", PICK, forms.RunMacro, "m", is_near=True),
    Action("take", gettext_lazy("Assign to me"), "user", AT_ONCE, forms.Take, "i"),
    Action("close", pgettext_lazy("tickets", "Close"), "check", AT_ONCE, forms.Close, "e"),
    Action("type", gettext_lazy("Type"), "list", PICK, forms.Classify),
    Action("service", gettext_lazy("Service"), "package", PICK, forms.SetService),
    Action("untag", gettext_lazy("Remove tags"), "tag", ASK, forms.RemoveTags),
    Action(
        "fields",
        gettext_lazy("Set fields"),
        "edit",
        ASK,
        forms.SetFields,
        about=gettext_lazy("Only what you fill in is set; everything else stays as it is."),
    ),
    Action("note", gettext_lazy("Add note"), "lock", ASK, forms.WriteNote, "n"),
    Action(
        "reply",
        pgettext_lazy("verb", "Reply"),
        "reply",
        ASK,
        forms.WriteReply,
        "r",
        about=gettext_lazy("Every customer gets an email of their own."),
    ),
    Action("link", pgettext_lazy("verb", "Link"), "link", ASK, forms.Linked, "l"),
    Action("watch", gettext_lazy("Watch"), "eye", AT_ONCE, forms.Watch, "w"),
    Action("unwatch", gettext_lazy("Stop watching"), "eye", AT_ONCE, forms.Unwatch),
    Action("spam", gettext_lazy("Mark as spam"), "ban", AT_ONCE, forms.Spam, "!", danger=True),
    Action("trash", gettext_lazy("Move to the trash"), "trash", AT_ONCE, forms.Trash, "Delete", danger=True),
    Action("restore", gettext_lazy("Restore"), "undo", AT_ONCE, forms.Restore, is_near=True, in_trash=True),
)
ACTION: Mapping[str, Action] = {action.key: action for action in ACTIONS}

REASONS = {
    "unknown": gettext_lazy("This cannot be done any more."),
    "right": gettext_lazy("You may not do this with the ticket."),
    "guided": gettext_lazy("Tickets of its queue are given in turn, nobody chooses them."),
    "choice": gettext_lazy("What was chosen is not possible for this ticket."),
    "pending_time": gettext_lazy("The time until which it waits is missing or over."),
    "closing_fields": gettext_lazy("Fields that are needed for closing are empty."),
    "merge": gettext_lazy("It is merged already, or is the other ticket itself."),
    "link": gettext_lazy("It would be its own ancestor, or is the other ticket itself."),
    "value": gettext_lazy("A value does not fit."),
    "field": gettext_lazy("Tickets of its queue and type do not have this field."),
    "text": gettext_lazy("The text has a placeholder that cannot be filled."),
    "refused": gettext_lazy("There is nobody to send it to, or no address to send it from."),
    "away": gettext_lazy("The ticket was merged or removed meanwhile."),
    "elsewhere": gettext_lazy("This macro is not for tickets of its queue."),
    "changed": gettext_lazy("Somebody has changed the same thing since."),
    "error": gettext_lazy("Something went wrong, also at the second try. An administrator can look it up."),
}
DONE = {
    "take": ngettext_lazy("%(number)s ticket is yours now.", "%(number)s tickets are yours now.", "number"),
    "close": ngettext_lazy("%(number)s ticket is closed.", "%(number)s tickets are closed.", "number"),
    "assign": ngettext_lazy("%(number)s ticket is assigned.", "%(number)s tickets are assigned.", "number"),
    "move": ngettext_lazy("%(number)s ticket is moved.", "%(number)s tickets are moved.", "number"),
    "merge": ngettext_lazy("%(number)s ticket is merged.", "%(number)s tickets are merged.", "number"),
    "trash": ngettext_lazy("%(number)s ticket is in the trash.", "%(number)s tickets are in the trash.", "number"),
    "spam": ngettext_lazy("%(number)s ticket is marked as spam.", "%(number)s tickets are marked as spam.", "number"),
    "note": ngettext_lazy("%(number)s ticket has a new note.", "%(number)s tickets have a new note.", "number"),
    "reply": ngettext_lazy("%(number)s ticket is answered.", "%(number)s tickets are answered.", "number"),
    "restore": ngettext_lazy("%(number)s ticket is restored.", "%(number)s tickets are restored.", "number"),
    "undo": ngettext_lazy("%(number)s ticket is as it was.", "%(number)s tickets are as they were.", "number"),
    "": ngettext_lazy("%(number)s ticket is changed.", "%(number)s tickets are changed.", "number"),
}


@dataclass(frozen=True)
class Told:
    """How far a job is, in words."""

    job: Job
    counts: Mapping[str, int]
    can_undo: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def finished(self) -> int:
        return self.total - self.counts[JobItem.State.WAITING]

    @property
    def is_finished(self) -> bool:
        return self.finished == self.total

    @property
    def failed(self) -> int:
        return self.counts[JobItem.State.FAILED]

    @property
    def text(self) -> str:
        if not self.is_finished:
            return _("%(finished)s of %(total)s tickets") % {"finished": self.finished, "total": self.total}
        done, failed = self.counts[JobItem.State.DONE], self.failed
        if not done and not failed:
            return _("There was nothing to change.")
        said = [str(DONE[_kind(self.job)] % {"number": done})] if done or not failed else []
        if failed:
            said.append(
                ngettext(
                    "With %(number)s ticket it was not possible.",
                    "With %(number)s tickets it was not possible.",
                    failed,
                )
                % {"number": failed}
            )
        return " ".join(said)


def told(job: Job) -> Told:
    return Told(job, progress_of(job), can_be_undone(job))


def reason(code: str) -> str:
    """Why something was not possible; effects bring further codes (automation/effects.py)."""
    return str(REASONS.get(code) or effect_reasons.get(code) or REASONS["error"])


def title(job: Job) -> str:
    """What was done: "Assign", "Undo"."""
    if job.undoes_id:
        return _("Undo")
    first: dict[str, Any] = job.steps[0] if job.steps else {}
    if first.get("as") == "macro":
        return _("Macro: %(name)s") % {"name": first["name"]}
    action = ACTION.get(str(first.get("as") or first.get("do")))
    return str(action.label) if action else _("Bulk change")


def _kind(job: Job) -> str:
    if job.undoes_id:
        return "undo"
    first: dict[str, Any] = job.steps[0] if job.steps else {}
    kind = str(first.get("as") or first.get("do"))
    return kind if kind in DONE else ""


def offered(*, in_trash: bool, macros: Sequence[Macro]) -> tuple[Sequence[Action], Sequence[Action]]:
    """Those in the bar, and those in its menu."""
    found = [action for action in ACTIONS if action.in_trash == in_trash and (macros or action.key != "macro")]
    return [action for action in found if action.is_near], [action for action in found if not action.is_near]
