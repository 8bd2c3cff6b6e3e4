"""Does a message of an agent go to whom it should? What looks wrong waits until somebody says "send anyway".

Pure but for `known_among`. A mistyped domain, many people nobody has written with before, somebody who is to get no
mail: each is a doubt that an agent can see and dispel. Whoever has written to us has no mistyped address.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import EmailAddress
from core.text import normalise_address
from mail.models import Incoming, Outgoing
from mail.rules import lists

TYPO, MANY, DENIED = "typo", "many", "denied"

# More recipients than these are many whatever they are.
MOST_LOOKED_UP = 50
# Slips of the finger that mail programs do not notice; written once, so that no real domain can be among them.
SLIPS: Mapping[str, Sequence[str]] = {
    "gmail.com": ("gmial.com", "gmai.com", "gmal.com", "gamil.com", "gnail.com", "gmaill.com", "gmail.co", "gmil.com"),
    "googlemail.com": ("googelmail.com", "googlemial.com", "goglemail.com"),
    "hotmail.com": ("hotmial.com", "hotmai.com", "hotnail.com", "hotmal.com", "hotamil.com", "homtail.com"),
    "outlook.com": ("outlok.com", "outloook.com", "oulook.com", "outllok.com", "otlook.com", "outook.com"),
    "yahoo.com": ("yaho.com", "yahooo.com", "yhaoo.com", "yahho.com", "yaoo.com", "yhoo.com"),
    "icloud.com": ("iclod.com", "icoud.com", "icluod.com", "iclould.com"),
    "web.de": ("wed.de", "wbe.de", "web.ed"),
    "gmx.de": ("gxm.de", "gmx.ed", "gmxx.de"),
    "gmx.net": ("gmx.nte", "gmx.ent", "gxm.net"),
    "t-online.de": ("t-onlien.de", "t-onlin.de", "t-oline.de", "tonline.de", "t-online.ed"),
    "freenet.de": ("freent.de", "freenet.ed", "frenet.de"),
    "terra.com.br": ("tera.com.br", "terra.com.rb"),
    "uol.com.br": ("uol.com.rb", "oul.com.br"),
    "telefonica.net": ("telefonica.nte", "telefnica.net"),
}
# Ends of names that no domain has.
WRONG_ENDS: Mapping[str, str] = {
    ".con": ".com",
    ".cmo": ".com",
    ".ocm": ".com",
    ".comm": ".com",
    ".vom": ".com",
    ".xom": ".com",
    ".nte": ".net",
    ".ent": ".net",
    ".ogr": ".org",
    ".rog": ".org",
}
_MEANT = {slip: meant for meant, slips in SLIPS.items() for slip in slips}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the house holds back; `never` is a text with an address or a domain per line."""

    most_new: int
    typos: bool
    never: str = ""


def meant_by(address: str) -> str:
    """The address that was probably meant, or nothing when this one looks right."""
    local, at, domain = address.rpartition("@")
    domain = domain.lower()
    meant = _MEANT.get(domain, "")
    if not meant:
        meant = next((domain[: -len(end)] + right for end, right in WRONG_ENDS.items() if domain.endswith(end)), "")
    return f"{local}{at}{meant}" if meant else ""


def doubts_about(addresses: Sequence[str], *, known: Collection[str], limits: Limits) -> list[dict[str, Any]]:
    """Why these recipients should be looked at, as plain values. `known` are those we have had mail from or to."""
    found: list[dict[str, Any]] = []
    new = [address for address in addresses if normalise_address(address) not in known]
    found += [{"code": DENIED, "address": a} for a in addresses if limits.never and lists(limits.never, a)]
    if limits.typos:
        slips = ((address, meant_by(address)) for address in new)
        found += [{"code": TYPO, "address": address, "meant": meant} for address, meant in slips if meant]
    if limits.most_new and len(new) > limits.most_new:
        found.append({"code": MANY, "number": len(new)})
    return found


def known_among(addresses: Sequence[str]) -> set[str]:
    """Who of them has written to us, or has got mail of ours that left."""
    wanted = {normalise_address(address) for address in addresses}
    written = set(Incoming.objects.filter(sender__in=wanted).values_list("sender", flat=True).distinct())
    left = wanted - written
    if not left:
        return written
    verified = EmailAddress.objects.filter(address__in=left).exclude(verified_at=None).values_list("address", flat=True)
    left -= set(verified)
    return written | set(verified) | {one for one in list(left)[:MOST_LOOKED_UP] if _has_got(one)}


def _has_got(address: str) -> bool:
    mine = Outgoing.objects.filter(domains__contains=[address.rpartition("@")[2]])
    return mine.filter(recipients__contains=[{"address": address, "state": "sent"}]).exists()


def in_words(doubt: Mapping[str, Any]) -> str:
    """One doubt as a sentence for the agent who decides."""
    if doubt["code"] == DENIED:
        return _("%(address)s is on the list of addresses that get no mail.") % doubt
    if doubt["code"] == TYPO:
        return _("%(address)s looks mistyped. Was %(meant)s meant?") % doubt
    number = doubt["number"]
    sentence = ngettext(
        "%(number)s recipient has never written here or been written to.",
        "%(number)s recipients have never written here or been written to.",
        number,
    )
    return sentence % {"number": number}
