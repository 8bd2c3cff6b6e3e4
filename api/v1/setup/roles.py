"""Roles: who is in them, and what they may do in which queue."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Role, User
from accounts.roles import EDITS_PEOPLE, PUBLISHES_ARTICLES, WRITES_ARTICLES, RoleFacts, save_role
from api.v1.fields import FlagField, RowField, StrictSerializer
from api.v1.setup import examples
from api.v1.setup.fields import AnyAgentField, LineField
from api.v1.setup.kinds import Changing, Kind, Values, doors_of
from api.v1.setup.words import TAG
from api.v1.shapes import PersonShape, RowShape
from tickets.grants import Table, replace_grants_of
from tickets.models import Queue
from tickets.models.queue import QueueGroupPermission
from tickets.rights import RIGHTS

MARKS = ("edits_people", "writes_articles", "publishes_articles")
MOST_MEMBERS = 1_000
MOST_QUEUES = 2_000
RIGHTS_HELP = "`write` is everything; each but `create` and `move_into` includes `read`."


class Rights(StrictSerializer):
    """Rights, granted in some place."""

    rights = serializers.ListField(child=serializers.ChoiceField(RIGHTS), max_length=len(RIGHTS), help_text=RIGHTS_HELP)

    def validate_rights(self, rights: list[str]) -> frozenset[str]:
        return frozenset(rights)


class ChosenGrantForm(Rights):
    """What a role may do in one queue, and so in those inside it."""

    queue = RowField(lambda context: _queues(context))


class GrantShape(serializers.Serializer):
    queue = RowShape()
    rights = serializers.ListField(child=serializers.ChoiceField(RIGHTS))


class RoleSettingShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="group.name")
    description = serializers.CharField()
    members = PersonShape(many=True, source="group.members", help_text="Agents.")
    edits_people = serializers.SerializerMethodField(help_text="Looks after customers and organisations.")
    writes_articles = serializers.SerializerMethodField(help_text="Of the knowledge base.")
    publishes_articles = serializers.SerializerMethodField(help_text="Also approves and archives them.")
    rights = serializers.SerializerMethodField(help_text="As granted; queues inside a queue have its rights, too.")

    def get_edits_people(self, role: Role) -> bool:
        return EDITS_PEOPLE in _marks(role)

    def get_writes_articles(self, role: Role) -> bool:
        return WRITES_ARTICLES in _marks(role)

    def get_publishes_articles(self, role: Role) -> bool:
        return PUBLISHES_ARTICLES in _marks(role)

    @extend_schema_field(GrantShape(many=True))
    def get_rights(self, role: Role) -> Any:
        found: dict[Queue, set[str]] = defaultdict(set)
        for grant in role.group.grants:
            found[grant.content_object].add(grant.permission.codename)
        queues = sorted(found, key=lambda queue: (queue.path, queue.pk))
        return GrantShape([{"queue": queue, "rights": in_order(found[queue])} for queue in queues], many=True).data


class NewRoleForm(StrictSerializer):
    """A role. Lists are replaced as a whole."""

    name = LineField(min_length=1, max_length=150)
    description = LineField(max_length=200, allow_blank=True, required=False)
    members = serializers.ListField(child=AnyAgentField(), max_length=MOST_MEMBERS, required=False)
    edits_people = FlagField(required=False)
    writes_articles = FlagField(required=False)
    publishes_articles = FlagField(required=False)
    rights = ChosenGrantForm(
        many=True, max_length=MOST_QUEUES, required=False, help_text="All of them: a queue that is left out has none."
    )

    def validate_rights(self, grants: list[Values]) -> dict[int, frozenset[str]]:
        """By queue; one that is named twice has what both say."""
        return merged((one["queue"].pk, one["rights"]) for one in grants)


class ChangedRoleForm(Changing, NewRoleForm):
    """Any of these; what is not named stays as it is."""


def merged(pairs: Iterable[tuple[int, frozenset[str]]]) -> dict[int, frozenset[str]]:
    table: dict[int, frozenset[str]] = {}
    for pk, rights in pairs:
        table[pk] = table.get(pk, frozenset()) | rights
    return table


def _queues(context: Values) -> list[Queue]:
    """Read once for all of a list."""
    if "all_queues" not in context:
        context["all_queues"] = list(Queue.objects.all())
    return context["all_queues"]


def in_order(rights: Iterable[str]) -> list[str]:
    held = set(rights)
    return [right for right in RIGHTS if right in held]


def _marks(role: Role) -> set[str]:
    return {permission.codename for permission in role.group.permissions.all()}


def _rows() -> QuerySet[Role]:
    members = User.objects.filter(is_agent=True).order_by("name", "pk")
    grants = QueueGroupPermission.objects.select_related("content_object", "permission")
    return Role.objects.select_related("group").prefetch_related(
        "group__permissions",
        Prefetch("group__user_set", members, to_attr="members"),
        Prefetch("group__queuegrouppermission_set", grants, to_attr="grants"),
    )


def _save(role: Any, values: Values, by: User) -> Role:
    rights: Table | None = values.pop("rights", None)
    known = role if role.pk else None
    facts = {"name": role.group.name, "description": role.description} if known else {}
    members = values.pop("members", None)
    if members is None:
        members = role.group.user_set.all() if known else ()
    marks = {name: values.pop(name, None) for name in MARKS}
    saved = save_role(known, RoleFacts(**{**facts, **values}, members=tuple(members), **marks), by=by)
    if rights is not None:
        replace_grants_of(saved, rights, by=by)
    return saved


RoleRows, RoleRow = doors_of(
    Kind(
        "Role",
        "roles",
        TAG,
        rows=_rows,
        order=("group__name", "id"),
        shape=RoleSettingShape,
        new=NewRoleForm,
        changed=ChangedRoleForm,
        save=_save,
        about="With their members and what they may do in which queue. For administrators.",
        about_change="What is not named stays; `members` and `rights` are replaced as a whole.",
        examples=[examples.ROLE],
    )
)
