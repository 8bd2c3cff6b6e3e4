"""The catalogue of services as somebody sees it: what they are offered, in the order of the tree."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from accounts.models import Brand, User
from tickets.models import Service


class Catalogue:
    """Services that may be requested, and the topics that hold some. What is not offered is as good as not there."""

    def __init__(self, services: Iterable[Service]):
        """Of everything that somebody might see: what lies in something hidden is left out here."""
        every = {service.pk: service for service in services}
        shown = {pk for pk, service in every.items() if not service.is_topic and _is_reachable(service, every)}
        for pk in list(shown):
            shown |= set(_above(every[pk], every))
        self._rows: Mapping[int, Service] = {pk: row for pk, row in every.items() if pk in shown}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def get(self, pk: int) -> Service | None:
        return self._rows.get(pk)

    def inside(self, topic: Service | None) -> Sequence[Service]:
        """What lies directly in a topic, or on the first page."""
        return self._inside.get(topic.pk if topic else None, ())

    def above(self, service: Service) -> Sequence[Service]:
        """The topics that a service lies in, the outermost first."""
        return [self._rows[pk] for pk in reversed(_above(service, self._rows))]

    @property
    def services(self) -> Sequence[Service]:
        """Without the topics."""
        return [row for row in self._rows.values() if not row.is_topic]

    @cached_property
    def _inside(self) -> Mapping[int | None, Sequence[Service]]:
        found: dict[int | None, list[Service]] = {}
        for row in self._rows.values():
            found.setdefault(row.parent_id, []).append(row)
        return found


def catalogue_for(user: User | None, brand: Brand | None) -> Catalogue:
    """What `user` (None: somebody who is not signed in) may request in the portal of this brand; one query."""
    services = Service.objects.offered_to(user, brand).select_related("queue", "type", "priority")
    return Catalogue(services)


def _is_reachable(service: Service, every: Mapping[int, Service]) -> bool:
    above = _above(service, every)
    return every[above[-1]].parent_id is None if above else service.parent_id is None


def _above(service: Service, every: Mapping[int, Service]) -> list[int]:
    """The nearest first; it ends before what is not there."""
    found: list[int] = []
    while (parent := service.parent_id) is not None and parent in every and parent not in found:
        service = every[parent]
        found.append(parent)
    return found
