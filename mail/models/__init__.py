"""What is stored about mail: mailboxes, messages in and out, who is trusted, how it leaves."""

from mail.models.accounts import Account, Consent, Unwanted
from mail.models.identity import Filter, KnownSender, QueueIntake, Trust
from mail.models.ledger import Incident, Keeping, Reconciliation, Unneeded
from mail.models.messages import Address, AutoReply, Incoming, Letter, Outgoing
from mail.models.sending import AutomaticText, Domain, MailRules, QueueAnswers, Server, ServerState, Storm

__all__ = [
    "Account",
    "Address",
    "AutoReply",
    "AutomaticText",
    "Consent",
    "Domain",
    "Filter",
    "Incident",
    "Incoming",
    "Keeping",
    "KnownSender",
    "Letter",
    "MailRules",
    "Outgoing",
    "QueueAnswers",
    "QueueIntake",
    "Reconciliation",
    "Server",
    "ServerState",
    "Storm",
    "Trust",
    "Unneeded",
    "Unwanted",
]
