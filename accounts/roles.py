"""Roles: named groups of people. What a role may do on queues is granted in tickets/rights.py."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.audit import Stale, note, note_change
from accounts.models import ConfigChange, Role, User

# To look after customers: their addresses, organisations and notes, and which two of them are one. Whoever may change
# an address may give somebody's requests to somebody else, so this is no right on a queue.
EDITS_PEOPLE = "change_user"
# To write articles of the knowledge base, and to publish them, which includes writing.
WRITES_ARTICLES = "write_articles"
PUBLISHES_ARTICLES = "publish_articles"


@dataclass(frozen=True)
class RoleFacts:
    """What an administrator says of a role. Only agents can be members."""

    name: str
    description: str = ""
    members: tuple[User, ...] = ()
    # None leaves it as it is.
    edits_people: bool | None = None
    writes_articles: bool | None = None
    publishes_articles: bool | None = None


def create_role(*, name: str, description: str = "") -> Group:
    """A new role. Raises IntegrityError when the name is taken."""
    group = Group.objects.create(name=name)
    Role.objects.create(group=group, description=description)
    return group


def may_edit_people(user: User) -> bool:
    """Whether `user` may change customers and organisations: administrators, and members of roles that may."""
    return user.is_active and (user.is_administrator or user.has_perm(f"accounts.{EDITS_PEOPLE}"))


def may_publish_articles(user: User) -> bool:
    """Whether `user` may publish articles: agents who are administrators or have a role that may."""
    return _agent(user) and (user.is_administrator or user.has_perm(f"knowledge.{PUBLISHES_ARTICLES}"))


def article_publishers() -> QuerySet[User]:
    """All for whom `may_publish_articles` holds."""
    marked = Permission.objects.filter(content_type__app_label="knowledge", codename=PUBLISHES_ARTICLES)
    able = Q(is_administrator=True) | Q(groups__permissions__in=marked) | Q(user_permissions__in=marked)
    return User.objects.filter(able, is_active=True, is_agent=True).distinct()


def may_write_articles(user: User) -> bool:
    """Whether `user` may write articles: who may publish them, and agents with a role that may."""
    return may_publish_articles(user) or (_agent(user) and user.has_perm(f"knowledge.{WRITES_ARTICLES}"))


def edits_people(group: Group) -> bool:
    return _has_mark(group, "accounts", EDITS_PEOPLE)


def writes_articles(group: Group) -> bool:
    return _has_mark(group, "knowledge", WRITES_ARTICLES)


def publishes_articles(group: Group) -> bool:
    return _has_mark(group, "knowledge", PUBLISHES_ARTICLES)


def let_edit_people(group: Group, *, allowed: bool) -> None:
    _set_mark(group, "accounts", EDITS_PEOPLE, allowed=allowed)


def let_write_articles(group: Group, *, allowed: bool) -> None:
    _set_mark(group, "knowledge", WRITES_ARTICLES, allowed=allowed)


def let_publish_articles(group: Group, *, allowed: bool) -> None:
    _set_mark(group, "knowledge", PUBLISHES_ARTICLES, allowed=allowed)


def set_members(group: Group, members: Iterable[User]) -> None:
    group.user_set.set(members)


def save_role(role: Role | None, facts: RoleFacts, *, by: User) -> Role:
    """Save a new (None) or changed role with its members. Raises `ValidationError` when the name is taken."""
    with transaction.atomic():
        if Group.objects.filter(name=facts.name).exclude(role=role).exists():
            raise ValidationError({"name": _("There is already a role with this name.")})
        if role is None:
            role = create_role(name=facts.name, description=facts.description).role
            _apply(role, facts)
            note(role, action=ConfigChange.Action.CREATED, before={}, after=_snapshot(role), by=by)
            return role
        role = Role.objects.select_for_update().select_related("group").get(pk=role.pk)
        before = _snapshot(role)
        role.group.name, role.description = facts.name, facts.description
        role.group.save(update_fields=["name"])
        role.save(update_fields=["description"])
        _apply(role, facts)
        note_change(role, before=before, after=_snapshot(role), by=by)
    return role


def set_roles_of(person: User, roles: Iterable[Role], *, shown: Collection[int] | None = None, by: User) -> None:
    """The roles a person is in, noted with each role that gained or lost a member.

    With `shown` (ids of the roles a page showed) roles that nobody touched there stay as they are; `Stale` is raised
    when somebody else has put the person into another role, or out of one, since.
    """
    with transaction.atomic():
        # of two who save at once the second sees what the first has done
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        held = set(Role.objects.filter(group__user=person).values_list("pk", flat=True))
        wanted = {role.pk for role in roles}
        if shown is not None and wanted == set(shown):
            return
        if shown is not None and held != set(shown):
            raise Stale(_newest_lines(held ^ set(shown)))
        changed = Role.objects.select_for_update(of=("self",)).select_related("group")
        for role in changed.filter(pk__in=held ^ wanted).order_by("pk"):
            before = _snapshot(role)
            members = role.group.user_set
            members.add(person) if role.pk in wanted else members.remove(person)
            note_change(role, before=before, after=_snapshot(role), by=by)


def _newest_lines(roles: Iterable[int]) -> list[ConfigChange]:
    """The last thing the audit says about each of these roles."""
    lines = ConfigChange.objects.filter(kind=Role._meta.label_lower, object_id__in=[str(pk) for pk in roles])
    newest = lines.select_related("actor").order_by("object_id", "-pk").distinct("object_id")
    return sorted(newest, key=lambda line: line.pk)


def _apply(role: Role, facts: RoleFacts) -> None:
    set_members(role.group, facts.members)
    if facts.edits_people is not None:
        let_edit_people(role.group, allowed=facts.edits_people)
    if facts.writes_articles is not None:
        let_write_articles(role.group, allowed=facts.writes_articles)
    if facts.publishes_articles is not None:
        let_publish_articles(role.group, allowed=facts.publishes_articles)


def _agent(user: User) -> bool:
    return user.is_active and user.is_agent


def _has_mark(group: Group, app: str, codename: str) -> bool:
    return group.permissions.filter(codename=codename, content_type__app_label=app).exists()


def _set_mark(group: Group, app: str, codename: str, *, allowed: bool) -> None:
    permission = Permission.objects.get(codename=codename, content_type__app_label=app)
    group.permissions.add(permission) if allowed else group.permissions.remove(permission)


def _snapshot(role: Role) -> dict[str, Any]:
    members = role.group.user_set.order_by("email").values_list("email", flat=True)
    return {
        "name": role.group.name,
        "description": role.description,
        "members": list(members),
        "edits_people": edits_people(role.group),
        "writes_articles": writes_articles(role.group),
        "publishes_articles": publishes_articles(role.group),
    }
