"""The audit log: who changed which setting when, and what it was before; as a list and as a table to take away."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import note_export
from accounts.models import ConfigChange, User
from core.pagination import page_of
from core.sheets import csv_of
from web.common.access import administrator_required
from web.setup.changes import KINDS, Described, described
from web.setup.pages import listing, page
from web.setup.sections import AUDIT

# Lines in one table to take away, the newest; with dates one gets the others.
MOST_LINES = 5000


class Filter(forms.Form):
    """What is shown; what cannot be read does not filter."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", pgettext_lazy("changes", "All")), *KINDS.items()]
    )
    person = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Person"),
        required=False,
        empty_label=pgettext_lazy("people", "Everybody"),
    )
    since = forms.DateField(
        label=pgettext_lazy("day", "From"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=pgettext_lazy("day", "To"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    # One row of that kind.
    id = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        did = ConfigChange.objects.filter(actor=OuterRef("pk"))
        may = Q(is_administrator=True) | Q(is_agent=True) | Q(system_key__isnull=False)
        self.fields["person"].queryset = User.objects.filter(may).filter(Exists(did)).order_by("name", "pk")

    def lines(self) -> QuerySet[ConfigChange]:
        self.is_valid()
        found = self.cleaned_data
        conditions = {
            "kind": found.get("kind"),
            "object_id": found.get("id"),
            "actor": found.get("person"),
            "at__gte": _midnight(found.get("since")),
            "at__lt": _midnight(found["until"] + timedelta(days=1) if found.get("until") else None),
        }
        rows = ConfigChange.objects.select_related("actor")
        return rows.filter(**{name: value for name, value in conditions.items() if value})

    @property
    def is_narrow(self) -> bool:
        return any(self.cleaned_data.values())


@require_safe
@administrator_required
def audit(request: HttpRequest) -> HttpResponse:
    form = Filter(request.GET)
    found = page_of(form.lines(), order=("-pk",), cursor=request.GET.get("cursor", ""))
    context = {"changes": [described(change) for change in found.rows], "form": form}
    return listing(request, "audit/list", found, section=AUDIT, most=MOST_LINES, **context)


@require_POST
@administrator_required
def audit_export(request: HttpRequest) -> HttpResponse:
    """The lines of the filter as CSV: one row for each field that changed. That it was taken away is noted too."""
    form = Filter(request.POST)
    lines = list(form.lines().order_by("-pk")[:MOST_LINES])
    chosen = {name: str(value) for name, value in form.cleaned_data.items() if value}
    note_export({"lines": len(lines), **chosen}, by=request.user)
    # whole, not streamed: no thread waits for a slow reader
    response = HttpResponse(csv_of(_table(described(line) for line in lines)), content_type="text/csv; charset=utf-8")
    name = f"audit-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@administrator_required
def audit_change(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(ConfigChange.objects.select_related("actor"), pk=pk)
    return page(request, "audit/change", section=AUDIT, described=described(change))


def _table(lines: Iterable[Described]) -> Iterable[list[str]]:
    yield [_("When"), _("Who"), _("Email"), _("Kind"), _("Name"), _("What"), _("Field"), _("Before"), _("After")]
    for line in lines:
        change = line.change
        about = [change.at.isoformat(timespec="seconds"), str(change.actor), change.actor.email]
        about += [line.kind, line.label, line.action]
        for one in line.differences or [None]:
            yield [*about, *([one.label, "\n".join(one.gone), "\n".join(one.new)] if one else ["", "", ""])]


def _midnight(day: date | None) -> datetime | None:
    """The beginning of a day where the reader is."""
    return timezone.make_aware(datetime.combine(day, time())) if day else None
