"""The history of a ticket once more, under promises that it did not have: what its clocks would say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from sla.clocks import Calendars
from sla.facts import Happening, Terms
from sla.story import Situation, begin_late, fold, go_on, step


@dataclass(frozen=True)
class Scene:
    """Something happens, and from then on this is promised."""

    happening: Happening
    terms: Terms


def rerun(scenes: Sequence[Scene], calendars: Calendars) -> Situation:
    """The clocks after all scenes, moved as `sla/handlers.py` moves them event by event."""
    situation: Situation | None = None
    known: Terms | None = None
    for number, scene in enumerate(scenes, start=1):
        happening, terms = scene.happening, scene.terms
        until_now = _Until(scenes[:number], terms, calendars)
        if situation is None:
            if not terms.promises:
                continue
            situation = Situation()
            if happening.opens:
                step(situation, happening, terms, calendars)
            else:
                begin_late(situation, until_now(), happening, calendars)
        elif not happening.means_nothing or terms != known:
            go_on(situation, happening, terms, calendars, past=until_now, terms_are_new=terms != known)
        known = terms
    return situation or Situation()


@dataclass(frozen=True)
class _Until:
    """The history up to some scene, under the terms of that moment; worked out when asked for."""

    scenes: Sequence[Scene]
    terms: Terms
    calendars: Calendars

    def __call__(self) -> Situation:
        happenings = [scene.happening for scene in self.scenes if not scene.happening.means_nothing]
        return fold(happenings, self.terms, self.calendars)
