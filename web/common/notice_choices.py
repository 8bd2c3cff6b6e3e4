"""What somebody wants to hear of, in the dress of his door; and how mails are stopped by a link in one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from automation.models import NoticeWishes
from automation.notices.choosing import Wish, is_fixed, usual
from automation.notices.house import known_levels
from automation.notices.occasions import TOLD, Channel, Level, Levels, Occasion, Relation
from automation.notices.stopping import stop_of
from automation.notices.webhooks import endpoint_for_notices
from automation.notices.wishes import occasions_for, save_wishes, wish_of
from tickets.options import queues_to_read
from web.common.access import customer_required

ON, OFF = "on", "off"
SCOPES = (
    (
        NoticeWishes.Scope.USUAL,
        gettext_lazy("As usual here"),
        gettext_lazy("Your tickets, those you watch, and those in your queues that nobody owns yet."),
    ),
    (
        NoticeWishes.Scope.MINE,
        gettext_lazy("Only my tickets"),
        gettext_lazy("What you own, are responsible for, watch, or are mentioned in."),
    ),
    (
        NoticeWishes.Scope.ALL,
        gettext_lazy("All tickets in my queues"),
        gettext_lazy("Also those of colleagues, as if they were yours."),
    ),
)


@dataclass(frozen=True)
class Row:
    """An occasion with a field for each channel, or None where there is nothing to choose."""

    occasion: Occasion
    cells: Sequence[tuple[str, forms.BoundField | None, str]]


class ChoicesForm(forms.Form):
    """A field for each occasion and channel; empty is as administrators have it."""

    def __init__(self, person: User, wish: Wish, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.person = person
        self.occasions = [one for one in occasions_for(person) if one.key != TOLD]
        self.levels = known_levels(one.key for one in self.occasions)
        has_endpoint = endpoint_for_notices() is not None
        self.channels = [
            channel
            for channel in Channel
            if any(channel in one.channels for one in self.occasions) and (channel != Channel.WEBHOOK or has_endpoint)
        ]
        for one in self.occasions:
            for channel in self.channels:
                if channel in one.channels and not is_fixed(channel, self.levels[one.key]):
                    self._ask(one, channel, wish)
        if person.is_agent:
            self._ask_which(wish)

    @property
    def rows(self) -> list[Row]:
        return [Row(one, [self._cell(one, channel) for channel in self.channels]) for one in self.occasions]

    def keep(self) -> None:
        choices: dict[str, dict[str, bool]] = {one.key: {} for one in self.occasions}
        for one in self.occasions:
            for channel in self.channels:
                if said := self.cleaned_data.get(f"{one.key}-{channel}"):
                    choices[one.key][channel.value] = said == ON
        muted = [queue.pk for queue in self.cleaned_data["muted"]] if "muted" in self.fields else None
        save_wishes(self.person, scope=self.cleaned_data.get("scope", ""), choices=choices, muted=muted)

    def _ask(self, occasion: Occasion, channel: Channel, wish: Wish) -> None:
        said = wish.choices.get(occasion.key, {}).get(channel.value)
        self.fields[f"{occasion.key}-{channel}"] = forms.ChoiceField(
            label=f"{occasion.label}: {channel.label}",
            required=False,
            choices=[
                ("", _usual(channel, self.levels[occasion.key])),
                (ON, pgettext("notices", "On")),
                (OFF, pgettext("notices", "Off")),
            ],
            initial={True: ON, False: OFF, None: ""}[said],
        )

    def _ask_which(self, wish: Wish) -> None:
        self.fields["scope"] = forms.ChoiceField(
            label=_("About which tickets"),
            required=False,
            choices=[(value.value, label) for value, label, _about in SCOPES],
            widget=forms.RadioSelect,
            initial=wish.scope,
        )
        queues = queues_to_read(self.person).order_by("path")
        field = forms.ModelMultipleChoiceField(
            queues, label=_("Silent queues"), required=False, widget=forms.CheckboxSelectMultiple
        )
        field.label_from_instance = attrgetter("place")  # type: ignore[method-assign]
        field.help_text = _(
            "You hear nothing of tickets in them, and in the queues inside, that do not concern you yourself."
        )
        field.initial = list(wish.muted)
        self.fields["muted"] = field

    def _cell(self, occasion: Occasion, channel: Channel) -> tuple[str, forms.BoundField | None, str]:
        name = f"{occasion.key}-{channel}"
        if name in self.fields:
            return str(channel.label), self[name], ""
        if channel not in occasion.channels:
            return str(channel.label), None, "–"
        return str(channel.label), None, str(_fixed(usual(channel, self.levels[occasion.key])))


@require_http_methods(["GET", "HEAD", "POST"])
@customer_required
def notice_choices(request: HttpRequest) -> HttpResponse:
    person = request.user
    form = ChoicesForm(person, wish_of(person), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        form.keep()
        messages.success(request, _("Saved. From now on you hear of what you have chosen."))
        return redirect("notice_choices")
    door = "desk" if person.is_agent or person.is_administrator else "portal"
    abouts = {value.value: about for value, _label, about in SCOPES}
    context = {"form": form, "section": "profile", "portal_section": "profile", "abouts": abouts}
    return render(request, f"common/notices_{door}.html", context, status=422 if form.errors else 200)


@csrf_exempt  # mail programs send it by themselves (RFC 8058), and the link is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def notice_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Opened it asks, because scanners of mail open links too; sent it stops."""
    stop = stop_of(token)
    if stop is not None and request.method == "POST":
        stop.do()
    context = {"stop": stop, "is_done": stop is not None and request.method == "POST"}
    return render(request, "common/notices_stop.html", context, status=200 if stop else 410)


def _usual(channel: str, levels: Levels) -> str | Promise:
    """What holds as long as nothing is chosen, in a few words."""
    on = usual(channel, levels)
    if on is None and _is_on(levels, Relation.OWNER, channel):
        return pgettext_lazy("notices", "As usual: on for my tickets")
    if on is None and Relation.OWNER not in levels and _is_on(levels, Relation.FREE, channel):
        return pgettext_lazy("notices", "As usual: on while nobody owns it")
    return {
        True: pgettext_lazy("notices", "As usual: on"),
        False: pgettext_lazy("notices", "As usual: off"),
        None: pgettext_lazy("notices", "As usual: on in some cases"),
    }[on]


def _is_on(levels: Levels, relation: str, channel: str) -> bool:
    return levels.get(relation, {}).get(channel) in (Level.ON, Level.ALWAYS)


def _fixed(on: bool | None) -> str | Promise:  # noqa: FBT001
    return {
        True: pgettext_lazy("notices", "Always on"),
        False: pgettext_lazy("notices", "Always off"),
        None: pgettext_lazy("notices", "As set up"),
    }[on]
