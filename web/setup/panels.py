"""Parts of the queue page that belong to higher apps (settings.QUEUE_PANELS). Each is a form with its own save."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from tickets.models import Queue
from web.setup.forms.addresses import AddressRows, save_rows
from web.setup.forms.answers import AnswersPanel, save_answers_panel
from web.setup.forms.queue_assignment import AssignmentPanel, save_assignment
from web.setup.forms.queue_hours import QueueService, save_service
from web.setup.forms.queue_intake import IntakePanel, save_intake_panel
from web.setup.forms.surveys import SurveyPanel, save_survey_panel


@dataclass(frozen=True)
class Panel:
    """`form(queue, data)` makes the bound or unbound form: it has `is_valid()`, `forms` (those whose errors are summed
    up) and `problems()` (what else is wrong). `more(queue, data)` makes it as it was typed, unchecked, with room for
    one more. The template finds the form as `form`. `save(form, queue, by=...)` runs in the transaction of the queue.
    """

    title: str | Promise
    about: str | Promise
    template: str
    form: Callable[[Queue, QueryDict | None], Any]
    more: Callable[[Queue, QueryDict], Any]
    save: Callable[..., None]
    # What other pages lead to.
    anchor: str = ""


ADDRESSES = Panel(
    title=_("Email"),
    about=_("New mail to these addresses arrives in this queue. Replies leave from the first one."),
    template="setup/queues/addresses_panel.html",
    form=AddressRows.of_queue,
    more=AddressRows.with_one_more,
    save=save_rows,
)

INTAKE = Panel(
    title=_("Forwarded mail"),
    about=_("What becomes of mail that agents pass on to this queue."),
    template="setup/queues/intake_panel.html",
    form=IntakePanel.of_queue,
    more=IntakePanel.typed,
    save=save_intake_panel,
)

SERVICE = Panel(
    title=_("SLAs"),
    about=_("What is left empty comes from the queue above."),
    template="setup/queues/service_panel.html",
    form=QueueService.of_queue,
    more=QueueService.typed,
    save=save_service,
)

SURVEY = Panel(
    title=_("Satisfaction"),
    about=_("Customers are asked by email how satisfied they are, some time after their ticket was closed."),
    template="setup/queues/survey_panel.html",
    form=SurveyPanel.of_queue,
    more=SurveyPanel.typed,
    save=save_survey_panel,
)

ASSIGNMENT = Panel(
    title=_("Assignment"),
    about=_("Who gets new tickets. A queue where nothing is said does as the one above it."),
    template="setup/queues/assignment_panel.html",
    form=AssignmentPanel.of_queue,
    more=AssignmentPanel.typed,
    save=save_assignment,
    anchor="assignment",
)

ANSWERS = Panel(
    title=_("Automatic replies"),
    about=_("What customers are told at once, without an agent. What is left open comes from the queue above."),
    template="setup/queues/answers_panel.html",
    form=AnswersPanel.of_queue,
    more=AnswersPanel.typed,
    save=save_answers_panel,
)


@cache
def queue_panels() -> list[Panel]:
    return [import_string(name) for name in settings.QUEUE_PANELS]
