"""What an SLA promises, in a few words for lists: one line for each kind of target."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.durations import written_duration
from sla.models import Kind, Target
from web.setup.forms.targets import none


@dataclass(frozen=True)
class Promise:
    kind: str
    text: str


def promises_of(targets: Iterable[Target]) -> list[Promise]:
    """ "Solution: 16 h, High 8 h": what is for all priorities first. In hours, because a day is longer in one calendar
    than in another, and here they stand below each other."""
    found = []
    ordered = sorted(targets, key=lambda target: -target.priority.level if target.priority else -99)
    for kind in Kind.of_policies():
        mine = [target for target in ordered if target.kind == kind]
        if mine:
            found.append(Promise(str(kind.label), ", ".join(_words(target) for target in mine)))
    return found


def _words(target: Target) -> str:
    span = written_duration(target.seconds, day=0) if target.seconds else none()
    return f"{_(target.priority.name)} {span}" if target.priority else span
