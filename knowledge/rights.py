"""Who may write and who may publish: marks of roles (accounts/roles.py). Administrators may both.

Which articles these are is the business of knowledge/queries.py.
"""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.roles import may_publish_articles, may_write_articles


def may_write(user: User | AnonymousUser | None) -> bool:
    """Whether `user` may write articles at all. Who publishes them may write them, too."""
    return isinstance(user, User) and may_write_articles(user)


def may_publish(user: User | AnonymousUser | None) -> bool:
    """Whether `user` may publish, withdraw and archive; four eyes come on top (knowledge/actions/reviewing.py)."""
    return isinstance(user, User) and may_publish_articles(user)
