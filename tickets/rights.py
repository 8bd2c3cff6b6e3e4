"""Who may do what in which queue: grants of django-guardian, additive, inherited down the tree.

`Ticket.objects.allowing(user, right)` is the rule everybody uses; this module only works out the set of queues.
It is asked by every page, so it is one plain statement, whatever the number of queues and roles.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import QuerySet
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import User
from core.prepared import IDS, TEXTS, prepared
from tickets.models.queue import Queue, QueueGroupPermission, QueueUserPermission

RIGHTS = ("read", "create", "move_into", "note", "owner", "priority", "write")

# What a granted right brings with it (decision 15): to create or to move into says nothing about seeing.
IMPLIES: Mapping[str, frozenset[str]] = {
    "read": frozenset({"read"}),
    "create": frozenset({"create"}),
    "move_into": frozenset({"move_into"}),
    "note": frozenset({"note", "read"}),
    "owner": frozenset({"owner", "read"}),
    "priority": frozenset({"priority", "read"}),
    "write": frozenset(RIGHTS),
}

# By right: the queues it was granted for, to the agent or one of the agent's roles, and all queues below them.
_COVERED = """
    WITH RECURSIVE covered (queue_id, permission_id) AS (
        (SELECT content_object_id, permission_id FROM tickets_queueuserpermission WHERE user_id = %s
         UNION
         SELECT granted.content_object_id, granted.permission_id
         FROM tickets_queuegrouppermission granted
         JOIN accounts_user_groups membership USING (group_id)
         WHERE membership.user_id = %s)
        UNION
        SELECT below.id, covered.permission_id
        FROM tickets_queue below JOIN covered ON below.parent_id = covered.queue_id
    )
    SELECT permission.codename, array_agg(covered.queue_id)
    FROM covered JOIN auth_permission permission ON permission.id = covered.permission_id
    GROUP BY permission.codename
"""


_BELOW = """
    WITH RECURSIVE below (id) AS (
        SELECT id FROM tickets_queue WHERE id = ANY(%s)
        UNION
        SELECT queue.id FROM tickets_queue queue JOIN below ON queue.parent_id = below.id
    )
    SELECT id FROM below
"""


@dataclass(frozen=True)
class Rights:
    """The queues in which a person has each right, inheritance and implication worked out."""

    queues: Mapping[str, frozenset[int]]

    def covers(self, queue_id: int, right: str) -> bool:
        return queue_id in self.queues[right]


def rights_of(user: User) -> Rights:
    """The rights of `user`, remembered on the object: a request asks once, the next request asks anew."""
    if user.queue_rights is None:
        user.queue_rights = _work_out(user)
    return user.queue_rights


def queues_for(user: User, right: str) -> frozenset[int]:
    """The queues in which `user` has `right`: what `Ticket.objects.allowing` goes by."""
    return rights_of(user).queues[right]


def keep_to(user: User, queues: Iterable[int]) -> None:
    """On this object `user` has his rights in these queues and those below them alone: as a token of his may say."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [list(queues)])
        kept = frozenset(pk for (pk,) in cursor.fetchall())
    held = rights_of(user).queues
    user.queue_rights = Rights({right: ids & kept for right, ids in held.items()})


def grant(holder: User | Group, queue: Queue, *rights: str) -> None:
    """Give `holder` (a role's group or an agent) these rights on `queue` and everything below it."""
    for right in rights:
        assign_perm(f"tickets.{right}", holder, queue)


def revoke(holder: User | Group, queue: Queue, *rights: str) -> None:
    for right in rights:
        remove_perm(f"tickets.{right}", holder, queue)


def holding(right: str, queue: Queue) -> QuerySet[User]:
    """The same people as `agents_with`, in no order: to ask only for what is needed of many of them."""
    granted = {"content_object__in": queue.line, "permission__codename__in": _granting(right)}
    groups = QueueGroupPermission.objects.filter(**granted).values("group")
    by_role = User.groups.through.objects.filter(group__in=groups).values("user")
    by_user = QueueUserPermission.objects.filter(**granted).values("user")
    return User.objects.agents().filter(pk__in=by_user.union(by_role))


def agents_with(right: str, queue: Queue, *, among: Iterable[int] | None = None) -> list[User]:
    """Active agents who have `right` in `queue`, directly, by a role, or inherited; sorted by name.

    With `among`, ids of people, only these.
    """
    if among is None:
        return _agents_with(queue.line, _granting(right))
    some = {*among}
    return _agents_among(queue.line, _granting(right), some) if some else []


@prepared(IDS, TEXTS)
def _agents_with(line: Collection[int], granting: Collection[str]) -> QuerySet[User]:
    return _granted(User.objects.agents(), line, granting)


@prepared(IDS, TEXTS, IDS)
def _agents_among(line: Collection[int], granting: Collection[str], some: Collection[int]) -> QuerySet[User]:
    return _granted(User.objects.agents().filter(pk__among=some), line, granting)


def _granted(agents: QuerySet[User], line: Collection[int], granting: Collection[str]) -> QuerySet[User]:
    granted = {"content_object__among": line, "permission__codename__among": granting}
    by_user = QueueUserPermission.objects.filter(**granted).values("user")
    by_role = QueueGroupPermission.objects.filter(**granted).values("group")
    return agents.filter(pk__in=by_user).union(agents.filter(groups__in=by_role)).order_by("name", "id")


def _granting(right: str) -> list[str]:
    """The rights that bring this one with them."""
    return [held for held, implied in IMPLIES.items() if right in implied]


def _work_out(user: User) -> Rights:
    if not user.is_active or not user.is_agent:
        return _rights({})
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, [user.pk, user.pk])
        return _rights(dict(cursor.fetchall()))


def _rights(granted: Mapping[str, Iterable[int]]) -> Rights:
    """What follows from the queues for which each right was granted."""
    queues: dict[str, set[int]] = {right: set() for right in RIGHTS}
    for codename, ids in granted.items():
        for right in IMPLIES.get(codename, ()):
            queues[right].update(ids)
    return Rights({right: frozenset(ids) for right, ids in queues.items()})
