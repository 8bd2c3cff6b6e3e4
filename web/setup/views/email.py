"""Our addresses, and the mailboxes on other servers from which mail is fetched."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pagination import page_of
from mail.accounts import Trial, save_account, try_account
from mail.models import Account, Address
from web.common.access import administrator_required
from web.setup.email_tabs import tabs
from web.setup.forms.accounts import AccountForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt, form_page, listing, page
from web.setup.sections import EMAIL


@require_safe
@administrator_required
def addresses(request: HttpRequest) -> HttpResponse:
    rows = Address.objects.select_related("queue")
    found = page_of(rows, order=("address",), cursor=request.GET.get("cursor", ""))
    return listing(request, "email/addresses", found, section=EMAIL, tabs=tabs("addresses"))


@require_safe
@administrator_required
def accounts(request: HttpRequest) -> HttpResponse:
    rows = Account.objects.select_related("queue").order_by("name")
    return page(request, "email/accounts", section=EMAIL, accounts=rows, tabs=tabs("accounts"))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def account_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Account())


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def account(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Account, pk=pk))


@sensitive_post_parameters("password")
@require_POST
@administrator_required
def account_test_new(request: HttpRequest) -> HttpResponse:
    return _test(request, Account())


@sensitive_post_parameters("password")
@require_POST
@administrator_required
def account_test(request: HttpRequest, pk: int) -> HttpResponse:
    return _test(request, get_object_or_404(Account, pk=pk))


def _edit(request: HttpRequest, account: Account) -> HttpResponse:
    title = account.name
    form = AccountForm(request.POST if request.method == "POST" else None, instance=account)
    if form.is_bound and form.is_valid() and attempt(form, lambda: save_account(form.instance, by=request.user)):
        messages.success(request, _("Saved: %(name)s") % {"name": account})
        return redirect("setup:account", account.pk)
    return _edit_page(request, form, title)


def _test(request: HttpRequest, account: Account) -> HttpResponse:
    """Try what is in the form without saving it; nothing of the account changes."""
    title = account.name
    form = AccountForm(request.POST, instance=account)
    trial = try_account(form.instance) if form.can_be_tried else None
    if request.htmx:
        parts = {"trial": trial, "problems": [] if trial else problems(form)}
        return render(request, "setup/email/trial.html", parts, status=200 if trial else 422)
    return _edit_page(request, form, title, trial=trial)


def _edit_page(request: HttpRequest, form: AccountForm, title: str, *, trial: Trial | None = None) -> HttpResponse:
    wrong = problems(form) if form.is_bound else []
    context = {"form": form, "title": title, "account": form.instance, "trial": trial, "problems": wrong}
    return form_page(request, "email/account", section=EMAIL, **context)
