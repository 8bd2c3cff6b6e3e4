"""Making and changing queues: configuration, so every change is audited."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import save_audited
from accounts.models import User
from tickets.models.queue import SEPARATOR, Queue


def save_queue(queue: Queue, *, by: User) -> Queue:
    """Save a new or changed queue and the paths of everything below it.

    Raises `ValidationError` when it would lie inside itself, when the path is taken, or when there is another queue for
    unwanted messages.
    """
    with transaction.atomic():
        if queue.parent and (queue.parent_id == queue.pk or _lies_below(queue.parent, queue)):
            raise ValidationError({"parent": _("A queue cannot lie inside itself.")})
        queue.path = path_of(queue)
        if Queue.objects.filter(path=queue.path).exclude(pk=queue.pk).exists():
            raise ValidationError({"name": _("There is already a queue with this name here.")})
        if queue.is_junk and queue.is_active:
            _refuse_second_junk(queue)
        save_audited(queue, by=by)
        _save_paths_below(queue)
    return queue


def path_of(queue: Queue) -> str:
    return f"{queue.parent.path}{SEPARATOR}{queue.name}" if queue.parent else queue.name


def _refuse_second_junk(queue: Queue) -> None:
    if other := Queue.objects.active().filter(is_junk=True).exclude(pk=queue.pk).first():
        raise ValidationError({"is_junk": _("Unwanted messages go to %(queue)s already.") % {"queue": other.place}})


def _lies_below(queue: Queue, top: Queue) -> bool:
    return queue.path.startswith(f"{Queue.objects.get(pk=top.pk).path}{SEPARATOR}") if top.pk else False


def _save_paths_below(queue: Queue) -> None:
    for child in queue.children.all():
        child.path = f"{queue.path}{SEPARATOR}{child.name}"
        child.save(update_fields=["path"])
        _save_paths_below(child)
