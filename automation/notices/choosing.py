"""By which channels somebody hears of an occasion: what administrators say, and what the person wants. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from automation.notices.occasions import BY_QUEUE, Level, Levels, Occasion, Relation, relation_rank

MINE, ALL = "mine", "all"


@dataclass(frozen=True)
class Wish:
    """What one person wants: `choices` by occasion and channel, `muted` are queues with those inside them."""

    scope: str = ""
    choices: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    muted: frozenset[int] = frozenset()


NO_WISH = Wish()


def channels_for(
    occasion: Occasion, relations: Iterable[str], levels: Levels, wish: Wish = NO_WISH, *, in_muted: bool = False
) -> frozenset[str]:
    """The channels that are on for somebody with these relations; a role is named "role:3"."""
    relations = list(relations)
    wanted = [one for one in relations if _concerns(one, wish, in_muted=in_muted)]
    return frozenset(
        channel
        for channel in occasion.channels
        if any(_level(levels, one, channel) == Level.ALWAYS for one in relations)
        or any(_is_on(occasion, one, channel, levels, wish) for one in wanted)
    )


def is_fixed(channel: str, levels: Levels) -> bool:
    """Whether nobody can change anything about this channel."""
    said = [_level(levels, relation, channel) for relation in levels]
    return all(level in (Level.ALWAYS, Level.NEVER) for level in said)


def usual(channel: str, levels: Levels) -> bool | None:
    """What holds for somebody without a wish; None: on for some relations and off for others."""
    said = {_level(levels, relation, channel) in (Level.ALWAYS, Level.ON) for relation in levels}
    return said.pop() if len(said) == 1 else None


def first_relation(relations: Collection[str]) -> str:
    """The one by which somebody is told why; roles come after all that is about the ticket itself."""
    return min((one.partition(":")[0] for one in relations), key=relation_rank)


def _concerns(relation: str, wish: Wish, *, in_muted: bool) -> bool:
    if relation not in BY_QUEUE:
        return True
    return wish.scope != MINE and not in_muted


def _is_on(occasion: Occasion, relation: str, channel: str, levels: Levels, wish: Wish) -> bool:
    level, by_queue = _level(levels, relation, channel), relation in BY_QUEUE
    choice = wish.choices.get(occasion.key, {}).get(channel)
    if level == Level.NEVER or choice is False:
        return False
    if choice is True:
        return not by_queue or wish.scope == ALL or not occasion.is_personal or _takes_part(levels, relation)
    if by_queue and wish.scope == ALL and level == Level.OFF:
        return _is_on_for_owners(occasion, channel, levels)
    return level == Level.ON


def _is_on_for_owners(occasion: Occasion, channel: str, levels: Levels) -> bool:
    """Who wants to hear of all tickets hears of each as if it were his own."""
    if occasion.is_personal:
        return _level(levels, Relation.OWNER, channel) == Level.ON
    return any(_level(levels, relation, channel) == Level.ON for relation in levels)


def _takes_part(levels: Levels, relation: str) -> bool:
    """Whether this relation hears of the occasion by any channel as a rule."""
    return any(level in (Level.ON, Level.ALWAYS) for level in levels.get(relation, {}).values())


def _level(levels: Levels, relation: str, channel: str) -> str:
    return levels.get(relation, {}).get(channel, Level.NEVER)
