"""Setting processes up: drafts, publishing, retiring, import and export. Every change is audited."""

from collections.abc import Iterable
from copy import copy

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.audit import Stale, note, note_change, remove_audited, save_with_rows
from accounts.models import ConfigChange, User
from core.clock import now
from core.text import clean_line
from processes.checking import problems_of
from processes.editing import blank, with_process
from processes.models import Process, Run, Version
from processes.reading import decoded, read_drawing
from processes.refusals import NotPublishable, Refused
from tickets.models import Queue, Service

State = Version.State


def create(
    process: Process, *, xml: str | bytes = "", queues: Iterable[Queue] = (), services: Iterable[Service] = (), by: User
) -> Process:
    """A new process with a first draft, an almost empty one without `xml`. Raises `ValidationError` by field, and
    `Unreadable` for what is no drawing."""
    text = decoded(xml) if xml else blank(process.name)
    read_drawing(text)
    with transaction.atomic():
        save_process(process, queues=queues, services=services, by=by)
        Version.objects.create(process=process, number=1, xml=text, saved_by=by)
    return process


def save_process(process: Process, *, queues: Iterable[Queue], services: Iterable[Service], by: User) -> Process:
    """Keep name, key and where it can be started. The key of a known one never changes. Raises `ValidationError`."""
    process.name = clean_line(process.name, 100)
    if process.pk:
        process.key = Process.objects.values_list("key", flat=True).get(pk=process.pk)
    if not process.name:
        raise ValidationError({"name": _("Give it a name.")})
    process.full_clean(exclude=["active"])
    save_with_rows(process, {"queues": list(queues), "services": list(services)}, by=by)
    return process


def remove(process: Process, *, by: User) -> None:
    """Only one that no ticket has had. Raises `Refused`."""
    with transaction.atomic():
        row = Process.objects.select_for_update(of=("self",)).get(pk=process.pk)
        if Run.objects.filter(version__process=row).exists():
            raise Refused("used")
        row.active = None
        row.save(update_fields=["active"])
        remove_audited(row, by=by)


def save_draft(process: Process, xml: str | bytes, *, comment: str = "", seen: int | None = None, by: User) -> Version:
    """Keep the drawing as the draft; it may have problems that forbid publishing it.

    `seen` is the newest version that the person saw, by its id: raises `Stale` when somebody has saved since. Raises
    `Unreadable` for what is no drawing.
    """
    text = decoded(xml)
    read_drawing(text)
    with transaction.atomic():
        newest = _newest(process)
        if seen is not None and newest is not None and newest.pk != seen:
            raise Stale([])
        draft = newest if newest is not None and newest.is_draft else None
        if draft is None:
            draft = Version(process=process, number=(newest.number if newest else 0) + 1)
        elif draft.xml == text and draft.comment == comment:
            return draft
        draft.xml, draft.comment = text, clean_line(comment, 200)
        draft.saved_by, draft.saved_at = by, now()
        draft.save()
        return draft


def discard_draft(process: Process, *, by: User) -> None:
    """The published version is what counts again. Raises `Refused` where there is no draft, or nothing else."""
    with transaction.atomic():
        draft = _draft(process)
        if not process.versions.exclude(pk=draft.pk).exists():
            raise Refused("nothing")
        note(draft, action=ConfigChange.Action.REMOVED, before={"number": draft.number}, after={}, by=by)
        draft.delete()


def publish(process: Process, *, by: User) -> Version:
    """The draft becomes what new tickets run; those that run keep their version.

    Raises `Refused` where there is no draft, and `NotPublishable` with what is wrong in it.
    """
    with transaction.atomic():
        draft = _draft(process)
        if problems := problems_of(read_drawing(draft.xml), process=process):
            raise NotPublishable(problems)
        before = _published(process)
        process.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED)
        draft.state, draft.published_at = State.PUBLISHED, now()
        draft.save(update_fields=["state", "published_at"])
        row = Process.objects.get(pk=process.pk)
        row.active = draft
        row.save(update_fields=["active"])
        note_change(row, before={"published": before}, after={"published": draft.number}, by=by)
    process.active = draft
    return draft


def retire(process: Process, *, by: User) -> None:
    """No ticket begins it any more; those that run go on."""
    with transaction.atomic():
        row = Process.objects.select_for_update(of=("self",)).get(pk=process.pk)
        before = _published(row)
        row.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED)
        row.active = None
        row.save(update_fields=["active"])
        note_change(row, before={"published": before}, after={"published": None}, by=by)
    process.active = None


def import_drawing(xml: str | bytes, *, name: str = "", by: User) -> Process:
    """A new process from a file of any tool, as a draft whose layout and foreign parts stay as they are.

    Raises `Unreadable`. What cannot run is shown in the draft, and forbids publishing it.
    """
    drawing = read_drawing(xml)
    name = clean_line(name or drawing.name, 100) or _("Imported process")
    return create(Process(name=name, key=free_key(name)), xml=xml, by=by)


def export(version: Version) -> tuple[str, bytes]:
    """The name of the file, and its content: exactly what was saved."""
    return f"{version.process.key}-{version.number}.bpmn", version.xml.encode()


def copy_of(process: Process, *, by: User) -> Process:
    """A new process with the newest drawing of this one, as a draft."""
    newest = _newest(process)
    assert newest is not None
    twin = copy(process)
    twin.pk, twin.active, twin._state.adding = None, None, True
    twin.name = clean_line(_("%(name)s (copy)") % {"name": process.name}, 100)
    twin.key = free_key(twin.name)
    return create(twin, xml=with_process(newest.xml, name=twin.name), by=by)


def free_key(name: str) -> str:
    """A key made of the name that no process has yet."""
    base = slugify(name)[:40].strip("-_") or "process"
    base = base if base[0].isalpha() else f"p-{base}"
    taken = set(Process.objects.filter(key__startswith=base).values_list("key", flat=True))
    return base if base not in taken else next(key for n in range(2, 1000) if (key := f"{base}-{n}") not in taken)


def _newest(process: Process) -> Version | None:
    Process.objects.select_for_update(of=("self",)).get(pk=process.pk)
    return process.versions.order_by("-number").first()


def _draft(process: Process) -> Version:
    newest = _newest(process)
    if newest is None or not newest.is_draft:
        raise Refused("nothing")
    return newest


def _published(process: Process) -> int | None:
    return process.versions.filter(state=State.PUBLISHED).values_list("number", flat=True).first()
