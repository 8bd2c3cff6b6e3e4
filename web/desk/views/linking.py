"""Which tickets belong together."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets import options
from tickets.actions import linking
from tickets.models import Link, LinkKind, Ticket
from tickets.models.link import link_words
from web.common.access import agent_required
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change
from web.desk.others import chosen_other, groups_of
from web.desk.tickets import ticket_or_404

# How a link may be read from here; the second half are the same links from their other end.
WAYS = [*LinkKind.values, f"{LinkKind.PARENT}_of", f"{LinkKind.DUPLICATE}_of", f"{LinkKind.CAUSED}_of"]


@ask_or_change
@agent_required
def link(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    if request.method != "POST":
        return ask(request, ticket, _question(request, ticket))
    other = chosen_other(request, options.link_targets(request.user, ticket), "other")
    way = request.POST.get("way", LinkKind.NORMAL)
    if other is None or way not in WAYS:
        return ask(request, ticket, _question(request, ticket, refused=_("Choose a ticket you may see.")))
    kind = way.removesuffix("_of")
    source, target = (other, ticket) if way.endswith("_of") else (ticket, other)
    try:
        made = linking.link(source, target, kind, by=request.user)
    except linking.NotLinkable as error:
        return ask(request, ticket, _question(request, ticket, refused=words_for(error.code)))
    done = _("Linked with #%(number)s.") % {"number": other.number}
    return answers.went_well(request, ticket, done if made else "")


@require_POST
@agent_required
def unlink(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A link whose other end the agent may not see is not there."""
    ticket = ticket_or_404(request, number, "write")
    found = Link.objects.select_related("source", "target").filter(pk=pk).first()
    if found is None:
        # somebody else was faster, which comes to the same
        return answers.went_well(request, ticket, "")
    ends = [found.source, found.target]
    if ticket not in ends or not all(end.allows(request.user, "read") for end in ends):
        raise Http404
    done = _("The link is removed.") if linking.unlink(found, by=request.user) else ""
    return answers.went_well(request, ticket, done)


def words_for(code: str) -> str:
    return {
        "itself": _("A ticket cannot be linked to itself."),
        "circle": _("The other ticket is above this one already, so it cannot be below it too."),
    }[code]


def _question(request: HttpRequest, ticket: Ticket, *, refused: str = "") -> Question:
    targets = options.link_targets(request.user, ticket)
    chosen = request.POST.get("way", LinkKind.NORMAL)
    return Question(
        url=reverse("desk:link", args=[ticket.number]),
        title=_("Link with another ticket"),
        body="desk/ask/link.html",
        refused=refused,
        more={
            "ways": [{"value": way, "label": link_words(way), "chosen": way == chosen} for way in WAYS],
            "groups": groups_of(targets, ticket, words=request.POST.get("q", ""), agent=request.user),
            "purpose": "link",
        },
    )
