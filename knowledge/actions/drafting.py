"""Writing: a new article, a new version of it in a language, an old version again, and the files."""

from dataclasses import replace

from accounts.models import User
from core.blobs import store
from core.text import clean_filename, clean_line
from knowledge.actions.settling import apply_facts
from knowledge.changes import Refused, locked, note, refuse_archived, refuse_newer
from knowledge.models import Article, ArticleFile, Revision, State, Translation
from knowledge.numbers import next_number
from knowledge.writing import CleanWords, Facts, Words, cleaned
from tickets.messages import File
from tickets.pictures import pictures_of
from tickets.scanning import have_checked


def start_article(facts: Facts, language: str, words: Words, *, by: User) -> Article:
    """A new article whose original is in `language`, as a draft. Raises `Refused` without a title."""
    if not clean_line(words.title, 200):
        raise Refused("no_title")
    facts = replace(facts, owner=facts.owner or by)
    article = Article.objects.create(
        number=next_number(), category=facts.category, language=language, owner=facts.owner
    )
    with locked(article) as row:
        apply_facts(row, facts)
        note(row, "started", by=by)
        _write(row, language, None, words, by=by)
    article.refresh_from_db()
    return article


def save_draft(article: Article, language: str, words: Words, *, by: User, seen: int | None = None) -> Revision:
    """A new version in one language, which may be new to the article; the one there is when it says the same.

    What readers see stays as it is. What is in review stays so; what was scheduled has to be approved anew. `seen` is
    the number of the newest revision the writer saw, 0 for none. Raises `Stale`, and `Refused` when it is archived or
    has no title.
    """
    with locked(article) as row:
        refuse_archived(row)
        translation = row.translations.select_related("latest").filter(language=language).first()
        refuse_newer(translation, seen=seen)
        return _write(row, language, translation, words, by=by)


def restore_revision(revision: Revision, *, by: User, seen: int | None = None) -> Revision:
    """The words of an old version as the newest one, with its files. Raises `Stale` and `Refused`."""
    translation = revision.translation
    files = ArticleFile.objects.filter(pk__in=revision.files)
    words = Words(
        title=revision.title,
        body=revision.body,
        summary=revision.summary,
        keywords=tuple(revision.keywords),
        files=tuple(file for file in files if not file.is_inline),
        note=f"↺ {revision.number}",
    )
    return save_draft(translation.article, translation.language, words, by=by, seen=seen)


def add_file(article: Article, file: File, *, by: User) -> ArticleFile:
    """Keep a file. Readers get it once something published names it; the words say so (`Words.files`)."""
    with locked(article) as row:
        refuse_archived(row)
        return _keep_file(row, file, by=by)


def _write(article: Article, language: str, translation: Translation | None, words: Words, *, by: User) -> Revision:
    _adopt_pictures(article, words.body, by=by)
    said = cleaned(words, files=article.files.all())
    if not said.title:
        raise Refused("no_title")
    if translation is None:
        translation = Translation.objects.create(article=article, language=language)
    source = words.of_revision or (None if translation.latest else _source(article, language))
    if said.same_as(translation.latest) and source in (None, translation.of_revision):
        return translation.latest  # type: ignore[return-value]  # `same_as` has seen that there is one
    revision = _revision(translation, said, by=by)
    translation.latest = revision
    translation.of_revision = source or translation.of_revision
    if translation.state != State.IN_REVIEW:
        translation.state = State.DRAFT
    translation.publish_at, translation.approved_by = None, None
    translation.save(update_fields=["latest", "of_revision", "state", "publish_at", "approved_by"])
    note(article, "written", by=by, translation=translation, revision=revision)
    return revision


def _revision(translation: Translation, said: CleanWords, *, by: User) -> Revision:
    number = translation.latest.number + 1 if translation.latest else 1
    return Revision.objects.create(translation=translation, number=number, author=by, **vars(said))


def _source(article: Article, language: str) -> Revision | None:
    """What a first translation is made from: what readers see of the original, else its newest words."""
    if language == article.language:
        return None
    original = article.translations.select_related("published", "latest").filter(language=article.language).first()
    return (original.published or original.latest) if original else None


def _adopt_pictures(article: Article, body: str, *, by: User) -> None:
    """Pictures that the writer has just put into the text become files of the article."""
    known = set(article.files.exclude(content_id="").values_list("content_id", flat=True))
    for picture in pictures_of(body, by=by):
        if picture.content_id not in known:
            _keep_file(article, picture, by=by)


def _keep_file(article: Article, file: File, *, by: User) -> ArticleFile:
    kept = ArticleFile.objects.create(
        article=article,
        name=clean_filename(file.name),
        content_type=clean_line(file.content_type.lower(), 150) or "application/octet-stream",
        size=len(file.content),
        digest=store(file.content),
        is_inline=file.is_inline,
        content_id=clean_line(file.content_id, 250),
        added_by=by,
    )
    have_checked([kept])
    return kept
