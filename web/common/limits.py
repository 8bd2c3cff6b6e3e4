"""How often something may be tried: counted in the cache, per address or person, within windows of fixed length.

While the cache is away nothing is limited; what must never happen is guarded by secrets that nobody guesses.
"""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@dataclass(frozen=True)
class Limit:
    """`most` times within so many `seconds`."""

    name: str
    most: int
    seconds: int

    def take(self, who: object) -> bool:
        """Count one try of `who`; False once there were too many."""
        key = self._key(who)
        cache.add(key, 0, self.seconds)
        try:
            return cache.incr(key) <= self.most
        except ValueError:  # it has run out between the two
            return True

    def is_reached(self, who: object) -> bool:
        """Whether the next try would be one too many; counts nothing."""
        return int(cache.get(self._key(who)) or 0) >= self.most

    def _key(self, who: object) -> str:
        return f"limit:{self.name}:{who}"


# People that a customer keeps in copy: each may bring a mail to somebody who did not ask for it.
PEOPLE_IN_COPY = Limit("people-in-copy", most=30, seconds=DAY)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as far as proxies of ours say so (T79); of IPv6 the network of one household."""
    text = str(get_adapter().get_client_ip(request))
    try:
        address = ip_address(text)
    except ValueError:
        return text
    return str(ip_network(f"{address}/64", strict=False)) if address.version == 6 else text
