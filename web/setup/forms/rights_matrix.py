"""All rights of some roles in some queues as one table. What is ticked is granted here; what is held is explained."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString

from accounts.models import Role
from tickets.grants import Grants
from tickets.models import Queue
from tickets.rights import RIGHTS
from web.setup.forms.rights import LABELS, NONE, why_held

Pair = tuple[int, int]


@dataclass(frozen=True)
class MatrixRow:
    """A queue and the boxes of its row, drawn: thousands of them are too many for a template."""

    queue: Queue
    depth: int
    cells: SafeString


class RightsMatrix:
    """Bound when `data` is given. `wanted` and `shown` are the grants of the pairs that the page had, no others."""

    name = "g"
    shown_name = "shown"

    def __init__(
        self,
        roles: Sequence[Role],
        queues: Sequence[Queue],
        tree: Mapping[int, Queue],
        granted: Grants,
        data: QueryDict | None = None,
    ) -> None:
        self.roles, self.queues, self.tree, self.granted = roles, queues, tree, granted
        self.wanted: dict[Pair, frozenset[str]] = {}
        self.shown: dict[Pair, frozenset[str]] = {}
        if data is not None:
            self.shown = self._read(data.get(self.shown_name, "").split())
            ticked = self._read(data.getlist(self.name))
            pairs = [(role.group_id, queue.pk) for role in roles for queue in queues]
            self.wanted = {pair: ticked.get(pair, NONE) for pair in pairs}

    @property
    def rights(self) -> list[tuple[str, str]]:
        return [(right, str(LABELS[right])) for right in RIGHTS]

    @property
    def touched(self) -> set[Pair]:
        return {pair for pair, rights in self.wanted.items() if rights != self.shown.get(pair, NONE)}

    @property
    def shown_value(self) -> str:
        """What is granted on this page, for the hidden field."""
        pairs = ((role.group_id, queue.pk) for role in self.roles for queue in self.queues)
        return " ".join(_value(pair, right) for pair in pairs for right in RIGHTS if right in self._held(pair))

    @property
    def rows(self) -> Iterable[MatrixRow]:
        labels = dict(self.rights)
        for queue in self.queues:
            above = list(self._above(queue))
            cells = [self._cells(role, queue, above, labels) for role in self.roles]
            yield MatrixRow(queue, min(len(above), 4), SafeString("".join(cells)))

    def accept_news(self) -> None:
        """The page now says what somebody else has changed: boxes that were not touched show what is granted."""
        touched = self.touched
        self.wanted = {pair: rights for pair, rights in self.wanted.items() if pair in touched}
        self.shown = {}

    def _cells(self, role: Role, queue: Queue, above: Sequence[Queue], labels: Mapping[str, str]) -> SafeString:
        """The boxes of one role in one queue. Their names come from the headings of row and columns."""
        pair = (role.group_id, queue.pk)
        ticked = self.wanted.get(pair, self._held(pair))
        inherited = [(q.place, self._held((role.group_id, q.pk))) for q in above]
        reasons = why_held(self._held(pair), inherited)
        cells = []
        # numbers and rights of ours need no escaping, which for thousands of boxes is most of the page's time
        for right in labels:
            reason = reasons.get(right) if right not in ticked else None
            held = f' data-held title="{escape(reason)}"' if reason else ""
            cells.append(
                f'<td class="{"rm-first" if right == RIGHTS[0] else "rm"}"{held}><input type="checkbox" name="g" '
                f'value="{_value(pair, right)}" aria-labelledby="r{role.pk} q{queue.pk} t-{right}"'
                f"{' checked' if right in ticked else ''}></td>"
            )
        return SafeString("".join(cells))

    def _held(self, pair: Pair) -> frozenset[str]:
        return self.granted.get(pair, NONE)

    def _above(self, queue: Queue) -> Iterable[Queue]:
        seen = {queue.pk}
        while (parent := self.tree.get(queue.parent_id or 0)) is not None and parent.pk not in seen:
            seen.add(parent.pk)
            yield parent
            queue = parent

    def _read(self, values: Iterable[str]) -> dict[Pair, frozenset[str]]:
        """Known roles, queues and rights alone."""
        groups, queues = {role.group_id for role in self.roles}, {queue.pk for queue in self.queues}
        found: dict[Pair, set[str]] = {}
        for value in values:
            group, _colon, rest = value.partition(":")
            queue, _colon, right = rest.partition(":")
            if group.isdecimal() and queue.isdecimal() and right in RIGHTS:
                pair = (int(group), int(queue))
                if pair[0] in groups and pair[1] in queues:
                    found.setdefault(pair, set()).add(right)
        return {pair: frozenset(rights) for pair, rights in found.items()}


def _value(pair: Pair, right: str) -> str:
    return f"{pair[0]}:{pair[1]}:{right}"
