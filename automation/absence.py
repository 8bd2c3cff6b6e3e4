"""Who is out of office at a moment, and who stands in. Days of an absence are those of the person's own zone."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from accounts.models import User

# Substitutes of substitutes are followed no further.
LONGEST_CHAIN = 10


def is_away(user: User, at: datetime) -> bool:
    return user.is_away(at.astimezone(zone_of(user)).date())


def stand_in_of(user: User, at: datetime) -> User | None:
    """Who works in the place of somebody who is away at that moment: the substitute, or theirs while they are away too.

    None when `user` is there, has named nobody, or when everybody along the chain is away or no longer works here.
    """
    person, seen = user, {user.pk}
    for _step in range(LONGEST_CHAIN):
        if not is_away(person, at):
            return None if person.pk == user.pk or not _works_here(person) else person
        if person.substitute is None or person.substitute_id in seen:
            return None
        person = person.substitute
        seen.add(person.pk)
    return None


def zone_of(user: User) -> tzinfo:
    """The zone that the person has chosen, else that of the installation."""
    try:
        return ZoneInfo(user.time_zone) if user.time_zone else timezone.get_default_timezone()
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()


def _works_here(person: User) -> bool:
    return person.is_active and person.is_agent
