"""Who else on the customer's side is kept in copy of a request: adding, removing, leaving."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets.actions import participants
from tickets.models import Participant
from tickets.participation import in_copy
from web.common.limits import PEOPLE_IN_COPY
from web.portal.forms import Answer, InCopy
from web.portal.readers import Reader, signed_in_reader
from web.portal.views.request import page


@require_POST
@signed_in_reader
def add(request: HttpRequest, reader: Reader) -> HttpResponse:
    if not reader.may_share:
        raise Http404
    form = InCopy(request.POST)
    if form.is_valid() and not PEOPLE_IN_COPY.take(reader.user.pk):
        form.add_error("address", _("You have added many people today. Try again tomorrow."))
    if form.is_valid():
        try:
            address = form.cleaned_data["address"]
            added = participants.add_address(reader.ticket, address, by=reader.user, cause=reader.cause)
        except ValidationError as error:
            form.add_error("address", error)
        else:
            words = _("%(address)s is in copy now.") if added else _("%(address)s gets every message already.")
            messages.success(request, words % {"address": address})
            return redirect("portal:request", reader.ticket.number)
    return page(request, reader, Answer(), status=422, in_copy=form)


@require_POST
@signed_in_reader
def remove(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """Oneself always, others for whoever may share the request."""
    found = _one(reader, pk)
    is_own = found.user_id == reader.user.pk
    if not is_own and not reader.may_share:
        raise Http404
    participants.remove(reader.ticket, found.user, by=reader.user, cause=reader.cause)
    if is_own:
        messages.success(request, _("You are no longer in copy of request no. %(number)s.") % _number(reader))
        return redirect("portal:home")
    messages.success(request, _("%(address)s is no longer in copy.") % {"address": found.user.email})
    return redirect("portal:request", reader.ticket.number)


def _one(reader: Reader, pk: int) -> Participant:
    found = in_copy(reader.ticket).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _number(reader: Reader) -> dict[str, str]:
    return {"number": reader.ticket.number}
