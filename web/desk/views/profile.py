"""The agent's own page: name, language, time zone, theme."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods

from accounts.models import User
from web.common.access import agent_required
from web.desk.forms.profile import Profile


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def profile(request: HttpRequest) -> HttpResponse:
    # a row of its own: a refused name must not stand in the rail
    person = User.objects.get(pk=request.user.pk)
    form = Profile(request.POST if request.method == "POST" else None, instance=person)
    if form.is_valid():
        form.keep()
        with override(person.language or None):
            messages.success(request, gettext("Your profile is saved."))
        return redirect("desk:profile")
    context = {"form": form, "section": "profile"}
    return render(request, "desk/profile.html", context, status=422 if form.errors else 200)
