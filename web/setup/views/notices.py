"""Notices: who hears of what by which channel, what the mails say, and the figures of the house."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from automation.models import NoticeHouse, NoticeRule, NoticeText
from automation.notices.house import (
    languages_written,
    levels_of,
    save_house,
    save_levels,
    save_text,
    text_written,
)
from automation.notices.occasions import OCCASIONS, TOLD, Audience, Channel, Occasion
from automation.notices.wordings import OF_MANY, WORDINGS, Wording
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.notices import HouseForm, LevelsForm, NoticeTextForm, summary
from web.setup.forms.problems import problems
from web.setup.notice_previews import preview_of_notice
from web.setup.pages import attempt_on, form_page, standing
from web.setup.sections import NOTICES

ALL = "all"
AUDIENCES = (
    (Audience.AGENTS, gettext_lazy("Agents")),
    (Audience.CUSTOMERS, gettext_lazy("Customers and their colleagues")),
)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def notices(request: HttpRequest) -> HttpResponse:
    """Every occasion with what is on, and the figures of the house."""
    row = NoticeHouse.objects.order_by("pk").first() or NoticeHouse()
    form = HouseForm(request.POST if request.method == "POST" else None, instance=row)
    if (
        form.is_bound
        and form.is_valid()
        and attempt_on(row, request, form, lambda: save_house(form.instance, by=request.user) or True)
    ):
        messages.success(request, _("The figures are saved."))
        return redirect("setup:notices")
    context = {"form": form, "problems": problems(form) if form.is_bound else [], "history": history_of(row)}
    context |= {"groups": _groups(), "of_many": _of_many(), "channels": [channel.label for channel in Channel]}
    return form_page(request, "notices/list", section=NOTICES, **context, **standing(request, row, form))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def notice(request: HttpRequest, key: str) -> HttpResponse:
    """Who hears of one occasion."""
    occasion = _occasion_or_404(key)
    row = NoticeRule.objects.filter(occasion=key).first()
    form = LevelsForm(occasion, request.POST if request.method == "POST" else None)
    if (
        form.is_bound
        and form.is_valid()
        and attempt_on(
            row or NoticeRule, request, form, lambda: (save_levels(occasion, form.chosen(), by=request.user), 1)
        )
    ):
        messages.success(request, _("Saved: %(name)s") % {"name": occasion.label})
        return redirect("setup:notice", key) if form.cleaned_data.get("role") else redirect("setup:notices")
    context = {"occasion": occasion, "form": form, "languages": _languages(key)}
    context |= {"problems": problems(form) if form.is_bound else [], "history": history_of(row) if row else None}
    return form_page(request, "notices/edit", section=NOTICES, **context, **standing(request, row or NoticeRule, form))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def notice_text(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """What a mail of notices says in one language, or (all) in every one that has no text of its own."""
    wording = _wording_or_404(key)
    code = _language_or_404(language)
    row = NoticeText.objects.filter(occasion=key, language=code).first()
    form = NoticeTextForm(wording, code, request.POST if request.method == "POST" else None)
    if "stock" in request.GET:  # to change some of its words
        form.begin_with_stock()
    shown = preview_of_notice(request, wording, code) if "preview" in request.POST else None
    back = reverse("setup:notice", args=[key]) if key in OCCASIONS else reverse("setup:notices")
    if shown is None and form.is_bound and form.is_valid() and _save_text(request, key, code, row, form):
        messages.success(request, _("Saved: %(name)s") % {"name": wording.label})
        return redirect(back)
    context: dict[str, Any] = {"wording": wording, "form": form, "language": _name_of(code), "preview": shown}
    context |= {"problems": problems(form) if form.is_bound and shown is None else [], "back": back}
    context["back_label"] = wording.label if key in OCCASIONS else _("Notices")
    context |= {"history": history_of(row) if row else None, **standing(request, row or NoticeText, form)}
    return form_page(request, "notices/text", section=NOTICES, **context)


def _save_text(request: HttpRequest, key: str, code: str, row: NoticeText | None, form: NoticeTextForm) -> object:
    data = form.cleaned_data

    def save() -> bool:
        save_text(key, code, subject=data["subject"], body=data["body"], by=request.user)
        return True

    return attempt_on(row or NoticeText, request, form, save)


def _groups() -> list[dict[str, Any]]:
    written = languages_written()
    return [
        {
            "label": label,
            "channels": [channel.label for channel in _channels(audience)],
            "rows": [
                {
                    "occasion": one,
                    "cells": [
                        (channel.label, summary(one, levels_of(one), channel)) for channel in _channels(audience)
                    ],
                    "texts": [name or _("All languages") for name in written.get(one.key, ())],
                }
                for one in OCCASIONS.values()
                if one.audience == audience and one.key != TOLD
            ],
        }
        for audience, label in AUDIENCES
    ]


def _channels(audience: Audience) -> list[Channel]:
    return list(Channel) if audience == Audience.AGENTS else [Channel.MAIL]


def _of_many() -> list[dict[str, Any]]:
    """The emails that tell of many tickets, each with its languages."""
    return [{"wording": WORDINGS[key], "languages": _languages(key)} for key in OF_MANY.values()]


def _languages(key: str) -> list[dict[str, Any]]:
    """Each language, first all of them, and whether it has a text of the house."""
    codes = ["", *(code for code, _name in settings.LANGUAGES)]
    return [
        {
            "slug": code or ALL,
            "name": _name_of(code),
            "is_own": (text := text_written(key, code)) is not None and text.language == code,
        }
        for code in codes
    ]


def _name_of(code: str) -> str:
    return dict(settings.LANGUAGES).get(code) or _("All languages")


def _occasion_or_404(key: str) -> Occasion:
    if key not in OCCASIONS:
        raise Http404
    return OCCASIONS[key]


def _wording_or_404(key: str) -> Wording:
    if key not in WORDINGS:
        raise Http404
    return WORDINGS[key]


def _language_or_404(slug: str) -> str:
    if slug != ALL and slug not in dict(settings.LANGUAGES):
        raise Http404
    return "" if slug == ALL else slug
