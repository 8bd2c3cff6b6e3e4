"""What a person may say about himself: name, language, time zone, theme."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods

from accounts.models import User
from web.common.access import customer_required
from web.portal.forms import Profile


@require_http_methods(["GET", "HEAD", "POST"])
@customer_required
def profile(request: HttpRequest) -> HttpResponse:
    # a row of its own: a refused name must not stand in the header
    person = User.objects.get(pk=request.user.pk)
    form = Profile(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.keep()
        with override(person.language or None):
            messages.success(request, gettext("Your profile is saved."))
        return redirect("portal:profile")
    context = {"portal_section": "profile", "form": form}
    return render(request, "portal/profile.html", context, status=422 if form.errors else 200)
