"""The matrix: which priority follows from an impact and an urgency."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from tickets.matrix import cells, save_matrix
from tickets.models import Level, MatrixCell, Priority
from web.common.access import administrator_required
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, form_page, standing
from web.setup.sections import PRIORITIES


class MatrixForm(forms.Form):
    """One choice per cell, named "impact-urgency"."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        chosen, self.priorities = cells(), {str(row.pk): row for row in Priority.objects.active()}
        choices = [("", _("Choose")), *((pk, _(row.name)) for pk, row in self.priorities.items())]
        for impact in Level:
            for urgency in Level:
                words = {"impact": impact.label, "urgency": urgency.label}
                present = chosen.get((impact, urgency))
                self.fields[f"{impact}-{urgency}"] = forms.ChoiceField(
                    choices=choices,
                    label=_("Impact %(impact)s, urgency %(urgency)s") % words,
                    initial=present.pk if present else "",
                    widget=forms.Select(attrs={"class": "select select--sm"}),
                )

    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(str(impact.label), [self[f"{impact}-{urgency}"] for urgency in Level]) for impact in reversed(Level)]

    def save(self, by: User) -> bool:
        wanted = {(i, u): self.priorities[self.cleaned_data[f"{i}-{u}"]] for i in Level for u in Level}
        save_matrix(wanted, by=by)
        return True


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def matrix(request: HttpRequest) -> HttpResponse:
    form = MatrixForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and attempt_on(MatrixCell, request, form, lambda: form.save(request.user)):
        messages.success(request, _("The matrix is saved."))
        return redirect("setup:matrix")
    wrong = problems(form) if form.is_bound else []
    levels = [level.label for level in Level]
    context = {"form": form, "levels": levels, "problems": wrong, **standing(request, MatrixCell, form)}
    return form_page(request, "shelves/matrix", section=PRIORITIES, **context)
