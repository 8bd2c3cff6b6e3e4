"""Grants of rights to roles as tables, the way administrators see them: read whole, replaced whole, audited."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.audit import note_change
from accounts.models import Role, User
from tickets.models.queue import Queue, QueueGroupPermission, QueueUserPermission
from tickets.rights import IMPLIES, RIGHTS

# Row (a queue's or a group's key) -> rights ticked there.
Table = Mapping[int, frozenset[str]]
# (group, queue) -> rights granted there.
Grants = Mapping[tuple[int, int], frozenset[str]]


@dataclass(frozen=True)
class Conflict:
    """A role and a queue whose rights somebody else has changed since the page was made."""

    role: Group
    queue: Queue
    shown: frozenset[str]
    now: frozenset[str]


class GrantsChanged(Exception):
    """Nothing was saved: some of the rights to be changed are not any more what the person saw."""

    def __init__(self, conflicts: list[Conflict]):
        super().__init__("The rights have changed meanwhile.")
        self.conflicts = conflicts


@dataclass(frozen=True)
class Way:
    """One reason why somebody has rights in a queue: granted on which queue, by which role (None: personally)."""

    right: str
    queue: Queue
    role: Group | None


@dataclass(frozen=True)
class Holder:
    """An agent with rights in a queue, inheritance and implication worked out, and every reason for them."""

    person: User
    rights: frozenset[str]
    ways: tuple[Way, ...]


def grants_of(group: Group) -> Table:
    """What a role was granted, per queue; nothing inherited or implied."""
    granted = QueueGroupPermission.objects.filter(group=group)
    return _table(granted.values_list("content_object_id", "permission__codename"))


def grants_in(queue_ids: Iterable[int]) -> Mapping[int, Table]:
    """What was granted on each of these very queues, per group."""
    ids = list(queue_ids)
    granted = QueueGroupPermission.objects.filter(content_object__in=ids)
    pairs: dict[int, list[tuple[int, str]]] = {pk: [] for pk in ids}
    for queue_id, group_id, right in granted.values_list("content_object_id", "group_id", "permission__codename"):
        pairs[queue_id].append((group_id, right))
    return {queue_id: _table(found) for queue_id, found in pairs.items()}


def all_grants(groups: Iterable[int] | None = None) -> Grants:
    """What was granted to these groups (None: to all), on every queue; one query."""
    granted = QueueGroupPermission.objects.all()
    if groups is not None:
        granted = granted.filter(group__in=list(groups))
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for group, queue, right in granted.values_list("group_id", "content_object_id", "permission__codename"):
        found[group, queue].add(right)
    return {pair: frozenset(rights) for pair, rights in found.items()}


def change_grants(wanted: Grants, *, shown: Grants, by: User) -> int:
    """Change the rights of those pairs of role and queue where `wanted` differs from `shown`, and no others.

    Returns how many pairs changed, each role with one line in the audit. Raises `GrantsChanged` when somebody else has
    changed one of these pairs meanwhile to something that is neither.
    """
    touched = {pair for pair in {*wanted, *shown} if wanted.get(pair, NONE) != shown.get(pair, NONE)}
    if not touched:
        return 0
    with transaction.atomic():
        roles = Role.objects.select_for_update(of=("self",), no_key=True).select_related("group")
        by_group = {role.group_id: role for role in roles.filter(group__in={group for group, _ in touched})}
        queues = Queue.objects.in_bulk({queue for _, queue in touched})
        had = all_grants(by_group)
        touched = {(group, queue) for group, queue in touched if group in by_group and queue in queues}
        if conflicts := [
            Conflict(by_group[pair[0]].group, queues[pair[1]], shown.get(pair, NONE), had.get(pair, NONE))
            for pair in sorted(touched)
            if had.get(pair, NONE) not in (shown.get(pair, NONE), wanted.get(pair, NONE))
        ]:
            raise GrantsChanged(conflicts)
        changed = sorted(pair for pair in touched if had.get(pair, NONE) != wanted.get(pair, NONE))
        _replace([(*pair, had.get(pair, NONE), wanted.get(pair, NONE)) for pair in changed])
        names = {pk: queue.path for pk, queue in queues.items()}
        for group, role in by_group.items():
            mine = [queue for pair_group, queue in changed if pair_group == group]
            before = {queue: had.get((group, queue), NONE) for queue in mine}
            after = {queue: wanted.get((group, queue), NONE) for queue in mine}
            note_change(role, before={"rights": _named(before, names)}, after={"rights": _named(after, names)}, by=by)
    return len(changed)


def replace_grants_of(role: Role, wanted: Table, *, shown: Table | None = None, by: User) -> None:
    """Let the role have exactly these rights.

    With `shown`, the rights that the person saw, rows that were not touched stay as they are, and `GrantsChanged` is
    raised where somebody else has changed a row that was.
    """
    with transaction.atomic():
        Role.objects.select_for_update(of=("self",)).get(pk=role.pk)
        had = grants_of(role.group)
        if shown is not None:
            queues = Queue.objects.in_bulk({*wanted, *shown})
            wanted = _settled(had, wanted, shown, lambda pk, now: Conflict(role.group, queues[pk], shown[pk], now))
        _replace([(role.group_id, queue_id, had.get(queue_id, NONE), rights) for queue_id, rights in _all(had, wanted)])
        names = dict(Queue.objects.filter(pk__in={*had, *wanted}).values_list("pk", "path"))
        note_change(role, before={"rights": _named(had, names)}, after={"rights": _named(wanted, names)}, by=by)


def replace_grants_on(queue: Queue, wanted: Table, *, shown: Table | None = None, by: User) -> None:
    """Let exactly these groups have exactly these rights on this queue; `shown` as above."""
    with transaction.atomic():
        Queue.objects.select_for_update(of=("self",)).get(pk=queue.pk)
        had = grants_in([queue.pk])[queue.pk]
        if shown is not None:
            groups = Group.objects.in_bulk({*wanted, *shown})
            wanted = _settled(had, wanted, shown, lambda pk, now: Conflict(groups[pk], queue, shown[pk], now))
        _replace([(group_id, queue.pk, had.get(group_id, NONE), rights) for group_id, rights in _all(had, wanted)])
        names = dict(Group.objects.filter(pk__in={*had, *wanted}).values_list("pk", "name"))
        note_change(queue, before={"rights": _named(had, names)}, after={"rights": _named(wanted, names)}, by=by)


def holders(queue: Queue) -> list[Holder]:
    """Every agent with a right in this queue, by name, and why."""
    above = queue.line
    queues = Queue.objects.in_bulk(above)
    ways: dict[int, list[Way]] = defaultdict(list)
    personal = QueueUserPermission.objects.filter(content_object__in=above, user__is_agent=True, user__is_active=True)
    for user_id, queue_id, right in personal.values_list("user_id", "content_object_id", "permission__codename"):
        ways[user_id].append(Way(right, queues[queue_id], None))
    by_role = QueueGroupPermission.objects.filter(content_object__in=above).select_related("group", "permission")
    members = _members({granted.group_id for granted in by_role})
    for granted in by_role:
        for user_id in members[granted.group_id]:
            ways[user_id].append(Way(granted.permission.codename, queues[granted.content_object_id], granted.group))
    people = User.objects.agents().filter(pk__in=ways).order_by("name", "pk")
    return [Holder(person, _implied(ways[person.pk]), _in_order(ways[person.pk], above)) for person in people]


NONE: frozenset[str] = frozenset()


def _table(pairs: Iterable[tuple[int, str]]) -> Table:
    found: dict[int, set[str]] = defaultdict(set)
    for row, right in pairs:
        found[row].add(right)
    return {row: frozenset(rights) for row, rights in found.items()}


def _settled(
    had: Table, wanted: Table, shown: Table, conflict: Callable[[int, frozenset[str]], Conflict]
) -> dict[int, frozenset[str]]:
    """What a table becomes when only the rows that were touched are changed. Raises `GrantsChanged`."""
    touched = {row for row in shown if wanted.get(row, NONE) != shown[row]}
    now = {row: had.get(row, NONE) for row in touched}
    if lost := [conflict(row, now[row]) for row in sorted(touched) if now[row] not in (shown[row], wanted.get(row))]:
        raise GrantsChanged(lost)
    return {**had, **{row: wanted.get(row, NONE) for row in touched}}


def _all(had: Table, wanted: Table) -> Iterable[tuple[int, frozenset[str]]]:
    return [(row, wanted.get(row, NONE)) for row in sorted({*had, *wanted})]


def _replace(rows: Iterable[tuple[int, int, frozenset[str], frozenset[str]]]) -> None:
    """Rows of group, queue, rights so far, rights from now on; one write for what goes, one for what comes."""
    permissions = _permissions()
    gone: list[int] = []
    new: list[QueueGroupPermission] = []
    for group_id, queue_id, had, wanted in rows:
        lost = QueueGroupPermission.objects.filter(
            group_id=group_id, content_object_id=queue_id, permission__codename__in=had - wanted
        )
        gone += lost.values_list("pk", flat=True) if had - wanted else []
        new += [
            QueueGroupPermission(group_id=group_id, content_object_id=queue_id, permission=permissions[right])
            for right in sorted(wanted - had)
        ]
    QueueGroupPermission.objects.filter(pk__in=gone).delete()
    QueueGroupPermission.objects.bulk_create(new, ignore_conflicts=True)


def _permissions() -> dict[str, Permission]:
    found = Permission.objects.filter(
        content_type__app_label="tickets", content_type__model="queue", codename__in=RIGHTS
    )
    return {permission.codename: permission for permission in found}


def _named(table: Table, names: Mapping[int, str]) -> dict[str, list[str]]:
    """For the audit: by name, in the usual order of rights."""
    return {names[row]: [right for right in RIGHTS if right in table[row]] for row in table if table[row]}


def _members(groups: Iterable[int]) -> dict[int, list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    through = User.groups.through.objects.filter(group_id__in=list(groups))
    for group_id, user_id in through.values_list("group_id", "user_id"):
        members[group_id].append(user_id)
    return members


def _implied(ways: Iterable[Way]) -> frozenset[str]:
    return frozenset().union(*(IMPLIES.get(way.right, NONE) for way in ways))


def _in_order(ways: Iterable[Way], above: list[int]) -> tuple[Way, ...]:
    """What was granted nearest first, then as rights usually stand."""
    return tuple(sorted(ways, key=lambda way: (above.index(way.queue.pk), RIGHTS.index(way.right))))
