"""The house's figures about mail, on one page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mail.models import MailRules
from mail.rules import save_rules
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.email_tabs import tabs
from web.setup.forms.mail_rules import MailRulesForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, form_page, standing
from web.setup.sections import EMAIL


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def mail_rules(request: HttpRequest) -> HttpResponse:
    row = MailRules.objects.order_by("pk").first() or MailRules()
    form = MailRulesForm(request.POST if request.method == "POST" else None, instance=row)
    if (
        form.is_bound
        and form.is_valid()
        and attempt_on(row, request, form, lambda: save_rules(form.instance, by=request.user))
    ):
        messages.success(request, _("The limits are saved."))
        return redirect("setup:mail_rules")
    context = {"form": form, "problems": problems(form) if form.is_bound else [], "history": history_of(row)}
    context |= {"tabs": tabs("mail_rules"), **standing(request, row, form)}
    return form_page(request, "email/rules", section=EMAIL, **context)
