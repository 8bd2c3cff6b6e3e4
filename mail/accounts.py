"""Mailboxes on other servers as administrators set them up: saved with audit, tried out with a clear answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.audit import note_change, save_audited
from accounts.models import User
from core.later import after_commit
from core.secrets import goes_elsewhere
from core.text import clean_line, normalise_address
from core.work import nudge
from mail.addressing import is_ours, save_address
from mail.fetching import oauth
from mail.fetching.connecting import Patience
from mail.fetching.looking import look
from mail.fetching.troubles import NoFolder, answer_of, sentence, technical, trouble_of
from mail.models import Account, Address, Consent

CONNECT_SECONDS = 5
READ_SECONDS = 10
ANEW = gettext_lazy("Please write the password again: the one that is stored is for the server as it was.")


@dataclass(frozen=True)
class Trial:
    """What came of signing in: a sentence for people and, when there is one, the server's own answer."""

    is_good: bool
    sentence: str
    answer: str = ""
    more: str = ""
    folders: Sequence[str] = ()


def save_account(account: Account, *, by: User) -> Account:
    """Save a new or changed account; what fetching notes on the row meanwhile is kept. It is visited at once."""
    with transaction.atomic():
        current = Account.objects.select_for_update(of=("self",)).filter(pk=account.pk).first()
        if current is not None:
            for name in Account.NOTED:
                setattr(account, name, getattr(current, name))
            if _has_moved(current, account):
                forget_consent(account, by=by)
        if save_audited(account, by=by):
            _visit_soon(account)
    return account


def unknown_address(account: Account) -> str:
    """The mailbox's own address, as far as its user name is one, while it is none of ours: mail to it would go to the
    queue of another address, be answered from there, and be sent to us as a copy. Else empty."""
    try:
        validate_email(account.username)
    except ValidationError:
        return ""
    address = normalise_address(account.username)
    return "" if is_ours(address) else address


def save_with_address(account: Account, address: Address, *, by: User) -> Account:
    """Save an account together with its address, which is ours from now on. Raises `ValidationError`."""
    with transaction.atomic():
        save_account(account, by=by)
        save_address(address, by=by)
    return account


def check_account(account: Account) -> None:
    """Raise `ValidationError`, by field, for what cannot go together on a mailbox."""
    wrong: dict[str, str] = {}
    account.host = account.host.strip()
    if not account.host or any(sign in account.host for sign in " /@:?#"):
        wrong["host"] = _("Write the name of the server alone, for example imap.example.com.")
    if account.after == Account.After.MOVE and not account.move_to:
        wrong["move_to"] = _("Write the folder into which fetched mail moves.")
    if account.protocol == Account.Protocol.POP3 and account.after == Account.After.MOVE:
        wrong["after"] = _("POP3 knows no folders, so mail cannot be moved.")
    if goes_elsewhere(_stored(account), account, sealed="sealed_password", place=Account.PLACE):
        account.password = ""
        if account.sign_in == Account.SignIn.PASSWORD:
            wrong["password"] = str(ANEW)
    elif account.sign_in == Account.SignIn.PASSWORD and not account.sealed_password:
        wrong["password"] = _("This field is required.")
    if wrong:
        raise ValidationError(wrong)


def check_consent(consent: Consent) -> None:
    """Raise `ValidationError` when the stored secret of an application would go to somebody it was not written for."""
    old = Consent.objects.filter(pk=consent.pk).first() if consent.pk else None
    if goes_elsewhere(old, consent, sealed="sealed_client_secret", place=("provider", "client_id", "token_url")):
        message = _("Please write the secret again: the one that is stored is for the application as it was.")
        raise ValidationError({"client_secret": message})


def forget_consent(account: Account, *, by: User) -> None:
    """Tokens were given for the server as it was; somebody connects the mailbox anew."""
    with transaction.atomic():
        consent = Consent.objects.select_for_update(of=("self",)).filter(account=account).first()
        if consent is not None:
            consent.forget()
            save_audited(consent, by=by)


def save_consent(consent: Consent, *, by: User) -> Consent:
    """Save how an account gets its tokens. Another application or flow means that nobody has agreed to it yet."""
    with transaction.atomic():
        current = Consent.objects.select_for_update(of=("self",)).filter(pk=consent.pk).first()
        if current is not None and _asks_for_other(current, consent):
            consent.sealed_access_token = consent.sealed_refresh_token = ""
            consent.granted_at = consent.expires_at = consent.refresh_expires_at = None
        consent.refused_at, consent.refusal = None, ""
        save_audited(consent, by=by)
        _visit_soon(consent.account)
    return consent


def connect(consent: Consent, *, code: str, verifier: str, back_to: str, by: User) -> None:
    """Somebody has agreed on the provider's page. Raises `oauth.ConsentEnded` or `oauth.TokenTrouble`."""
    oauth.redeem(consent, code=code, verifier=verifier, back_to=back_to)
    with transaction.atomic():
        after = {"granted_at": consent.granted_at.isoformat() if consent.granted_at else None}
        note_change(consent, before={"granted_at": None}, after=after, by=by)
        _visit_soon(consent.account)


def visit_now(account: Account) -> None:
    """Somebody has mended something and does not want to wait."""
    Account.objects.filter(pk=account.pk).update(next_visit_at=timezone.now())
    after_commit(lambda: nudge("mail.tasks.fetch", account.pk))


def try_account(account: Account) -> Trial:
    """Sign in, look into the folder, change nothing. Waits a few seconds for each answer and no longer."""
    if account.sign_in == Account.SignIn.OAUTH and (old := _stored(account)) and _has_moved(old, account):
        said = _("Save first, then connect the mailbox anew: its leave is for the server as it was.")
        return Trial(is_good=False, sentence=said)
    try:
        found = look(account, patience=Patience(CONNECT_SECONDS, READ_SECONDS))
    except Exception as error:
        folder = str(error) if isinstance(error, NoFolder) else ""
        said = sentence(trouble_of(error), account, folder=folder, said=technical(error))
        return Trial(is_good=False, sentence=said, answer=clean_line(answer_of(error), 300))
    words = {"folder": account.folders[0], "number": found.messages}
    said = ngettext(
        "Signed in. The folder %(folder)s holds %(number)s message.",
        "Signed in. The folder %(folder)s holds %(number)s messages.",
        found.messages,
    )
    return Trial(is_good=True, sentence=said % words, more=_more(found.today), folders=found.folders)


def _more(today: int | None) -> str:
    if today is None:
        return ""
    words = ngettext(
        "%(number)s of them is from today. “Fetch from” below says how far back mail is fetched.",
        "%(number)s of them are from today. “Fetch from” below says how far back mail is fetched.",
        today,
    )
    return words % {"number": today}


def _asks_for_other(old: Consent, new: Consent) -> bool:
    names = ("provider", "flow", "tenant", "client_id", "authorize_url", "token_url", "scope")
    return any(getattr(old, name) != getattr(new, name) for name in names)


def _stored(account: Account) -> Account | None:
    return Account.objects.filter(pk=account.pk).first() if account.pk else None


def _has_moved(old: Account, new: Account) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in Account.PLACE)


def _visit_soon(account: Account) -> None:
    """With the next beat; what stopped it may have been mended."""
    account.failures, account.next_visit_at = 0, None
    if account.is_stopped:
        account.trouble = account.last_error = ""
    account.save(update_fields=["failures", "next_visit_at", "trouble", "last_error"])
