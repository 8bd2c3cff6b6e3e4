"""What events of processes say to a reader (settings.SENTENCES), and their kinds."""

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.moments import full_moment
from processes.refusals import stuck_reason
from tickets.models import Event
from tickets.sentences import Sentence

STARTED, ENDED = "process.started", "process.ended"
ASKED, DONE, ACTED = "process.asked", "process.done", "process.acted"
PASSED, MOVED, RECEIVED = "process.passed", "process.moved", "process.received"
DECIDED, DELEGATED = "process.decided", "process.delegated"
HANDED, FREED, DROPPED = "process.handed", "process.freed", "process.dropped"
APPROVED, DECLINED = "process.approved", "process.declined"
STUCK, RETRIED = "process.stuck", "process.retried"
CANCELLED, JUMPED, TAKEN = "process.cancelled", "process.jumped", "process.taken"


def _named(event: Event, name: str) -> str:
    now = (event.data.get(name) or {}).get("now") or {}
    if not isinstance(now, dict):
        return str(now)
    names = now.get("names") or {}
    return str(names.get(get_language() or "") or now.get("name", ""))


def _words(event: Event) -> dict[str, str]:
    names = ("process", "step", "whom", "to", "reason", "message")
    said = {name: _named(event, name) for name in names}
    return {**said, "reason": said["reason"] or str(_GONE)}


def _stuck(event: Event) -> dict[str, str]:
    why = (event.data.get("why") or {}).get("now") or {}
    return {**_words(event), "why": stuck_reason(why.get("code", ""), why.get("text", ""))}


def _moved(event: Event) -> dict[str, str]:
    return {**_words(event), "until": full_moment(datetime.fromisoformat(_named(event, "until")))}


def _decided(event: Event) -> dict[str, str]:
    answer = (event.data.get("answer") or {}).get("now") or ""
    return {**_words(event), "action": str(_ANSWERS.get(answer, answer))}


_GONE = _("the ticket is gone")
_ANSWERS = {"approved": _("approved"), "declined": _("declined")}

PROCESS_SENTENCES = {
    STARTED: Sentence(_("%(actor)s started the process “%(process)s”"), "play", _words),
    ENDED: Sentence(_("The process “%(process)s” has ended"), "check-circle", _words),
    ASKED: Sentence(_("“%(process)s” waits for: %(step)s (%(whom)s)"), "clock", _words),
    DONE: Sentence(_("%(actor)s finished the step “%(step)s”"), "check-circle", _words),
    ACTED: Sentence(_("“%(process)s” did the step “%(step)s”"), "bolt", _words),
    PASSED: Sentence(_("The time of “%(step)s” has come"), "clock", _words),
    MOVED: Sentence(_("“%(step)s” waits until %(until)s now, as the date has changed"), "clock", _moved),
    RECEIVED: Sentence(_("“%(process)s” received the message “%(message)s”"), "mail", _words),
    DECIDED: Sentence(_("%(actor)s %(action)s “%(step)s”"), "shield-check", _decided),
    DELEGATED: Sentence(_("%(actor)s passed the decision “%(step)s” on to %(to)s"), "user", _words),
    HANDED: Sentence(_("“%(step)s” is for %(to)s now instead of %(whom)s"), "user", _words),
    FREED: Sentence(_("“%(step)s” is for everybody who works the queue now instead of %(whom)s"), "users", _words),
    DROPPED: Sentence(_("%(whom)s is not asked for “%(step)s” any more"), "user", _words),
    APPROVED: Sentence(_("“%(step)s” is approved"), "check-circle", _words),
    DECLINED: Sentence(_("“%(step)s” is declined"), "ban", _words),
    STUCK: Sentence(_("“%(process)s” is stuck at “%(step)s”: %(why)s"), "warn", _stuck),
    RETRIED: Sentence(_("%(actor)s had the process “%(process)s” try again"), "undo", _words),
    CANCELLED: Sentence(_("%(actor)s cancelled the process “%(process)s”: %(reason)s"), "ban", _words),
    JUMPED: Sentence(_("%(actor)s moved “%(process)s” on to “%(step)s”: %(reason)s"), "arrow-r", _words),
    TAKEN: Sentence(_("%(actor)s took over the step “%(step)s”"), "user-plus", _words),
}
