"""The letters that ask approvers, and remind them. The link stands in the mail alone: the row says only whose it is."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.moments import full_moment
from mail.letters import tell
from processes.models import Decision
from processes.plans import plan_of
from processes.words import in_language, name_of
from tickets.customfields import labels
from tickets.models import FieldDefinition
from tickets.serviceforms import in_words

LINK = "{link}"
SUBJECT: str | Promise = _("Please decide: %(step)s (request %(number)s)")
REMINDER: str | Promise = _("Reminder, please decide: %(step)s (request %(number)s)")
BODY: str | Promise = _(
    "Hello %(name)s,\n"
    "\n"
    "your decision is asked for on request %(number)s, “%(title)s”, of %(customer)s.\n"
    "\n"
    "%(facts)s"
    "You can approve or decline here, without signing in:\n"
    "%(link)s\n"
    "\n"
    "Or answer this email with “yes” or “no” in its first line; what you write below is kept as your comment.\n"
)
UNTIL: str | Promise = _("Please decide until %(time)s.\n\n")


def ask(decision: Decision, *, subject: str | Promise = SUBJECT) -> None:
    """Write to the approver in his language."""
    person = decision.approver
    with override(person.language or decision.task.ticket.language or "en"):
        title, body = _words(decision, subject)
    tell(person, subject=title, body=body, link=("approval", decision.pk))


def remind(decision: Decision) -> None:
    ask(decision, subject=REMINDER)


def facts_of(decision: Decision) -> list[tuple[str, str]]:
    """What the approver is shown of the ticket: the fields of the step's form that have a value, as label and words."""
    task = decision.task
    element = plan_of(task.run).places[task.element].element
    keys = [one.get("field") for one in element.settings.get("form", ())]
    known = {one.key: one for one in FieldDefinition.objects.filter(key__in=keys)}
    names = labels()
    found = [
        (names.get(key, key), in_words(known[key], task.ticket.custom_fields.get(key))) for key in keys if key in known
    ]
    return [(label, words) for label, words in found if words]


def _words(decision: Decision, subject: str | Promise) -> tuple[str, str]:
    task, ticket = decision.task, decision.task.ticket
    element = plan_of(task.run).places[task.element].element
    words = {"step": name_of(element), "number": ticket.number, "title": ticket.title}
    lines = [in_language(element.settings.get("text"))]
    lines.append("\n".join(f"{label}: {value}" for label, value in facts_of(decision)))
    facts = "".join(f"{line}\n\n" for line in lines if line)
    if task.due_at:
        facts += str(UNTIL) % {"time": full_moment(task.due_at)}
    more = {"name": decision.approver.name, "customer": ticket.customer.name, "facts": facts, "link": LINK}
    return str(subject) % words, str(BODY) % {**words, **more}
