"""Who there is: people, organisations, brands, roles, API tokens, and who changed what configuration."""

from accounts.models.access import ApiToken, Role
from accounts.models.brand import Brand, DomainRule, Registration
from accounts.models.change import ConfigChange
from accounts.models.organisation import MemberInvitation, Membership, Organisation, OrganisationDomain
from accounts.models.person import Density, EmailAddress, Theme, User, UserManager, UserQuerySet

__all__ = [
    "ApiToken",
    "Brand",
    "ConfigChange",
    "Density",
    "DomainRule",
    "EmailAddress",
    "MemberInvitation",
    "Membership",
    "Organisation",
    "OrganisationDomain",
    "Registration",
    "Role",
    "Theme",
    "User",
    "UserManager",
    "UserQuerySet",
]
