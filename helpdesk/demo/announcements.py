"""What the portals of the demo tell their readers."""

from datetime import timedelta

from accounts.audit import save_with_rows
from accounts.models import User
from core.clock import now
from knowledge.models import Announcement
from knowledge.models.announcement import Level

TITLES = {
    "en": "New: articles that answer most questions",
    "de": "Neu: Artikel, die die meisten Fragen beantworten",
    "es": "Nuevo: artículos que responden a la mayoría de las preguntas",
    "pt": "Novo: artigos que respondem à maioria das perguntas",
}
TEXTS = {
    "en": "Search them before you write to us. You can still reach a person at any time.",
    "de": "Suchen Sie dort, bevor Sie uns schreiben. Einen Menschen erreichen Sie weiterhin jederzeit.",
    "es": "Búsquelos antes de escribirnos. Siempre puede hablar con una persona.",
    "pt": "Procure neles antes de nos escrever. Pode sempre falar com uma pessoa.",
}


def add_announcements(*, by: User) -> None:
    news = Announcement(level=Level.NEWS, titles=TITLES, texts=TEXTS, starts_at=now() - timedelta(days=2))
    save_with_rows(news, {"brands": []}, by=by)
