"""Two tickets become one, and two again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from tickets import options
from tickets.actions.merging import NotMergeable, merge, unmerge
from tickets.models import Ticket
from web.common.access import agent_required
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change
from web.desk.others import chosen_other, groups_of
from web.desk.tickets import ticket_or_404

TARGETS = {"merge": ("write", options.merge_targets), "link": ("write", options.link_targets)}


@require_safe
@agent_required
def others(request: HttpRequest, number: str) -> HttpResponse:
    """The options of a picker of tickets: `?for=merge` or `?for=link`, `?q=` a number or words."""
    purpose = request.GET.get("for", "")
    if purpose not in TARGETS:
        raise Http404
    right, targets = TARGETS[purpose]
    ticket = ticket_or_404(request, number, right)
    groups = groups_of(targets(request.user, ticket), ticket, words=request.GET.get("q", ""), agent=request.user)
    return render(request, "desk/ask/others.html", {"groups": groups, "name": "other"})


@ask_or_change
@agent_required
def into(request: HttpRequest, number: str) -> HttpResponse:
    """First the other ticket is chosen, then what will happen is shown, then it happens."""
    ticket = ticket_or_404(request, number, "write")
    targets = options.merge_targets(request.user, ticket)
    if request.method != "POST" and not request.GET.get("other"):
        return ask(request, ticket, _choice(request, ticket))
    other = chosen_other(request, targets, "other")
    if other is None:
        return ask(request, ticket, _choice(request, ticket, refused=_("Choose a ticket you may change.")))
    if "sure" not in request.POST:
        return ask(request, ticket, _preview(ticket, other))
    try:
        merged = merge(ticket, other, by=request.user)
    except NotMergeable as error:
        return ask(request, ticket, _choice(request, ticket, refused=words_for(error.code)))
    if merged is not None:
        said = _("#%(number)s is merged into this ticket.") % {"number": ticket.number}
        messages.success(request, said)
    return _to(request, other)


@require_POST
@agent_required
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take a merge back; that changes the other ticket too, so the right on it is needed as well."""
    ticket = ticket_or_404(request, number, "write")
    if ticket.merged_into is not None and not ticket.merged_into.allows(request.user, "write"):
        return answers.refused(request, ticket, _("It was merged into a ticket you may not change."))
    try:
        undone = unmerge(ticket, by=request.user)
    except NotMergeable as error:
        return answers.refused(request, ticket, words_for(error.code))
    if undone is not None:
        messages.success(request, _("The merge is undone."))
    return _to(request, ticket)


def words_for(code: str) -> str:
    return {
        "itself": _("A ticket cannot be merged into itself."),
        "merged": _("One of the two is part of another ticket already."),
        "removed": _("One of the two is in the trash. Restore it first."),
        "unknown": _("Nothing is known of how this merge was done, so it cannot be undone."),
    }[code]


def _choice(request: HttpRequest, ticket: Ticket, *, refused: str = "") -> Question:
    targets = options.merge_targets(request.user, ticket)
    return Question(
        url=reverse("desk:merge", args=[ticket.number]),
        title=_("Merge #%(number)s into another ticket") % {"number": ticket.number},
        body="desk/ask/merge.html",
        refused=refused,
        more={"groups": groups_of(targets, ticket, words="", agent=request.user), "purpose": "merge"},
    )


def _preview(ticket: Ticket, other: Ticket) -> Question:
    """What will happen, in numbers."""
    return Question(
        url=reverse("desk:merge", args=[ticket.number]),
        title=_("Merge #%(number)s into another ticket") % {"number": ticket.number},
        button=_("Merge into #%(number)s") % {"number": other.number},
        body="desk/ask/merge_preview.html",
        is_last_step=True,
        more={
            "other": other,
            "message_count": ticket.articles.count(),
            "minutes": ticket.time_spent,
            "watcher_count": ticket.watchers.count(),
            "others_customer": other.customer_id != ticket.customer_id,
            "is_closed": not other.is_open,
        },
    )


def _to(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    target = reverse("desk:ticket", args=[ticket.number])
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
