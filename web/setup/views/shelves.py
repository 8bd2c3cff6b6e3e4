"""The plain settings of tickets, one shelf each (web/setup/shelves.py)."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automation.contents import NAME
from automation.models import Content
from knowledge.models import Announcement
from mail.models import AutomaticText
from tickets.models import ChecklistTemplate, Priority, ReplyTemplate, Snippet, State, TicketType
from tickets.vocabulary import refuse_retiring
from web.setup.answer_previews import preview_of_answer
from web.setup.forms.announcements import AnnouncementForm, save_announcement, time_of
from web.setup.forms.answers import AutomaticTextForm
from web.setup.forms.contents import ContentForm, preview_of_content, save_content_form, state_of
from web.setup.forms.vocabulary import PriorityForm, StateForm, TypeForm
from web.setup.forms.wordings import ChecklistForm, SnippetForm, TemplateForm
from web.setup.previews import preview_of
from web.setup.sections import (
    ANNOUNCEMENTS,
    AUTOMATIC,
    CHECKLISTS,
    CONTENTS,
    PRIORITIES,
    SNIPPETS,
    STATES,
    TEMPLATES,
    TYPES,
)
from web.setup.shelves import Shelf

Text = str | Promise


def _language(row: models.Model) -> Text:
    return row.get_language_display() or _("All languages")


def _next(row: State) -> Text:
    return _(row.next_state.name) if row.next_state else "–"


SHELVES = (
    Shelf(
        STATES,
        State,
        StateForm,
        new=gettext_lazy("New status"),
        about=gettext_lazy("How far a ticket is. What counts for the machinery is the kind."),
        empty_title=gettext_lazy("No status yet"),
        empty_text=gettext_lazy("Tickets need at least one status of each kind."),
        columns=((gettext_lazy("Kind"), lambda row: row.get_type_display()), (gettext_lazy("Then becomes"), _next)),
        retire=refuse_retiring,
    ),
    Shelf(
        PRIORITIES,
        Priority,
        PriorityForm,
        new=gettext_lazy("New priority"),
        about=gettext_lazy("How important a ticket is. The matrix below turns impact and urgency into one of them."),
        empty_title=gettext_lazy("No priority yet"),
        empty_text=gettext_lazy("Tickets need at least one priority."),
        columns=((gettext_lazy("Level"), lambda row: str(row.level)),),
        retire=refuse_retiring,
    ),
    Shelf(
        TYPES,
        TicketType,
        TypeForm,
        new=gettext_lazy("New type"),
        about=gettext_lazy("What sort of request a ticket is."),
        empty_title=gettext_lazy("No type yet"),
        empty_text=gettext_lazy("Tickets need at least one type."),
        retire=refuse_retiring,
    ),
    Shelf(
        TEMPLATES,
        ReplyTemplate,
        TemplateForm,
        new=gettext_lazy("New template"),
        about=gettext_lazy("Whole replies that agents start from."),
        empty_title=gettext_lazy("No template yet"),
        empty_text=gettext_lazy("Write down the answers that your team gives again and again."),
        columns=((gettext_lazy("Language"), _language),),
        preview=preview_of,
    ),
    Shelf(
        SNIPPETS,
        Snippet,
        SnippetForm,
        new=gettext_lazy("New snippet"),
        about=gettext_lazy("Pieces of text that agents put in by a slash and a keyword."),
        empty_title=gettext_lazy("No snippet yet"),
        empty_text=gettext_lazy("Short pieces such as opening hours or how to reset a password."),
        columns=((gettext_lazy("Keyword"), lambda row: f"/{row.keyword}"), (gettext_lazy("Language"), _language)),
        preview=preview_of,
    ),
    Shelf(
        CONTENTS,
        Content,
        ContentForm,
        new=gettext_lazy("New text"),
        about=gettext_lazy("One text in all languages of the house. Other texts take it in by its key."),
        empty_title=gettext_lazy("No text yet"),
        empty_text=gettext_lazy("A greeting or your opening hours, written once and used in every reply."),
        columns=(
            (gettext_lazy("Placeholder"), lambda row: f"{{{{ {NAME}.{row.key} }}}}"),
            (gettext_lazy("Languages"), state_of),
        ),
        preview=preview_of_content,
        save=save_content_form,
    ),
    Shelf(
        AUTOMATIC,
        AutomaticText,
        AutomaticTextForm,
        new=gettext_lazy("New text"),
        about=gettext_lazy("What customers are told at once. Without a text of yours they get the stock one."),
        empty_title=gettext_lazy("The stock texts are sent"),
        empty_text=gettext_lazy("Write your own for an event, a language or a queue."),
        columns=(
            (gettext_lazy("Subject"), lambda row: row.subject),
            (gettext_lazy("Active"), lambda row: _("Yes") if row.is_active else _("No")),
        ),
        preview=preview_of_answer,
    ),
    Shelf(
        CHECKLISTS,
        ChecklistTemplate,
        ChecklistForm,
        new=gettext_lazy("New checklist"),
        about=gettext_lazy("Steps that agents put onto a ticket together."),
        empty_title=gettext_lazy("No checklist yet"),
        empty_text=gettext_lazy("For work that is done in the same steps each time, such as a new colleague."),
        columns=((gettext_lazy("Steps"), lambda row: str(len(row.lines()))),),
    ),
    Shelf(
        ANNOUNCEMENTS,
        Announcement,
        AnnouncementForm,
        new=gettext_lazy("New announcement"),
        about=gettext_lazy("What the portal tells its readers for a while: disruptions, planned work, news."),
        empty_title=gettext_lazy("No announcement yet"),
        empty_text=gettext_lazy("When something does not work, say so here: it spares your customers a request each."),
        columns=(
            (gettext_lazy("Kind"), lambda row: row.get_level_display()),
            (gettext_lazy("For"), lambda row: row.get_audience_display()),
            (gettext_lazy("Shown"), time_of),
        ),
        save=save_announcement,
    ),
)
