"""Our addresses, and the mailboxes on other servers from which mail is fetched."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pagination import page_of
from mail.accounts import Trial, save_account, save_with_address, try_account, visit_now
from mail.fetching.health import health_of
from mail.fetching.providers import BY_KEY, PROVIDERS, Provider, prefilled
from mail.models import Account, Address, Consent
from web.common.access import administrator_required
from web.setup.email_tabs import tabs
from web.setup.forms.accounts import AccountForm, ChooseForm
from web.setup.forms.mailbox_address import MailboxAddressForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, form_page, listing, page, standing
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
    rows = Account.objects.select_related("queue", "consent").order_by("name")
    return page(request, "email/accounts", section=EMAIL, mailboxes=health_of(rows), tabs=tabs("accounts"))


@require_safe
@administrator_required
def account_choose(request: HttpRequest) -> HttpResponse:
    """First step of a new mailbox: whose is it? The second one has everything that follows from it."""
    form = ChooseForm(request.GET if "address" in request.GET else None)
    if form.is_bound and form.is_valid():
        query = urlencode({"provider": form.chosen.key, "address": form.cleaned_data["address"]})
        return redirect(f"{reverse('setup:account_new')}?{query}")
    wrong = problems(form) if form.is_bound else []
    return form_page(request, "email/choose", section=EMAIL, form=form, providers=PROVIDERS, problems=wrong)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def account_new(request: HttpRequest) -> HttpResponse:
    chosen = BY_KEY.get(request.GET.get("provider", ""))
    account = prefilled(chosen, request.GET.get("address", "")[:253]) if chosen else Account()
    if request.method != "POST":
        account.start_on = timezone.localdate()
    return _edit(request, account, provider=chosen)


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


@require_POST
@administrator_required
def account_visit(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(Account, pk=pk)
    visit_now(account)
    messages.success(request, _("The mailbox is visited now."))
    return redirect("setup:account", account.pk)


def _edit(request: HttpRequest, account: Account, *, provider: Provider | None = None) -> HttpResponse:
    title = account.name if account.pk else ""
    data = request.POST if request.method == "POST" else None
    own = MailboxAddressForm.of(account, data)
    form = AccountForm(data, instance=account)
    if (
        form.is_bound
        and all([form.is_valid(), own is None or own.is_valid()])
        and attempt_on(account, request, form, lambda: _save(form, own, request))
    ):
        messages.success(request, _("Saved: %(name)s") % {"name": account})
        consent = Consent.objects.filter(account=account).first()
        connect_next = account.sign_in == Account.SignIn.OAUTH and not (consent and consent.is_granted)
        return redirect("setup:account_consent" if connect_next else "setup:account", account.pk)
    return _edit_page(request, form, title, own=own, provider=provider)


def _save(form: AccountForm, own: MailboxAddressForm | None, request: HttpRequest) -> Account:
    address = own.made if own else None
    if address is None:
        return save_account(form.instance, by=request.user)
    return save_with_address(form.instance, address, by=request.user)


def _test(request: HttpRequest, account: Account) -> HttpResponse:
    """Try what is in the form without saving it; nothing of the account changes."""
    title = account.name
    own = MailboxAddressForm.of(account, request.POST)
    form = AccountForm(request.POST, instance=account)
    trial = try_account(form.instance) if form.can_be_tried else None
    if request.htmx:
        parts = {"trial": trial, "problems": [] if trial else problems(form)}
        return render(request, "setup/email/trial.html", parts, status=200 if trial else 422)
    return _edit_page(request, form, title, own=own, trial=trial)


def _edit_page(
    request: HttpRequest,
    form: AccountForm,
    title: str,
    *,
    own: MailboxAddressForm | None,
    trial: Trial | None = None,
    provider: Provider | None = None,
) -> HttpResponse:
    wrong = problems(form, *([own] if own else [])) if form.is_bound else []
    account = form.instance
    context = {"form": form, "own": own, "title": title, "account": account, "trial": trial, "problems": wrong}
    context |= {"provider": provider, "health": health_of([account])[0] if account.pk else None}
    context["unknown_address"] = own.initial["address"] if own and account.pk else ""
    context |= standing(request, form.instance, form)
    return form_page(request, "email/account", section=EMAIL, **context)
