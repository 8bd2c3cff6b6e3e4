"""The words that the process designer shows itself, for its script (static/js/process-designer.js)."""

import json

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def usual() -> list[tuple[str, str]]:
    """What is added most often has a short name on its button."""
    return [
        ("user", pgettext("process step", "Form")),
        ("manual", pgettext("process step", "By hand")),
        ("service", pgettext("process step", "Automatic")),
        ("exclusive", pgettext("process step", "Decision")),
        ("timer", pgettext("process step", "Wait")),
        ("message", pgettext("process step", "Message")),
    ]


def tools() -> list[tuple[str, str, str, str]]:
    """Those with a short name first: key, icon, name, short name."""
    short = dict(usual())
    of_key = {key: (icon, label) for key, icon, label in kinds()}
    return [(key, *of_key[key], short.get(key, "")) for key in [*short, *(key for key in of_key if key not in short)]]


def kinds() -> list[tuple[str, str, str]]:
    """What can be added: its key in the script, its icon and its name."""
    return [
        ("user", "user", _("Form or approval")),
        ("manual", "check", _("Done by hand")),
        ("service", "bolt", _("Automatic step")),
        ("exclusive", "split", _("Decision")),
        ("parallel", "plus", _("All ways at once")),
        ("inclusive", "layers", _("One way or several")),
        ("event", "hourglass", _("Whatever happens first")),
        ("timer", "clock", _("Waits for a time")),
        ("message", "mail", _("Waits for a message")),
        ("deadline", "bell", _("When it takes too long")),
        ("failure", "warn", _("When it fails")),
        ("sub", "copy", _("Part of the process")),
        ("call", "flow", _("Another process")),
        ("start", "play", pgettext("process step", "Start")),
        ("end", "check-circle", pgettext("process step", "End")),
        ("end_error", "ban", _("End with an error")),
        ("lane", "columns", _("Pool with lanes")),
    ]


def designer_words() -> str:
    """As JSON for an attribute."""
    own = {
        "connect": _("Connect to another step"),
        "remove": _("Remove"),
        "lane_below": _("Add a lane below"),
        "saved": _("Saved as a draft."),
        "unsaved": _("Not saved yet."),
        "not_saved": _("It could not be saved."),
        "unreadable": _("The drawing cannot be shown."),
        "choose_first": _("Choose the step first to which this is attached."),
        "trying": _("Trying it out: press the arrow at the start. Nothing is saved."),
        "tried": _("Back to drawing."),
        "typed": _("What you have typed here is lost when you go on without saving."),
        # what the simulator says
        "Trigger Event": _("Go on from here"),
        "Set Sequence Flow": _("Choose the way"),
        "Add pause point": _("Wait here"),
        "Remove pause point": _("Do not wait here"),
        "Finished": _("Finished"),
    }
    return json.dumps(own | {key: label for key, _icon, label in kinds()}, ensure_ascii=False)
