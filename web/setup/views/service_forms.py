"""The form of a service: its questions in their order, when each is asked, and what it looks like filled in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets.models import FieldDefinition, Service, ServiceField
from tickets.servicedefinitions import add_question, move_question, questions_of, remove_question, save_question
from tickets.serviceforms import message_of
from web.common.access import administrator_required
from web.common.builder import Group, Unreadable, condition_of, edited, leaves, posted, rows_of
from web.common.condition_words import in_words
from web.common.service_questions import ServiceQuestions, askable
from web.setup.changes import history_of
from web.setup.forms.problems import Problem, problems
from web.setup.forms.services import AddQuestion, QuestionForm
from web.setup.pages import attempt, attempt_on, done, form_page, page, standing
from web.setup.question_conditions import QuestionChoices
from web.setup.sections import SERVICES
from web.setup.service_tabs import tabs


@require_safe
@administrator_required
def service_form(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _service(pk))


@require_POST
@administrator_required
def question_add(request: HttpRequest, pk: int) -> HttpResponse:
    """At the end; then to the page where one says when it is asked."""
    service = _service(pk)
    form = AddQuestion(request.POST, service=service)
    if form.is_valid():
        field = form.cleaned_data["field"]
        if made := attempt(form, lambda: add_question(service, field, by=request.user)):
            return done(request, "setup:question", pk, made.pk)
    return _page(request, service, form)


@require_POST
@administrator_required
def service_try(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with these answers, and what would come of it; nothing is kept."""
    service = _service(pk)
    if not request.htmx:
        return _page(request, service, typed=request.POST)
    return render(request, "setup/services/form.html#trial", _trial(request, service, request.POST))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def question(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """`?draw` draws the page as it is typed, with a row of the condition more or less, and keeps nothing."""
    shown = _question(pk, question)
    before = _before(shown)
    choices = QuestionChoices(request.user, before)
    form, group = _typed(request, shown)
    if form.is_bound and _is_valid(form, shown, group, choices) and _save(request, form, shown):
        messages.success(request, _("Saved: %(name)s") % {"name": shown.field.shown_label})
        return redirect("setup:service_form", pk)
    wrong = [Problem(leaf.error, f"field-{leaf.path}") for leaf in leaves(group) if leaf.error]
    context: dict[str, Any] = {
        "service": shown.service,
        "question": shown,
        "title": shown.field.shown_label,
        "form": form,
        "top": choices.drawn(choices.settle(group)),
        "fields": choices.fields,
        "rows_url": f"{request.path}?draw=rows",
        "problems": [*problems(form), *wrong] if form.is_bound else [],
        "history": history_of(shown.service),
        **standing(request, shown.service, form),
    }
    if request.htmx and request.GET.get("draw") == "rows":
        response = render(request, "setup/services/question.html#builder", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    return form_page(request, "services/question", section=SERVICES, **context)


@require_POST
@administrator_required
def question_move(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """One place up or down, unless it would stand above what decides on it."""
    moved = _question(pk, question)
    places = -1 if request.POST.get("to") == "up" else 1
    return _done(request, pk, lambda: move_question(moved, places, by=request.user))


@require_POST
@administrator_required
def question_remove(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """What tickets hold stays."""
    removed = _question(pk, question)
    return _done(request, pk, lambda: remove_question(removed, by=request.user))


def _done(request: HttpRequest, pk: int, verb: Any) -> HttpResponse:
    try:
        verb()
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return done(request, "setup:service_form", pk)


def _service(pk: int) -> Service:
    """Topics have no form."""
    return get_object_or_404(Service.objects.requestable().select_related("queue", "type", "priority"), pk=pk)


def _question(service: int, pk: int) -> ServiceField:
    rows = ServiceField.objects.select_related("field", "service__queue", "service__type")
    return get_object_or_404(rows, pk=pk, service=service)


def _before(shown: ServiceField) -> list[FieldDefinition]:
    present = questions_of(shown.service)
    return [one.field for one in present if (one.position, one.pk) < (shown.position, shown.pk)]


def _page(
    request: HttpRequest, service: Service, form: AddQuestion | None = None, typed: QueryDict | None = None
) -> HttpResponse:
    questions = questions_of(service)
    choices = QuestionChoices(request.user, [question.field for question in questions])
    words = in_words([question.condition or {"all": []} for question in questions], choices)
    kept = {question.pk for question in askable(service)}
    rows = [
        (question, words[place] if question.condition else "", question.pk in kept)
        for place, question in enumerate(questions)
    ]
    adding = form or AddQuestion(service=service)
    context = {
        "service": service,
        "rows": rows,
        "adding": adding,
        "can_add": adding.fields["field"].queryset.exists(),
        "tabs": tabs(service, "service_form"),
        "history": history_of(service),
        **_trial(request, service, typed),
    }
    status = 422 if adding.errors else 200
    return page(request, "services/form", section=SERVICES, status=status, **context)


def _trial(request: HttpRequest, service: Service, typed: QueryDict | None) -> dict[str, Any]:
    trial = ServiceQuestions(service=service, by=request.user, typed=typed)
    subject = trial.subject_from_answers() if service.shown_subject else ""
    return {"service": service, "trial": trial, "subject": subject, "message": message_of(trial.answers, "")}


def _typed(request: HttpRequest, shown: ServiceField) -> tuple[QuestionForm, Group]:
    if request.method != "POST":
        return QuestionForm(instance=shown), rows_of(shown.condition or {})
    data = request.POST
    if "draw" not in request.GET:
        return QuestionForm(data, instance=shown), posted(data)
    form = QuestionForm(instance=shown)
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(data, {}, name)
    return form, edited(posted(data), data.get("edit", ""))


def _is_valid(form: forms.ModelForm, shown: ServiceField, group: Group, choices: QuestionChoices) -> bool:
    """Puts the condition into the question, too; without rows it is asked always."""
    is_valid = form.is_valid()
    try:
        shown.condition = dict(condition_of(choices.settle(group), choices.known)) if group.parts else None
    except Unreadable:
        return False
    return is_valid


def _save(request: HttpRequest, form: forms.ModelForm, shown: ServiceField) -> bool:
    def save() -> bool:
        save_question(shown, by=request.user)
        return True

    return bool(attempt_on(shown.service, request, form, save))
