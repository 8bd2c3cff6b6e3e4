"""Users that do not give up: they remember what was acknowledged, and send again what was not, as people and mail
servers do. Everything they say carries a word that exists once, so that it can be counted afterwards."""

import http.client
import json
import smtplib
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Max

from helpdesk.drills.stage import ADDRESS, Agent, Stage
from mail.models import Outgoing

CSRF = "a" * 32
PATIENCE = 400.0
PAUSE = 0.5


@dataclass(frozen=True)
class Answered:
    """What came back; status 0 when nobody answered."""

    status: int
    text: str
    seconds: float
    location: str = ""

    @property
    def is_fine(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.BAD_REQUEST


class Browser:
    """One person's browser: a session, one connection at a time."""

    def __init__(self, stage: Stage, cookie: str) -> None:
        self._stage = stage
        self._headers = {
            "Host": f"127.0.0.1:{stage.port}",
            "Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={CSRF}",
            "X-CSRFToken": CSRF,
        }

    def get(self, path: str) -> Answered:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: dict[str, object]) -> Answered:
        return self._ask("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answered:
        return ask(self._stage, method, path, body, self._headers | headers)


def ask(stage: Stage, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answered:
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text, location = response.read().decode(errors="replace"), response.headers.get("Location", "")
        return Answered(response.status, text, time.monotonic() - started, location)
    except (OSError, http.client.HTTPException):
        return Answered(0, "", time.monotonic() - started)
    finally:
        connection.close()


def written(word: str, *, sender: str = "", answers: str = "", file: bytes = b"") -> EmailMessage:
    """A customer's mail about this word; `answers` is the word of an earlier one."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender or f"{word}@crowd.example", ADDRESS, word
    message["Message-ID"] = f"<{word}@crowd.example>"
    if answers:
        message["In-Reply-To"] = f"<{answers}@crowd.example>"
    message.set_content(f"My machine does not work. It says {word}.")
    if file:
        message.add_attachment(file, maintype="application", subtype="octet-stream", filename=f"{word}.bin")
    return message


@dataclass
class Load:
    """What was promised to whom, and how it went; shared by the threads that make it."""

    stage: Stage
    mails: set[str] = field(default_factory=set)
    replies: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    texts_kept: int = 0
    texts_lost: int = 0
    signed_out: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)
    ended: float = 0.0
    tries: int = 0  # in vain, to hand in mail
    # What left before is another drill's.
    since: int = field(default_factory=lambda: Outgoing.objects.aggregate(last=Max("pk"))["last"] or 0)

    def mail(self, word: str, *, sender: str = "") -> None:
        """A mail server that tries until it hears 250."""
        self.hand_in(word, written(word, sender=sender))

    def hand_in(self, word: str, message: EmailMessage, *, lmtp: bool = False) -> None:
        """The same for any message, by SMTP or LMTP."""
        self._until_done(lambda: self._hand_in(message, lmtp=lmtp))
        self.mails.add(word)

    def hand_in_all(self, mails: Sequence[tuple[str, EmailMessage]], *, lmtp: bool = False) -> None:
        """Several by one connection; after a break those that were not acknowledged are handed in again."""
        left = deque(mails)
        self._until_done(lambda: self._hand_in_some(left, lmtp=lmtp))

    def in_background(self, word: str) -> threading.Thread:
        """A mail that somebody tries to hand in while the drill does something else."""
        thread = threading.Thread(target=self.mail, args=(word,), daemon=True)
        thread.start()
        return thread

    def reply(self, agent: Agent, number: str, word: str) -> None:
        """An agent who presses "send" until the answer is on its way, each time with the same form."""
        fields: dict[str, object] = {"to": "somebody@crowd.example", "then": "open", "wait": "3"}
        fields |= {"submission": str(uuid.uuid4()), "text": f"Dear customer,\n\nplease try {word}."}
        browser = Browser(self.stage, agent.cookie)
        self._until_done(lambda: self._send(browser, f"/desk/tickets/{number}/reply/", fields))
        self.replies.add(word)

    def create(self, token: str, customer: str, word: str) -> None:
        """A program that repeats its request with the same key until it gets an answer."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": word}
        headers["Host"] = f"127.0.0.1:{self.stage.port}"
        body = json.dumps({"title": word, "queue": "Support", "customer": customer, "body": f"It says {word}."})
        self._until_done(lambda: self._noted(ask(self.stage, "POST", "/api/v1/tickets/", body, headers)).is_fine)
        self.created.add(word)

    def open_request(self, browser: Browser, word: str) -> None:
        """A customer who fills in the form of the portal."""
        fields: dict[str, object] = {"subject": word, "text": f"It says {word}.", "submission": str(uuid.uuid4())}
        self._until_done(lambda: self._send(browser, "/portal/new/", fields))
        self.created.add(word)

    def look(self, agent: Agent) -> Answered:
        return self._noted(Browser(self.stage, agent.cookie).get("/desk/views/open/"))

    def _hand_in(self, message: EmailMessage, *, lmtp: bool) -> bool:
        return self._hand_in_some(deque([("", message)]), lmtp=lmtp)

    def _hand_in_some(self, left: deque[tuple[str, EmailMessage]], *, lmtp: bool) -> bool:
        """What was acknowledged is left no more."""
        client, port = (smtplib.LMTP, self.stage.mail_port + 1) if lmtp else (smtplib.SMTP, self.stage.mail_port)
        try:
            with client("127.0.0.1", port, timeout=30) as server:
                while left:
                    word, message = left[0]
                    server.send_message(message, message["From"], [ADDRESS])
                    left.popleft()
                    self.mails |= {word} - {""}
        except (OSError, smtplib.SMTPException):
            self.tries += 1
        return not left

    def _send(self, browser: Browser, path: str, fields: dict[str, object]) -> bool:
        answer = self._noted(browser.post(path, fields))
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            kept = all(line in answer.text for line in str(fields["text"]).split("\n"))
            self.texts_kept, self.texts_lost = self.texts_kept + kept, self.texts_lost + (not kept)
        elif answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.texts_lost += 1
        # A redirect to the sign-in page confirms nothing.
        signed_out = answer.location.startswith("/login/")
        self.signed_out += signed_out
        return answer.is_fine and not signed_out

    def _noted(self, answer: Answered) -> Answered:
        self.statuses[answer.status] += 1
        self.times.append(answer.seconds)
        return answer

    def _until_done(self, attempt: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not attempt():
            if time.monotonic() > end or self.given_up.is_set():
                raise TimeoutError("nobody took it")
            time.sleep(PAUSE)
