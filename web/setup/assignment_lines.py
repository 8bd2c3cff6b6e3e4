"""How the audit shows what assignment goes by: conditions and skills as lines, so that they can be compared."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from automation.models import Skill, WhenAway
from web.common.condition_words import in_words
from web.setup.admin_choices import AdminChoices


def _condition(condition: Mapping[str, Any]) -> list[str]:
    return in_words([condition], AdminChoices(None)) if condition else []


def _wants(wants: Mapping[str, int]) -> list[str]:
    names = {str(skill.pk): skill.name for skill in Skill.objects.filter(pk__in=wants)}
    words = _("%(skill)s, level %(level)s")
    return [
        words % {"skill": names.get(key, _("a skill that is gone")), "level": level} for key, level in wants.items()
    ]


def _skills(levels: Mapping[str, int]) -> list[str]:
    """Of one agent, by name; level 0 is none."""
    words = _("%(skill)s, level %(level)s")
    return [words % {"skill": name, "level": level} for name, level in levels.items() if level]


def _when_away(value: str) -> list[str]:
    return [str(WhenAway(value).label) if value in WhenAway.values else value]


ASSIGNMENT_LINES: Mapping[tuple[str, str], Callable[[Any], list[str]]] = {
    ("automation.skillrule", "condition"): _condition,
    ("automation.skillrule", "wants"): _wants,
    ("accounts.user", "skills"): _skills,
    ("accounts.user", "when_away"): _when_away,
}
