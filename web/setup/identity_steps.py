"""Steps of a message's way that are about its sender, filters and commands, as sentences with %(found)s."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentences = Mapping[tuple[str, str], str | Promise]

_NAMED: Sentences = {
    ("external", "sender takes part"): _(
        "A number in it is that of another system which #%(found)s has too, and its sender takes part there. So it "
        "joined that ticket, marked as unverified."
    ),
    ("external", "sender is proven"): _(
        "A number in it is that of another system which #%(found)s has too, and its proven sender takes part there. "
        "So it joined that ticket."
    ),
    ("tag", "sender is proven"): _(
        "Its subject names #%(found)s, and its proven sender takes part there. So it joined that ticket."
    ),
    ("reference", "sender is proven"): _(
        "It refers to a message that is on #%(found)s, and its proven sender takes part there. So it joined that "
        "ticket."
    ),
    ("tag", "not told"): _("Its subject names a ticket that is not there, or that you may not see."),
    ("token", "not told"): _("It answers a message of ours on a ticket that is not there, or that you may not see."),
    ("reference", "not told"): _("It refers to a message on a ticket that you may not see."),
    ("external", "not told"): _("A number in it is that of a ticket that you may not see."),
}
_FORGED = _(
    "It points to #%(found)s, and its sender takes part there, but the sender is not who he says. So it is kept there "
    "as a note."
)
_SENDERS: Sentences = {
    **{(kind, "sender is not who he says"): _FORGED for kind in ("token", "tag", "reference", "external")},
    ("proof", "pass"): _("The server in front of us confirms its sender: %(found)s."),
    ("proof", "fail"): _("The server in front of us says that its sender is forged: %(found)s."),
    ("proof", "none"): _("The server in front of us (%(found)s) does not confirm its sender."),
    ("sender", "denied"): _("Its sender is on the list as %(found)s: not wanted."),
    ("sender", "junk"): _("Its sender is on the list as %(found)s: into the queue for unwanted messages."),
    ("sender", "wanted"): _("Its sender is on the list as %(found)s: always wanted."),
    ("sender", "ours, so Reply-To"): _(
        "It bears our own address %(found)s as its sender. So the address for replies counts as who wrote it."
    ),
}
_FILTERS: Sentences = {
    ("filter", "fits"): _("The filter %(found)s fits it."),
    ("filter", "too slow"): _("An expression of the filter %(found)s took too long, so that filter was passed over."),
    ("filter", "queue is not in use"): _("A filter names the queue %(found)s, which is not in use."),
    ("header", "obeyed"): _("Its header wants %(found)s, and this system is trusted."),
    ("header", "not known here"): _("Its header wants %(found)s, which is not known here."),
    ("header", "may not see this queue"): _("Its header wants %(found)s as the owner, who may not see this queue."),
    ("header", "needs a time"): _("The status %(found)s needs a time, so the status stayed as it was."),
    ("header", "needs fields"): _("The status %(found)s needs fields that are empty, so the status stayed as it was."),
    ("field", "does not fit"): _("The value %(found)s does not fit its field and was left out."),
}
_AGENTS: Sentences = {
    ("agent", "not proven"): _(
        "It bears the address of the agent %(found)s, but nothing proves that. So its commands were not obeyed."
    ),
    ("agent", "no right"): _("Its sender is an agent who may not write on #%(found)s."),
    ("agent", "noted"): _("An agent wrote it, so it became a note on #%(found)s."),
    ("agent", "may disclose"): _(
        "It is from an agent and may quote what only agents may read. So it is kept on #%(found)s as an internal note."
    ),
    ("reply", "nothing"): _("Nothing in it was new, so no answer went to the customer of #%(found)s."),
    ("reply", "mixed"): _(
        "What is new in it is not clearly apart from what it quotes, so no answer went to the customer of #%(found)s."
    ),
    ("reply", "internal"): _("It repeats what only agents may read, so no answer went to the customer of #%(found)s."),
    ("reply", "message"): _("A whole message is attached to it, so no answer went to the customer of #%(found)s."),
    ("reply", "refused"): _("No answer could be sent to the customer of #%(found)s."),
    ("agent", "automatic"): _(
        "A program sent it in the name of the agent %(found)s, in answer to what agents are told. Nothing comes of it."
    ),
    ("agent", "answered"): _("An agent wrote it as an answer to the customer of #%(found)s."),
    ("agent", "forwarded"): _("An agent passed on what %(found)s wrote, who is the customer of this ticket."),
    ("command", "done"): _("The command “%(found)s” was obeyed."),
    ("command", "no right"): _("The command “%(found)s” was refused: the agent may not do that here."),
    ("command", "not known here"): _("The command “%(found)s” was refused: that is not known here."),
    ("command", "not possible now"): _("The command “%(found)s” was refused: that is not possible now."),
    ("shared", "first"): _("It is for several of our queues. Here it is dealt with as mail to %(found)s."),
    ("shared", "further"): _("It is for several of our queues and is shared out from message %(found)s."),
    ("shared", "linked"): _("The same message opened #%(found)s in another queue. The two tickets are linked."),
}
IDENTITY: Sentences = {**_NAMED, **_SENDERS, **_FILTERS, **_AGENTS}
