"""What is special about mail for one queue, as a part of its page."""

from django.forms import BooleanField, Form
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mail.filters import save_queue_intake, unwraps_forwards
from tickets.models import Queue
from web.setup.forms.problems import Problem

PREFIX = "intake"


class QueueIntakeForm(Form):
    unwraps_forwards = BooleanField(
        label=_("What an agent forwards is opened for whoever wrote it at first"),
        required=False,
        help_text=_(
            "Otherwise it takes the command #forward in the first line. Either way the agent must be proven by the "
            "server that checks senders, and may open tickets here."
        ),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class IntakePanel:
    """The form of the panel (web/setup/panels.py); a page that does not show it changes nothing."""

    def __init__(self, queue: Queue, data: QueryDict | None, *, is_typed: bool = False) -> None:
        self.is_sent = data is not None and f"{PREFIX}-here" in data
        if self.is_sent and data is not None and is_typed:
            typed = {"unwraps_forwards": f"{PREFIX}-unwraps_forwards" in data}
            self.form = QueueIntakeForm(prefix=PREFIX, initial=typed)
        else:
            initial = {"unwraps_forwards": bool(queue.pk) and unwraps_forwards(queue)}
            self.form = QueueIntakeForm(data if self.is_sent else None, prefix=PREFIX, initial=initial)

    @classmethod
    def of_queue(cls, queue: Queue, data: QueryDict | None) -> "IntakePanel":
        return cls(queue, data)

    @classmethod
    def typed(cls, queue: Queue, data: QueryDict) -> "IntakePanel":
        return cls(queue, data, is_typed=True)

    @property
    def forms(self) -> list[Form]:
        return [self.form]

    def is_valid(self) -> bool:
        return not self.is_sent or self.form.is_valid()

    def problems(self) -> list[Problem]:
        return []


def save_intake_panel(panel: IntakePanel, queue: Queue, *, by: User) -> None:
    if panel.is_sent:
        save_queue_intake(queue, unwraps_forwards=panel.form.cleaned_data["unwraps_forwards"], by=by)
