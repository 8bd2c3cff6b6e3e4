"""Roles: named groups of people. What a role may do on queues is granted in tickets/rights.py."""

from django.contrib.auth.models import Group

from accounts.models import Role, User


def create_role(*, name: str, description: str = "") -> Group:
    """A new role. Raises IntegrityError when the name is taken."""
    group = Group.objects.create(name=name)
    Role.objects.create(group=group, description=description)
    return group


def set_members(group: Group, members: list[User]) -> None:
    group.user_set.set(members)
