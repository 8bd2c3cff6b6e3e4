"""Roles: named groups of people. What a role may do on queues is granted in tickets/rights.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import note, note_change
from accounts.models import ConfigChange, Role, User


@dataclass(frozen=True)
class RoleFacts:
    """What an administrator says of a role. Only agents can be members."""

    name: str
    description: str = ""
    members: tuple[User, ...] = ()


def create_role(*, name: str, description: str = "") -> Group:
    """A new role. Raises IntegrityError when the name is taken."""
    group = Group.objects.create(name=name)
    Role.objects.create(group=group, description=description)
    return group


def set_members(group: Group, members: Iterable[User]) -> None:
    group.user_set.set(members)


def save_role(role: Role | None, facts: RoleFacts, *, by: User) -> Role:
    """Save a new (None) or changed role with its members. Raises `ValidationError` when the name is taken."""
    with transaction.atomic():
        if Group.objects.filter(name=facts.name).exclude(role=role).exists():
            raise ValidationError({"name": _("There is already a role with this name.")})
        if role is None:
            role = create_role(name=facts.name, description=facts.description).role
            set_members(role.group, facts.members)
            note(role, action=ConfigChange.Action.CREATED, before={}, after=_snapshot(role), by=by)
            return role
        role = Role.objects.select_for_update().select_related("group").get(pk=role.pk)
        before = _snapshot(role)
        role.group.name, role.description = facts.name, facts.description
        role.group.save(update_fields=["name"])
        role.save(update_fields=["description"])
        set_members(role.group, facts.members)
        note_change(role, before=before, after=_snapshot(role), by=by)
    return role


def set_roles_of(person: User, roles: Iterable[Role], *, by: User) -> None:
    """The roles a person is in, noted with each role that gained or lost a member."""
    with transaction.atomic():
        held = set(Role.objects.filter(group__user=person).values_list("pk", flat=True))
        wanted = {role.pk for role in roles}
        changed = Role.objects.select_for_update(of=("self",)).select_related("group")
        for role in changed.filter(pk__in=held ^ wanted).order_by("pk"):
            before = _snapshot(role)
            members = role.group.user_set
            members.add(person) if role.pk in wanted else members.remove(person)
            note_change(role, before=before, after=_snapshot(role), by=by)


def _snapshot(role: Role) -> dict[str, Any]:
    members = role.group.user_set.order_by("email").values_list("email", flat=True)
    return {"name": role.group.name, "description": role.description, "members": list(members)}
