"""Queues: the tree, one queue with its addresses and rights, and who can see it and why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from core.counting import LIMIT, capped, counts
from tickets.actions.queues import save_queue
from tickets.customfields import fields_for
from tickets.grants import Holder, grants_in, holders, replace_grants_on
from tickets.models import Queue, ReplyTemplate, Ticket
from tickets.models.queue import SEPARATOR
from tickets.rights import RIGHTS, agents_with
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.following import progress_about
from web.setup.forms.problems import Problem, problems
from web.setup.forms.queues import QueueForm
from web.setup.forms.rights import LABELS, RightsTable, Subject
from web.setup.pages import attempt_on, form_page, page, standing
from web.setup.panels import Panel, queue_panels
from web.setup.retiring import before_retiring
from web.setup.sections import QUEUES

MAX_TEMPLATES = 20


@require_safe
@administrator_required
def queues(request: HttpRequest) -> HttpResponse:
    rows = Queue.objects.prefetch_related("mail_addresses").order_by("path")
    found = _open_tickets()
    shown = [(queue, _depth(queue), found.get(queue.pk)) for queue in rows]
    return page(request, "queues/list", section=QUEUES, queues=shown)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def queue_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Queue())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def queue(request: HttpRequest, pk: int) -> HttpResponse:
    parts = ("parent", "mail_intake", "hours", "assignment", "survey_rule")
    return _edit(request, get_object_or_404(Queue.objects.select_related(*parts), pk=pk))


@require_safe
@administrator_required
def queue_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has which rights here, and by which grant."""
    shown = get_object_or_404(Queue, pk=pk)
    rows = [(one.person, _labels(one), _reasons(one)) for one in holders(shown)]
    return page(request, "queues/people", section=QUEUES, queue=shown, rows=rows)


@dataclass(frozen=True)
class QueuePage:
    """Everything on the page of a queue that can be saved."""

    form: QueueForm
    panels: list[tuple[Panel, Any]]
    rights: RightsTable

    @property
    def forms(self) -> list[Any]:
        return [self.form, *(one for _panel, form in self.panels for one in form.forms)]

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(form.is_valid() for _panel, form in self.panels)])

    def problems(self) -> list[Problem]:
        return [*problems(*self.forms), *(one for _panel, form in self.panels for one in form.problems())]

    def save(self, *, by) -> Queue:
        saved = save_queue(self.form.instance, by=by)
        for panel, form in self.panels:
            panel.save(form, saved, by=by)
        replace_grants_on(saved, self.rights.wanted, shown=self.rights.shown, by=by)
        return saved


def _edit(request: HttpRequest, queue: Queue) -> HttpResponse:
    title, is_new, dependents = queue.name, queue.pk is None, []
    shown = _page_of(queue, request)
    if request.method == "POST" and "more" not in request.POST and shown.is_valid():
        dependents = before_retiring(queue, shown.form, request)
        if not dependents and attempt_on(queue, request, shown.form, lambda: shown.save(by=request.user)):
            messages.success(request, _("Saved: %(name)s") % {"name": queue.place})
            return redirect("setup:queue", queue.pk)
    if is_new:
        queue.pk = None  # a refused save has given it one
    if getattr(shown.form, "conflicts", None):
        shown.rights.accept_news()
    context = {
        "title": title,
        "is_new": is_new,
        "pk": queue.pk,
        "problems": shown.problems() if shown.form.is_bound else [],
        "dependents": dependents,
        "facts": None if is_new else _facts(queue),
        "history": history_of(queue),
        "progress": None if is_new else progress_about(queue.path),
        **standing(request, queue, shown.form),
    }
    return form_page(request, "queues/edit", section=QUEUES, queue=queue, shown=shown, **context)


def _facts(queue: Queue) -> dict[str, Any]:
    """What the head of the page says: how much lies there, who works it, and what they answer with."""
    offered = ReplyTemplate.objects.filter(Q(queues=None) | Q(queues__in=queue.line), is_active=True).distinct()
    number = counts(tickets=Ticket.objects.open().filter(queue=queue))["tickets"]
    words = ngettext("%(number)s open ticket", "%(number)s open tickets", number) % capped(number)
    return {
        "tickets": words,
        "agents": len(agents_with("read", queue)),
        "templates": list(offered[:MAX_TEMPLATES]),
        "fields": fields_for(queue, None),
    }


def _open_tickets() -> dict[int, str]:
    """How many open tickets lie in each queue, counted no further than others are counted; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue.id, number FROM tickets_queue AS queue, LATERAL (SELECT count(*) AS number FROM ("
            "SELECT 1 FROM tickets_ticket WHERE queue_id = queue.id AND closed_at IS NULL LIMIT %s) AS few) AS counted",
            [LIMIT],
        )
        return {pk: capped(number)["number"] for pk, number in cursor.fetchall()}


def _page_of(queue: Queue, request: HttpRequest) -> QueuePage:
    if request.method != "POST":
        return _made(queue, QueueForm(instance=queue), lambda panel: panel.form(queue, None), None)
    data = request.POST
    if "more" in data:
        typed = QueueForm(instance=queue, initial={name: data.get(name) for name in QueueForm.base_fields})
        return _made(queue, typed, lambda panel: panel.more(queue, data), data)
    return _made(queue, QueueForm(data, instance=queue), lambda panel: panel.form(queue, data), data)


def _made(queue: Queue, form: QueueForm, panel_form: Callable[[Panel], Any], data) -> QueuePage:
    return QueuePage(form, [(panel, panel_form(panel)) for panel in queue_panels()], _rights_table(queue, data))


def _rights_table(queue: Queue, data) -> RightsTable:
    """Roles times rights on this queue, with what they inherit from the queues above."""
    above = _above(queue)
    tables = grants_in([*([queue.pk] if queue.pk else []), *above])
    subjects = []
    for role in Role.objects.select_related("group").order_by("group__name"):
        inherited = [(name, tables[pk][role.group_id]) for pk, name in above.items() if role.group_id in tables[pk]]
        subjects.append(Subject(role.group_id, role.group.name, role.pk, inherited))
    return RightsTable(subjects, tables.get(queue.pk, {}) if queue.pk else {}, data)


def _above(queue: Queue) -> dict[int, str]:
    """The queues above and their names, nearest first."""
    ids = queue.line[1:]
    names = dict(Queue.objects.filter(pk__in=ids).values_list("pk", "path")) if ids else {}
    return {pk: names[pk] for pk in ids}


def _labels(holder: Holder) -> list[str]:
    """What somebody may do; "everything" says it all."""
    rights = ["write"] if "write" in holder.rights else [right for right in RIGHTS if right in holder.rights]
    return [str(LABELS[right]) for right in rights]


def _reasons(holder: Holder) -> list[str]:
    """Each grant as one sentence, the nearest first."""
    reasons = []
    for way in holder.ways:
        words = {"right": LABELS.get(way.right, way.right), "queue": way.queue.place, "role": way.role}
        if way.role:
            reasons.append(_("“%(right)s” on %(queue)s, as a member of %(role)s") % words)
        else:
            reasons.append(_("“%(right)s” on %(queue)s, granted personally") % words)
    return reasons


def _depth(queue: Queue) -> int:
    return min(queue.path.count(SEPARATOR), 4)
