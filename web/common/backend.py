"""Who somebody is, by address and password: our own table of addresses decides, never allauth's."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from accounts.models import User
from accounts.people import person_with_address
from core.prepared import prepared
from core.text import normalise_address


class PeopleBackend(AuthenticationBackend):
    """allauth's backend (it spends the same time on unknown addresses) over our people."""

    def get_user(self, user_id: int) -> User | None:
        found = _person(user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        person = person_with_address(email) or User.objects.filter(email=normalise_address(email)).first()
        # the system's own actors are nobody
        return self._check_password(None if person is None or person.is_system else person, password)


@prepared(int)
def _person(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk)
