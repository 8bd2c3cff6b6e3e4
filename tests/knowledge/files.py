"""Files of articles in tests."""

from accounts.people import system_actor
from knowledge.actions.drafting import add_file, save_draft
from knowledge.actions.publishing import publish as publish_words
from knowledge.models import Article, ArticleFile
from knowledge.writing import Words
from tickets.messages import File


def attached(made: Article, *, publish: bool, name: str = "manual.pdf") -> ArticleFile:
    """A file below the newest words; `publish` shows them to readers."""
    by = system_actor("system")
    file = add_file(made, File(name, "application/pdf", name.encode() * 5), by=by)
    latest = made.translations.get(language=made.language).latest
    files = (*ArticleFile.objects.filter(pk__in=latest.files), file) if publish else (file,)
    words = Words(latest.title, latest.body, latest.summary, tuple(latest.keywords), files if publish else ())
    save_draft(made, made.language, words, by=by)
    if publish:
        publish_words(made.translations.get(language=made.language), by=system_actor("rules"))
    return file


def picture_of(made: Article) -> ArticleFile | None:
    return made.files.filter(is_inline=True).first()
