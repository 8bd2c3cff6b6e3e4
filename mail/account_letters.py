"""Letters about accounts: to somebody who signs up, and to somebody who is invited into an organisation.

What is said depends on whether the address is known; the page that asked never learns that (T78). Nothing that the
asking person could choose stands in them, so that nobody sends words of his own through us (T31).
"""

from django.conf import settings

from accounts.domains import may_register
from accounts.invitations import invitation_link
from accounts.managing import renew_link
from accounts.models import Brand, MemberInvitation, User
from accounts.registration import Applicant, registration_link
from core.links import absolute
from core.text import clean_line
from core.work import wake
from mail.models import Letter
from mail.texts import FIRST_PASSWORD, INVITATION, MEMBERSHIP, REGISTERED_ALREADY, REGISTRATION, fill

Words = tuple[str, str]  # subject and body


def ask_to_register(applicant: Applicant, *, brand: Brand) -> None:
    """Leave word that somebody wants an account at `brand`."""
    letter = Letter.objects.create(
        kind=Letter.Kind.REGISTRATION,
        address=applicant.address,
        language=applicant.language,
        brand=brand,
        data={"name": applicant.name},
    )
    wake(letter)


def ask_for_first_password(person: User) -> None:
    """Leave word that a customer who has no password yet may choose one."""
    wake(Letter.objects.create(kind=Letter.Kind.INVITATION, address=person.email, language=person.language or "en"))


def ask_to_join(invitation: MemberInvitation, *, language: str) -> None:
    """Leave word that somebody is invited into an organisation."""
    letter = Letter.objects.create(
        kind=Letter.Kind.MEMBERSHIP,
        address=invitation.address,
        language=language,
        brand=invitation.brand,
        data={"invitation": invitation.pk},
    )
    wake(letter)


def of_registration(letter: Letter, person: User | None) -> Words | None:
    """Nothing where signing up has ended since, or for somebody who must not come in."""
    brand = letter.brand
    if brand is None or not may_register(letter.address, brand):
        return None
    if person is None:
        applicant = Applicant(letter.address, str(letter.data.get("name", "")), letter.language)
        link, minutes = registration_link(applicant, brand), settings.REGISTRATION_SECONDS // 60
        return fill(REGISTRATION, letter.language, site=site_of(letter), link=link, minutes=minutes)
    if not person.is_active:
        return None
    language = person.language or letter.language
    if person.has_usable_password():
        link = absolute("/password/reset/", host=brand.host)
        return fill(REGISTERED_ALREADY, language, site=site_of(letter), link=link)
    link, days = invitation_link(person, host=brand.host), settings.INVITATION_DAYS
    return fill(FIRST_PASSWORD, language, site=site_of(letter), link=link, days=days)


def of_invitation(letter: Letter, person: User | None) -> Words | None:
    """Nothing for whom a password was given meanwhile, or who must not come in."""
    if person is None or not person.is_active or person.has_usable_password():
        return None
    link = invitation_link(person, host=letter.brand.host if letter.brand else "")
    return fill(INVITATION, letter.language, site=site_of(letter), link=link, days=settings.INVITATION_DAYS)


def of_membership(letter: Letter, person: User | None) -> Words | None:
    """Nothing for an invitation that was withdrawn meanwhile, or for somebody who must not come in."""
    found = MemberInvitation.objects.select_related("organisation", "invited_by", "brand")
    invitation = found.filter(pk=letter.data.get("invitation"), accepted_at=None, revoked_at=None).first()
    if invitation is None or (person is not None and not person.is_active):
        return None
    return fill(
        MEMBERSHIP,
        (person.language if person else "") or letter.language,
        who=invitation.invited_by.email,
        organisation=clean_line(invitation.organisation.name, 100),
        site=site_of(letter),
        link=renew_link(invitation),
        days=settings.INVITATION_DAYS,
    )


def site_of(letter: Letter) -> str:
    return letter.brand.name if letter.brand else settings.SITE_NAME
