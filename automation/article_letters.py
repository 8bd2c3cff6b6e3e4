"""Mail about articles to those who have to do something now: a review is asked for, changes are, or it is approved."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.links import absolute
from knowledge.models import ArticleEvent, Revision
from knowledge.queries import publishers_of
from mail.letters import tell
from mail.texts import Text, fill

# A house with more reviewers than this has other ways to share out the work.
MOST = 50

ASKED = Text(
    _("Please review an article: {{ title }}"),
    _("Hello {{ name }},\n\n{{ author }} asks for a review of this article:\n#{{ number }} {{ title }}\n{{ link }}\n"),
)
SENT_BACK = Text(
    _("Your article needs changes: {{ title }}"),
    _(
        "Hello {{ name }},\n"
        "\n"
        "{{ author }} has looked at your article and asks for changes. The comments stand beside it:\n"
        "#{{ number }} {{ title }}\n"
        "{{ link }}\n"
    ),
)
APPROVED = Text(
    _("Your article is approved: {{ title }}"),
    _("Hello {{ name }},\n\n{{ author }} has approved your article:\n#{{ number }} {{ title }}\n{{ link }}\n"),
)


def write(event: ArticleEvent) -> None:
    """One letter to each whom it concerns, and none to who did it (settings.ARTICLE_WITHIN)."""
    if event.kind not in LETTERS or event.translation is None or event.revision is None or event.actor.is_system:
        return
    if event.kind == "published" and "publish_at" in event.data:  # the writer has heard of it when it was planned
        return
    people, text = LETTERS[event.kind]
    for person in people(event, event.revision):
        subject, body = fill(
            text,
            person.language,
            name=person.name,
            author=event.actor.name,
            number=event.article.number,
            title=event.revision.title,
            link=absolute(f"/desk/knowledge/{event.article.number}/{event.translation.language}/changes/"),
        )
        tell(person, subject=subject, body=body)


def _reviewers(event: ArticleEvent, revision: Revision) -> Iterable[User]:
    """Who may publish this article, other than its writer."""
    others = publishers_of(event.article).exclude(pk__in=[event.actor_id, revision.author_id])
    return others.order_by("pk")[:MOST]


def _writer(event: ArticleEvent, revision: Revision) -> Iterable[User]:
    author = revision.author
    return [author] if author.pk != event.actor_id and author.is_active and not author.is_system else []


LETTERS: Mapping[str, tuple[Callable[[ArticleEvent, Revision], Iterable[User]], Text]] = {
    "review_asked": (_reviewers, ASKED),
    "changes_asked": (_writer, SENT_BACK),
    "published": (_writer, APPROVED),
    "scheduled": (_writer, APPROVED),
}
