"""What one agent is given: limit, working hours, absence."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from automation.assignment_setup import save_agent_work
from automation.candidates import loads_of, weights
from automation.models import AgentSkill
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.agent_work import AgentWorkForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, form_page, standing
from web.setup.sections import AGENTS


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def agent_work(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.agents(), pk=pk)
    form = AgentWorkForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_bound and form.is_valid():

        def save() -> bool:
            save_agent_work(person, form.work, by=request.user)
            return True

        if attempt_on(person, request, form, save):
            messages.success(request, _("Saved: %(name)s") % {"name": person})
            return redirect("setup:agent_work", person.pk)
    skills = AgentSkill.objects.filter(user=person, skill__is_active=True).select_related("skill")
    context = {
        "person": person,
        "form": form,
        "load": loads_of([person.pk], None, weights()).all[person.pk],
        "skills": skills.order_by("skill__language", "skill__name"),
        "problems": problems(form) if form.is_bound else [],
        "history": history_of(person),
        **standing(request, person, form),
    }
    return form_page(request, "agents/work", section=AGENTS, **context)
