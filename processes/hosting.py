"""What the engine asks of its host, and what it tells it: who moved, who waits, and what cannot go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from processes.compiling import Place


class Stuck(Exception):
    """A token cannot go on; it stays where it is. The text is for people."""

    def __init__(self, element: str, code: str, text: str = ""):
        super().__init__(text or code)
        self.element, self.code, self.text = element, code, text


class StepError(Exception):
    """An automatic step has failed in a way that the drawing may foresee: the code of its error."""

    def __init__(self, code: str, text: str = ""):
        super().__init__(code)
        self.code, self.text = code, text


class Host(Protocol):
    """What happens outside of the tokens."""

    def act(self, place: Place, instance: UUID) -> None:
        """Do what an automatic step does. Raises `StepError`."""

    def holds(self, condition: Mapping[str, Any], scope: str) -> bool:
        """Whether a condition holds now. Raises `ConditionError`."""

    def send(self, name: str, instance: UUID) -> None:
        """A message leaves the run, sent by this token."""


@dataclass(frozen=True)
class Moved:
    """A token has left an element; `outcome` is "" or the code of an error."""

    place: Place
    instance: UUID
    outcome: str = ""


@dataclass(frozen=True)
class Waiting:
    """A token waits: for people, or for one of the signals (elements: the event itself, or those behind a gateway)."""

    place: Place
    instance: UUID
    signals: Sequence[Place] = ()
