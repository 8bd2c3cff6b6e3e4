"""Answers of real servers: what is about us and waits, and what is about a recipient and is final."""

import pytest

from mail.refusals import About, about_us, about_us_as_sender

ABOUT_US = [
    # Postfix
    (554, "5.7.1 <dana@acme.example>: Relay access denied", About.RELAY),
    (454, "4.7.1 <dana@acme.example>: Relay access denied", About.RELAY),
    (553, "5.7.1 <support@demo.example>: Sender address rejected: not owned by user relay", About.SENDER),
    (553, "5.7.1 <support@demo.example>: Sender address rejected: not logged in", About.SENDER),
    (450, "4.1.8 <support@demo.example>: Sender address rejected: Domain not found", About.SENDER),
    (554, "5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied", About.MACHINE),
    (554, "5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org", About.MACHINE),
    (504, "5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", About.MACHINE),
    (530, "5.7.0 Must issue a STARTTLS command first", About.ENCRYPTION),
    (530, "5.7.1 Authentication required", About.SIGN_IN),
    # Exim, and cPanel on top of it
    (550, "relay not permitted", About.RELAY),
    (550, "authentication required", About.SIGN_IN),
    (550, "Verification failed for <support@demo.example>\nUnrouteable address\nSender verify failed", About.SENDER),
    (550, "Please turn on SMTP Authentication in your mail client.\nhost [192.0.2.7]:4711 is not permitted to relay "
          "through this server without authentication.", About.RELAY),
    (550, "Domain demo.example has exceeded the max emails per hour (200/200 (100%)) allowed. Message discarded.",
     About.LIMIT),
    (550, "rejected because 192.0.2.7 is in a black list at zen.spamhaus.org", About.MACHINE),
    # Exchange and Microsoft 365
    (550, "5.7.1 Unable to relay", About.RELAY),
    (550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain", About.RELAY),
    (550, "5.7.64 TenantAttribution; Relay Access Denied", About.RELAY),
    (550, "5.7.60 SMTP; Client does not have permissions to send as this sender", About.SENDER),
    (554, "5.2.252 SendAsDenied; support@demo.example not allowed to send as info@demo.example", About.SENDER),
    (554, "5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied", About.SENDER),
    (550, "5.1.8 Access denied, bad outbound sender AS(42004)", About.SENDER),
    (530, "5.7.57 Client not authenticated to send mail. [FR0P281CA0001.DEUP281.PROD.OUTLOOK.COM]", About.SIGN_IN),
    (535, "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant", About.SIGN_IN),
    (550, "5.7.3 Requested action aborted; user not authenticated", About.SIGN_IN),
    (550, "5.7.708 Service unavailable. Access denied, traffic not accepted from this IP", About.MACHINE),
    (550, "5.7.705 Access denied, tenant has exceeded threshold", About.LIMIT),
    (550, "5.7.501 Access denied, spam abuse detected", About.ACCOUNT),
    (550, "5.7.750 Service unavailable. Client blocked from sending from unregistered domains", About.SENDER),
    (432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", About.LIMIT),
    # Google
    (550, "5.7.1 Invalid credentials for relay [192.0.2.7]. The IP address you've\n5.7.1 registered in your G Suite "
          "SMTP Relay service doesn't match the domain", About.RELAY),
    (550, "5.7.1 Mail relay denied [192.0.2.7]. Invalid credentials for one of the domains", About.RELAY),
    (530, "5.7.0 Authentication Required. For more information, go to", About.SIGN_IN),
    (550, "5.4.5 Daily user sending limit exceeded. For more information on Gmail", About.LIMIT),
    (550, "5.4.5 Daily SMTP relay limit exceeded for customer", About.LIMIT),
    # Amazon SES
    (554, "Message rejected: Email address is not verified. The following identities failed the check in region "
          "EU-WEST-1: support@demo.example", About.SENDER),
    (454, "Throttling failure: Daily message quota exceeded.", About.LIMIT),
    (454, "Throttling failure: Maximum sending rate exceeded.", About.LIMIT),
    (554, "Access denied: User `arn:aws:iam::123456789012:user/x' is not authorized to perform `ses:SendRawEmail'",
     About.ACCOUNT),
    (554, "Message rejected: Sending paused for this account.", About.ACCOUNT),
    (535, "Authentication Credentials Invalid", About.SIGN_IN),
    # Sendmail, Courier, qmail
    (550, "5.7.1 <dana@acme.example>... Relaying denied. Proper authentication required.", About.RELAY),
    (550, "5.7.1 <dana@acme.example>... Relaying denied. IP name lookup failed [192.0.2.7]", About.RELAY),
    (553, "5.1.8 <support@demo.example>... Domain of sender address support@demo.example does not exist", About.SENDER),
    (513, "Relaying denied.", About.RELAY),
    (553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", About.RELAY),
    # hMailServer, MailEnable, Zoho, Brevo, IONOS
    (550, "Delivery is not allowed to this address.", About.RELAY),
    (530, "SMTP authentication is required.", About.SIGN_IN),
    (503, "This mail server requires authentication when attempting to send to a non-local e-mail address.",
     About.SIGN_IN),
    (553, "Sender is not allowed to relay emails", About.RELAY),
    (550, "5.4.6 Unusual sending activity detected. Please try after sometime", About.ACCOUNT),
    (525, "5.7.1 Unauthorized IP address", About.MACHINE),
    (550, "Sender address is not allowed.", About.SENDER),
    # Mailgun, SendGrid
    (554, "5.7.1 Sandbox subdomains are for test purposes only. Please add your own domain", About.ACCOUNT),
    (550, "Domain mg.demo.example is not allowed to send: Please activate your account", About.ACCOUNT),
    (421, "Domain mg.demo.example is not allowed to send: recipient limit exceeded", About.LIMIT),
    (550, "The from address does not match a verified Sender Identity.", About.SENDER),
    (451, "Authentication failed: Maximum credits exceeded", About.LIMIT),
    (451, "You have exceeded your messaging limits", About.LIMIT),
    (550, "Unauthenticated senders not allowed", About.SIGN_IN),
]  # fmt: skip

FINAL = [
    (550, "5.1.1 <dana@acme.example>: Recipient address rejected: User unknown in local recipient table"),
    (550, "5.1.1 <dana@acme.example>: Recipient address rejected: undeliverable address: host mx.acme.example said: "
          "554 5.7.1 <dana@acme.example>: Relay access denied (in reply to RCPT TO command)"),
    (550, "5.7.1 <dana@acme.example>: Recipient address rejected: Access denied"),
    (554, "5.7.1 Message rejected as spam"),
    (554, "5.7.1 Spam message rejected"),
    (550, "5.7.1 RESOLVER.RST.AuthRequired; authentication required"),
    (550, "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"),
    (550, "5.7.1 [192.0.2.7 12] Our system has detected that this message is likely unsolicited mail."),
    (550, "5.7.26 This mail has been blocked because the sender is unauthenticated."),
    (550, "5.1.1 The email account that you tried to reach does not exist."),
    (552, "5.2.2 The email account that you tried to reach is over quota."),
    (450, "4.2.1 The user you are trying to contact is receiving mail too quickly."),
    (552, "5.7.0 This message was blocked because its content presents a potential security issue."),
    (552, "5.3.4 Message size exceeds fixed limit"),
    (552, "5.2.3 Message size limit exceeded"),
    (550, "5.4.1 Recipient address rejected: Access denied"),
    (554, "Message rejected: Address blacklisted."),
    (554, "Transaction failed: Reject due to policy restrictions."),
    (550, "5.2.2 Mailbox quota exceeded"),
    (550, "Administrative prohibition"),
    (550, "No such user here"),
    (450, "4.2.0 <dana@acme.example>: Recipient address rejected: Greylisted"),
    (451, "4.7.1 Greylisting in action, please come back later"),
    (421, "4.7.0 Our system has detected an unusual rate of unsolicited mail"),
    (250, "2.1.5 Ok, relay access denied for nobody"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "answer", "about"), ABOUT_US, ids=[answer[:50] for _code, answer, _about in ABOUT_US])
def test_what_our_own_server_says_about_us(code, answer, about):
    assert about_us(code, answer) == about


@pytest.mark.parametrize(("code", "answer"), FINAL, ids=[answer[:50] for _code, answer in FINAL])
def test_what_it_says_about_a_recipient_or_the_message(code, answer):
    assert about_us(code, answer) is None


@pytest.mark.parametrize(
    ("code", "answer", "about"),
    [
        (550, "5.7.1 Not today", About.OTHER),
        (452, "4.3.1 Insufficient system storage", About.OTHER),
        (530, "5.7.0 Authentication required", About.SIGN_IN),
        (552, "5.3.4 Message size exceeds fixed limit", None),
        (553, "5.6.7 SMTPUTF8 is not supported", None),
        (552, "message too big", None),
    ],
)
def test_before_a_recipient_is_named_a_refusal_is_about_us(code, answer, about):
    assert about_us_as_sender(code, answer) == about


def test_long_and_hostile_answers_cost_nothing():
    assert about_us(550, "sender address " * 100_000) is None
