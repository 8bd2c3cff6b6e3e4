"""Announcements as readers of the portal see them: above every page, or on the first pages."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Brand, User
from core.clock import now
from knowledge.models.announcement import Announcement, Level

# Kind of the banner and its sign.
LOOKS = {
    Level.NEWS: ("info", "info"),
    Level.MAINTENANCE: ("warn", "wrench"),
    Level.DISRUPTION: ("danger", "warn"),
    Level.SOLVED: ("ok", "check-circle"),
}


@dataclass(frozen=True)
class Shown:
    title: str
    text: str
    language: str
    # What sort of news it is, in a word.
    word: str
    kind: str
    icon: str
    since: datetime

    @classmethod
    def of(cls, one: Announcement) -> "Shown":
        kind, icon = LOOKS[Level(one.level)]
        word = str(one.get_level_display())
        return cls(one.title, one.text, one.reading_language, word, kind, icon, one.starts_at)


@dataclass(frozen=True)
class Announcements:
    """`band` stands above every page, `news` on the first pages; disruptions come first."""

    band: list[Shown]
    news: list[Shown]


def announcements_for(user: User | None, brand: Brand | None) -> Announcements:
    """What `user`, or a visitor, is told on the portal of `brand` now. One query."""
    running = list(Announcement.objects.shown_to(user, brand, now()))
    running.sort(key=lambda one: one.level != Level.DISRUPTION)
    return Announcements(
        band=[Shown.of(one) for one in running if one.is_banner],
        news=[Shown.of(one) for one in running if not one.is_banner],
    )
