"""What the demo says in several languages, and what its customers have answered when they were asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import User
from automation import surveying
from automation.contents import save_content
from automation.models import Content, SurveyInvitation, SurveyRule
from automation.survey_rules import rule_of, save_rule
from core.clock import pretend
from tickets.models import Queue, StateType, Ticket

# Key, name, text by language; English is the original.
CONTENTS = (
    (
        "greeting",
        "Greeting",
        {
            "en": "Hello {{ customer.first_name }},",
            "de": "Guten Tag {{ customer.name }},",
            "es": "Hola, {{ customer.first_name }}:",
            "pt": "Olá, {{ customer.first_name }},",
        },
    ),
    (
        "closing_line",
        "Closing line",
        {
            "en": "Best regards\nDemo Bikes",
            "de": "Freundliche Grüße\nDemo Bikes",
            "es": "Un saludo\nDemo Bikes",
            "pt": "Cumprimentos\nDemo Bikes",
        },
    ),
)
# What was answered about the closed tickets of Support, the latest first; None: nothing yet.
ANSWERS: tuple[tuple[int, str] | None, ...] = (
    (5, "Quick, friendly and solved on the first try."),
    (4, ""),
    (2, "It took three emails until somebody understood what I meant."),
    None,
    (5, ""),
)
DELAY = timedelta(hours=4)


def add_contents(*, by: User) -> None:
    for key, name, texts in CONTENTS:
        save_content(Content(key=key, name=name, texts=dict(texts)), by=by)


def add_survey(queues: Mapping[str, Queue], *, by: User) -> None:
    save_rule(SurveyRule(queue=queues["Support"], is_on=True, delay=4, pause=14), by=by)


def answer_surveys(until: datetime) -> None:
    """Whoever had his ticket closed was asked; some have answered. The rest is asked as time goes on."""
    answers = iter(ANSWERS)
    closed = Ticket.objects.filter(state__type=StateType.CLOSED).select_related("queue").order_by("-closed_at")
    for ticket in closed:
        rule = rule_of(ticket.queue)
        event = ticket.events.filter(data__has_key="state").order_by("-id").first()
        if not rule.is_on or event is None or ticket.closed_at is None or ticket.closed_at + 2 * DELAY > until:
            continue
        with pretend(ticket.closed_at + DELAY):
            invitation = surveying.plan(ticket, event=event, delay=DELAY)
            if invitation is None:
                continue
            changed = surveying.ask(invitation)
            invitation.finish()
            invitation.save_work(*changed)
        if invitation.state == SurveyInvitation.State.ASKED and (said := next(answers, None)):
            with pretend(ticket.closed_at + 2 * DELAY):
                surveying.answer(invitation, score=said[0], comment=said[1])
