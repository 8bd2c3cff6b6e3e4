"""What pages say of the tasks of processes: what a step is called, and what an approver is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from processes.asking import facts_of
from processes.models import Decision, Task
from processes.plans import plan_of
from processes.words import in_language, name_of


@dataclass(frozen=True)
class Titled:
    task: Task
    title: str
    text: str

    @property
    def process(self) -> str:
        return self.task.run.version.process.shown_name


@dataclass(frozen=True)
class Asked:
    """An approval as its approver sees it. `others` have been asked, too."""

    title: str
    text: str
    process: str
    facts: Sequence[tuple[str, str]]
    others: Sequence[Decision]
    may_delegate: bool


def titled(tasks: Iterable[Task]) -> list[Titled]:
    return [_titled(task) for task in tasks]


def asked_by(decision: Decision) -> Asked:
    task = decision.task
    one, element = _titled(task), plan_of(task.run).places[task.element].element
    others = task.decisions.exclude(pk=decision.pk).select_related("approver")
    may_delegate = bool(element.settings.get("approval", {}).get("delegation"))
    return Asked(one.title, one.text, one.process, facts_of(decision), list(others), may_delegate)


def _titled(task: Task) -> Titled:
    element = plan_of(task.run).places[task.element].element
    return Titled(task, name_of(element), in_language(element.settings.get("text")))
