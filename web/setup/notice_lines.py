"""How the audit shows what was set up about notices: each value as lines, so that they can be compared."""

from collections.abc import Callable, Mapping
from typing import Any

from automation.naming import name_of
from automation.notices.occasions import ROLE_KEY, Channel, Level, Relation
from automation.notices.wordings import WORDINGS


def _occasion(key: str) -> list[str]:
    return [str(WORDINGS[key].label) if key in WORDINGS else key]


def _levels(levels: Mapping[str, Mapping[str, str]]) -> list[str]:
    channels, words = dict(Channel.choices), dict(Level.choices)
    return [
        f"{_whom(relation)}: "
        + ", ".join(f"{channels.get(channel, channel)} {words.get(level, level)}" for channel, level in said.items())
        for relation, said in levels.items()
    ]


def _whom(relation: str) -> str:
    number = relation.removeprefix(ROLE_KEY)
    if number != relation and number.isdecimal():
        return name_of("role", int(number))
    return str(dict(Relation.choices).get(relation, relation))


NOTICE_LINES: Mapping[tuple[str, str], Callable[[Any], list[str]]] = {
    ("automation.noticerule", "occasion"): _occasion,
    ("automation.noticerule", "levels"): _levels,
    ("automation.noticetext", "occasion"): _occasion,
}
