"""Which queue asks its customers, when, and with which words; what a queue leaves open comes from the one above."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.audit import remove_audited, save_audited
from accounts.models import User
from automation.contents import text_for
from automation.models import SurveyRule
from core.liquid import TemplateError, render
from core.memo import remembered
from core.text import clean_line
from tickets.models import Queue, Ticket
from tickets.placeholders import Reader, extended

# What placeholders may say in a text of one's own, with an example each.
PLACEHOLDERS: Mapping[str, str] = {
    "link": "https://help.example.com/portal/survey/…/",
    "days": "14",
    "ticket.number": "48213",
    "ticket.title": "Printer hums",
    "customer.name": "Dana Miller",
    "customer.first_name": "Dana",
}
SUBJECT: str | Promise = _("How did we do with request {{ ticket.number }}?")
BODY: str | Promise = _(
    "Hello,\n"
    "\n"
    "we have closed your request “{{ ticket.title }}”. How satisfied are you with our help? One click is enough, and "
    "the link works for {{ days }} days:\n"
    "{{ link }}\n"
    "\n"
    "If it is not solved yet, just reply to this email.\n"
)


@remembered
def rule_of(queue: Queue) -> SurveyRule:
    """The rule that holds in this queue; where nobody says anything, nobody is asked."""
    near = queue.line
    known = {rule.pk: rule for rule in SurveyRule.objects.select_related("queue", "text").filter(pk__in=near)}
    return next((known[pk] for pk in near if pk in known), SurveyRule(queue=queue))


def save_rule(rule: SurveyRule, *, by: User) -> None:
    if not SurveyRule.objects.filter(pk=rule.pk).exists():
        rule._state.adding = True
    save_audited(rule, by=by)


def drop_rule(rule: SurveyRule, *, by: User) -> None:
    """From now on the queue does as the one above it."""
    remove_audited(rule, by=by)


def words(rule: SurveyRule, ticket: Ticket, *, link: str, language: str) -> tuple[str, str]:
    """Subject and body in this language. A text of one's own that forgets the link gets it at its end."""
    own = {
        "link": link,
        "days": rule.valid,
        "ticket": {"number": ticket.number, "title": ticket.title},
        "customer": {"name": ticket.customer.name, "first_name": ticket.customer.name.partition(" ")[0]},
    }
    known = extended(own, Reader(language, ticket.queue))
    with override(language):
        subject = clean_line(render(str(SUBJECT), own), 200)
        body = _written(rule, known, language, ticket.queue) or render(str(BODY), own)
    return subject, body if link in body else f"{body.rstrip()}\n\n{link}\n"


def _written(rule: SurveyRule, known: dict[str, Any], language: str, queue: Queue) -> str:
    if rule.text is None or not rule.text.is_active:
        return ""
    text = text_for(rule.text, language, queue)
    try:
        return render(text, known) if rule.text.is_liquid else text
    except TemplateError:  # saved before the language of templates changed
        return ""
