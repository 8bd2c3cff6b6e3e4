"""Tags: which there are and how much they are used; another name, one instead of two, retired, taken off."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.counting import capped
from core.pagination import page_of
from core.text import clean_line
from tickets.models import Chore, Tag
from tickets.tags import count_tickets, remove_tag, rename_tag, set_offered
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, done, form_page, listing, standing
from web.setup.sections import TAGS

MAX_SUGGESTIONS = 200


class TagForm(forms.Form):
    """`confirmed` names what the name will be one with, so that two tags never become one by a slip."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=50,
        widget=forms.TextInput(attrs={"list": "tags", "autocomplete": "off"}),
        help_text=gettext_lazy("The name of another tag makes the two one."),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("Offered"),
        required=False,
        help_text=gettext_lazy("An inactive tag stays on its tickets, but is not offered any more."),
    )

    def __init__(self, *args, tag: Tag, **kwargs) -> None:
        super().__init__(*args, label_suffix="", initial={"name": tag.name, "is_active": tag.is_active}, **kwargs)
        self.tag = tag

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 50)

    @property
    def twin(self) -> Tag | None:
        """The other tag that has this name already."""
        return Tag.objects.filter(name=self.cleaned_data["name"]).exclude(pk=self.tag.pk).first()

    def save(self, *, by: User) -> Tag:
        """A retired tag of another name is retired under that name."""
        set_offered(self.tag, is_active=self.cleaned_data["is_active"], by=by)
        return rename_tag(self.tag, self.cleaned_data["name"], by=by)


@require_safe
@administrator_required
def tags(request: HttpRequest) -> HttpResponse:
    words, show = clean_line(request.GET.get("q", ""), 50), request.GET.get("show", "")
    rows = Tag.objects.filter(is_active=show != "retired")
    if words:
        rows = rows.filter(name__icontains=words)
    found = page_of(rows, order=("name",), cursor=request.GET.get("cursor", ""))
    numbers = count_tickets([tag.name for tag in found.rows])
    for tag in found.rows:
        tag.tickets = capped(numbers[tag.name])["number"]
    going_on = Chore.objects.unfinished().filter(kind=Chore.Kind.TAG).order_by("pk")[:10]
    return listing(request, "tags/list", found, section=TAGS, words=words, show=show, going_on=going_on)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Tag, pk=pk)
    name = shown.name
    form = TagForm(request.POST if request.method == "POST" else None, tag=shown)
    twin = None
    if form.is_bound and form.is_valid():
        twin = form.twin if form.cleaned_data["name"] != request.POST.get("confirmed") else None
        if twin is None and attempt_on(shown, request, form, lambda: form.save(by=request.user)):
            messages.success(request, _("Saved: %(name)s") % {"name": form.cleaned_data["name"]})
            return redirect("setup:tags")
    return _page(request, shown, name, form, twin)


@require_POST
@administrator_required
def tag_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Off all its tickets."""
    shown = get_object_or_404(Tag, pk=pk)
    name = shown.name
    form = TagForm(None, tag=shown)
    if attempt_on(shown, request, form, lambda: remove_tag(shown, by=request.user)):
        messages.success(request, _("The tag %(name)s is being taken off its tickets.") % {"name": name})
        return done(request, "setup:tags")
    messages.warning(request, _("Somebody else has changed this tag meanwhile. Look again, then decide."))
    return done(request, "setup:tag", pk)


def _page(request: HttpRequest, shown: Tag, name: str, form: TagForm, twin: Tag | None) -> HttpResponse:
    numbers = count_tickets([name, *([twin.name] if twin else [])])
    context = {
        "tag": shown,
        "tag_name": name,
        "tickets": capped(numbers[name])["number"],
        "form": form,
        "twin": twin,
        "twin_tickets": capped(numbers[twin.name])["number"] if twin else "",
        "problems": problems(form) if form.is_bound else [],
        "dependents": [twin] if twin else [],
        "others": Tag.objects.filter(is_active=True).exclude(pk=shown.pk)[:MAX_SUGGESTIONS],
        "history": history_of(shown),
        **standing(request, shown, form),
    }
    return form_page(request, "tags/edit", section=TAGS, **context)
