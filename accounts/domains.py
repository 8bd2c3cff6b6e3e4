"""What the domain of an address says: whether people of it may sign up, and which organisation they belong to.

Rules are for a domain and, where they refuse, for everything below it; a permission is for the very domain, because
not everybody below one answers to it.
"""

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import note_change
from accounts.models import Brand, DomainRule, EmailAddress, Membership, Organisation, OrganisationDomain, User
from accounts.models.brand import Registration
from accounts.people import system_actor
from core.text import normalise_address

_DOMAIN = re.compile(r"(?=.{3,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")


def domain_of(address: str) -> str:
    return normalise_address(address).rpartition("@")[2]


def clean_domain(text: str) -> str:
    """A domain in normal form, as people write it ("@Example.COM"). Raises `ValidationError`."""
    domain = normalise_address(f"x@{text.strip().lstrip('@')}").rpartition("@")[2].rstrip(".")
    if not _DOMAIN.match(domain):
        raise ValidationError(_("This is no domain. It looks like example.com."))
    return domain


def may_register(address: str, brand: Brand) -> bool:
    """Whether somebody with this address may sign up at `brand`. Asks nothing about people."""
    if brand.registration == Registration.CLOSED:
        return False
    domain = domain_of(address)
    rules = DomainRule.objects.filter(Q(brand=brand) | Q(brand__isnull=True), domain__in=above(domain))
    return allows(Registration(brand.registration), domain, list(rules.values_list("domain", "verdict")))


def is_refused(address: str) -> bool:
    """Whether addresses like this are refused at every brand."""
    refused = DomainRule.objects.filter(brand__isnull=True, verdict=DomainRule.Verdict.REFUSE)
    return refused.filter(domain__in=above(domain_of(address))).exists()


def allows(registration: Registration, domain: str, rules: Iterable[tuple[str, str]]) -> bool:
    """The rule itself, of the rules about a domain and those above it. Pure."""
    rules = list(rules)
    if registration == Registration.CLOSED or any(verdict == DomainRule.Verdict.REFUSE for _domain, verdict in rules):
        return False
    return registration == Registration.OPEN or (domain, DomainRule.Verdict.ALLOW) in rules


def above(domain: str) -> list[str]:
    """ "a.example.com" -> itself, "example.com", "com"."""
    parts = domain.split(".")
    return [".".join(parts[start:]) for start in range(len(parts))]


def domains_with(verdict: str, *, brand: Brand | None) -> list[str]:
    """The domains with a verdict at one brand, or (None) at all of them."""
    return list(DomainRule.objects.filter(brand=brand, verdict=verdict).values_list("domain", flat=True))


def save_rules(brand: Brand | None, wanted: Mapping[str, list[str]], *, by: User) -> None:
    """The domains of each verdict at one brand, or (None) at all of them. Raises `ValidationError` for one with two."""
    given = [domain for domains in wanted.values() for domain in domains]
    if twice := sorted({domain for domain in given if given.count(domain) > 1}):
        words = {"domain": twice[0]}
        raise ValidationError({"refused": _("%(domain)s cannot be allowed and refused.") % words})
    with transaction.atomic():
        about = brand or Brand.objects.select_for_update(no_key=True).get(is_default=True)
        names = {verdict: f"{verdict}_domains" if brand else f"{verdict}_everywhere" for verdict in wanted}
        before = {names[verdict]: domains_with(verdict, brand=brand) for verdict in wanted}
        after = {names[verdict]: sorted(domains) for verdict, domains in wanted.items()}
        if before == after:
            return
        DomainRule.objects.filter(brand=brand).delete()
        DomainRule.objects.bulk_create(
            DomainRule(brand=brand, domain=domain, verdict=verdict)
            for verdict, domains in wanted.items()
            for domain in domains
        )
        note_change(about, before=before, after=after, by=by)


def confirm_address(person: User, address: str) -> None:
    """Note that `person` reads the mail of `address`, and let the domain's organisation have a new member.

    In the transaction of the caller.
    """
    address = normalise_address(address)
    mine = EmailAddress.objects.filter(user=person, address=address, verified_at__isnull=True)
    mine.update(verified_at=timezone.now())
    join_by_domain(person, address)


def join_by_domain(person: User, address: str) -> Membership | None:
    """The membership that a confirmed address brings; None when its domain is nobody's or `person` is in already."""
    rule = OrganisationDomain.objects.select_related("organisation").filter(domain=domain_of(address)).first()
    if rule is None or not person.is_customer:
        return None
    return add_member(person, rule.organisation, sees_all=rule.sees_all, by=system_actor("system"))


def add_member(person: User, organisation: Organisation, *, sees_all: bool, by: User) -> Membership | None:
    """`person` belongs to `organisation` from now on; None when that was so before."""
    with transaction.atomic():
        is_first = not person.memberships.filter(is_primary=True).exists()
        membership, is_new = Membership.objects.get_or_create(
            user=person, organisation=organisation, defaults={"is_primary": is_first, "sees_all": sees_all}
        )
        if not is_new:
            return None
        note_change(organisation, before={"people": {}}, after={"people": {person.email: sees_all}}, by=by)
    return membership


def save_domains(organisation: Organisation, wanted: dict[str, bool], *, by: User) -> None:
    """The domains of an organisation, each with whether its members see all requests; whoever has confirmed such an
    address belongs to it at once. Raises `ValidationError` when another organisation has one of them."""
    with transaction.atomic():
        others = OrganisationDomain.objects.exclude(organisation=organisation).select_related("organisation")
        if taken := others.filter(domain__in=wanted).first():
            words = {"domain": taken.domain, "organisation": taken.organisation}
            raise ValidationError({"domains": _("%(domain)s already belongs to %(organisation)s.") % words})
        mine = OrganisationDomain.objects.filter(organisation=organisation)
        before = dict(mine.values_list("domain", "sees_all"))
        if before == wanted:
            return
        mine.exclude(domain__in=wanted).delete()
        for domain, sees_all in wanted.items():
            OrganisationDomain.objects.update_or_create(
                organisation=organisation, domain=domain, defaults={"sees_all": sees_all}
            )
        note_change(organisation, before={"domains": before}, after={"domains": wanted}, by=by)
        for domain in wanted.keys() - before.keys():
            _let_known_join(domain)


def _let_known_join(domain: str) -> None:
    confirmed = EmailAddress.objects.filter(verified_at__isnull=False, address__endswith=f"@{domain}")
    for found in confirmed.select_related("user"):
        join_by_domain(found.user, found.address)
