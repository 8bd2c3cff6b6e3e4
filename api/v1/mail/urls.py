"""Addresses of mail, below /api/v1/."""

from django.urls import path

from api.v1.mail import incoming as ledger
from api.v1.mail import outgoing as outbox
from api.v1.mail.addresses import AddressRow, AddressRows
from api.v1.mail.filters import FilterRow, FilterRows, SenderRow, SenderRows
from api.v1.mail.limits import MailLimits
from api.v1.mail.mailboxes import MailboxRow, MailboxRows, MailboxTrial, MailboxVisits
from api.v1.mail.servers import ServerRow, ServerRows, ServerTrial
from api.v1.mail.trial import MailTrial

urlpatterns = [
    path("mail/incoming/", ledger.IncomingList.as_view(), name="incoming_list"),
    path("mail/incoming/<int:id>/", ledger.IncomingDetail.as_view(), name="incoming"),
    path("mail/incoming/<int:id>/retry/", ledger.IncomingRetry.as_view(), name="incoming_retry"),
    path("mail/incoming/<int:id>/discard/", ledger.IncomingDiscard.as_view(), name="incoming_discard"),
    path("mail/incoming/<int:id>/release/", ledger.IncomingRelease.as_view(), name="incoming_release"),
    path("mail/incoming/<int:id>/raw/", ledger.IncomingRaw.as_view(), name="incoming_raw"),
    path("mail/outgoing/", outbox.OutgoingList.as_view(), name="outgoing_list"),
    path("mail/outgoing/<int:id>/", outbox.OutgoingDetail.as_view(), name="outgoing"),
    path("mail/outgoing/<int:id>/again/", outbox.OutgoingAgain.as_view(), name="outgoing_again"),
    path("mail/outgoing/<int:id>/anyway/", outbox.OutgoingAnyway.as_view(), name="outgoing_anyway"),
    path("mail/outgoing/<int:id>/withdraw/", outbox.OutgoingWithdraw.as_view(), name="outgoing_withdraw"),
    path("mail/outgoing/<int:id>/raw/", outbox.OutgoingRaw.as_view(), name="outgoing_raw"),
    path("mail/addresses/", AddressRows.as_view(), name="our_addresses"),
    path("mail/addresses/<int:id>/", AddressRow.as_view(), name="our_address"),
    path("mail/mailboxes/", MailboxRows.as_view(), name="mailboxes"),
    path("mail/mailboxes/<int:id>/", MailboxRow.as_view(), name="mailbox"),
    path("mail/mailboxes/<int:id>/visits/", MailboxVisits.as_view(), name="mailbox_visits"),
    path("mail/mailboxes/<int:id>/try/", MailboxTrial.as_view(), name="mailbox_try"),
    path("mail/filters/", FilterRows.as_view(), name="mail_filters"),
    path("mail/filters/<int:id>/", FilterRow.as_view(), name="mail_filter"),
    path("mail/senders/", SenderRows.as_view(), name="known_senders"),
    path("mail/senders/<int:id>/", SenderRow.as_view(), name="known_sender"),
    path("mail/servers/", ServerRows.as_view(), name="servers"),
    path("mail/servers/<int:id>/", ServerRow.as_view(), name="server"),
    path("mail/servers/<int:id>/try/", ServerTrial.as_view(), name="server_try"),
    path("mail/limits/", MailLimits.as_view(), name="mail_limits"),
    path("mail/try/", MailTrial.as_view(), name="mail_try"),
]
