"""Mail from the receiver's door to tickets whose customers have been answered: real processes, one worker."""

import smtplib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.message import EmailMessage
from itertools import count

from core.work import WorkRow, sweep
from helpdesk.bench.dataset import Ground
from helpdesk.bench.dividing import divided
from helpdesk.bench.measuring import COUNTED, WARM_UP, Result, cpu_seconds, from_times, measure
from helpdesk.bench.servers import free_ports, held_by, listens, running, wait_for, worker
from helpdesk.demo.crowd import LANGUAGES
from helpdesk.demo.words import Writer
from mail import intake
from mail.models import Incoming, Outgoing
from mail.tasks import process_incoming
from tickets.models import Delivery, Ticket

RECIPIENT = "support@demo.example"
CONNECTIONS = 4
# Of so many mails one has a page of HTML beside its text, or a file.
WITH_HTML, WITH_FILE = 2, 10
FILE = bytes(range(256)) * 80
# Mails for each repetition that was asked for.
TIMES = 20
# So many are taken apart into what they spend their time with.
DIVIDED = 20
Mail = tuple[str, bytes]
WORK: tuple[type[WorkRow], ...] = (Incoming, Delivery, Outgoing)
_numbers = count(time.time_ns() % 10**9)


def mail_in(ground: Ground) -> list[Result]:
    return [_through_the_door(ground), _by_two_workers(ground), _in_this_process(ground)]


def _through_the_door(ground: Ground) -> Result:
    mails = list(_mails(ground, ground.repeat * TIMES))
    port = free_ports(2)
    with running("manage.py", "mail_receiver", HELPDESK_MAIL_PORT=str(port)) as receiver, worker() as one_worker:
        wait_for(lambda: listens(port), "the mail receiver")
        wait_for(_is_settled, "what is left of other targets", seconds=600)
        work = _Work()
        _send(port, list(_mails(ground, 20)))
        wait_for(work.is_done, "the first mails")
        work, started, computed = _Work(), time.monotonic(), cpu_seconds(receiver.pid) + cpu_seconds(one_worker.pid)
        _send(port, mails)
        taken_in = time.monotonic() - started
        wait_for(work.is_done, "the last mail", seconds=60 + len(mails))
        elapsed = time.monotonic() - started
        computed = cpu_seconds(receiver.pid) + cpu_seconds(one_worker.pid) - computed
        memory = held_by(receiver) + held_by(one_worker)
    times = work.waits()
    if len(times) != len(mails):
        raise AssertionError(f"{len(mails)} mails were sent, {len(times)} became articles")
    more = {"accepted_per_s": round(len(mails) / taken_in, 1), "cpu_ms": round(computed * 1000 / len(mails), 1)}
    return from_times("mail_in", times, tickets=ground.tickets, per_s=len(mails) / elapsed, peak_mb=memory, more=more)


def _by_two_workers(ground: Ground) -> Result:
    """Parse, match, ticket, history and nothing else: two worker processes for what has been taken in already.

    What follows from it (receipts on their way, live hints) waits until the watch has been stopped.
    """
    mails = list(_mails(ground, ground.repeat * TIMES))
    work = _Work()
    with worker(queues="intake") as two_processes:
        wait_for(_is_read, "what is left of other targets", seconds=600)
        _keep_all(list(_mails(ground, 20)))
        wait_for(work.is_read, "the first mails")
        work = _Work()
        computed, started = cpu_seconds(two_processes.pid), time.monotonic()
        rows = _keep_all(mails)
        kept = time.monotonic() - started
        wait_for(work.is_read, "the last mail", seconds=60 + len(mails))
        elapsed = time.monotonic() - started
        computed = cpu_seconds(two_processes.pid) - computed
        memory = held_by(two_processes)
    with worker():
        wait_for(work.is_done, "what follows from the mails", seconds=60 + len(mails))
    more = {"kept_s": round(kept, 1), "cpu_ms": round(computed * 1000 / len(rows), 1)}
    times = work.waits()
    return from_times(
        "mail_in_workers", times, tickets=ground.tickets, per_s=len(mails) / elapsed, peak_mb=memory, more=more
    )


def _is_settled() -> bool:
    """Whoever asks calls a worker, as there is no beat here. Events that wait would hold up later ones."""
    return not any(sweep(model) for model in WORK)


def _is_read() -> bool:
    return not sweep(Incoming)


def _keep_all(mails: Sequence[Mail]) -> list[Incoming]:
    """As doors do, at once."""
    return [intake.accept(raw, _envelope(sender)) for sender, raw in mails]


def _envelope(sender: str) -> intake.Envelope:
    return intake.Envelope(Incoming.Source.SMTP, sender=sender, recipients=(RECIPIENT,))


class _Work:
    """All that has come in since this was made, and what followed from it."""

    def __init__(self) -> None:
        self.since = {model: model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in WORK}

    def is_done(self) -> bool:
        rows = (model.objects.filter(pk__gt=last, due_at__isnull=False) for model, last in self.since.items())
        return not any(some.exists() for some in rows)

    def is_read(self) -> bool:
        """Each mail is where it belongs, whatever follows from it."""
        return not Incoming.objects.filter(pk__gt=self.since[Incoming], due_at__isnull=False).exists()

    def waits(self) -> list[float]:
        """Seconds from the receipt of each mail to its article."""
        done = Incoming.objects.filter(pk__gt=self.since[Incoming], article__isnull=False)
        moments = done.values_list("received_at", "article__created_at")
        return [(ticketed - received).total_seconds() for received, ticketed in moments]


def _in_this_process(ground: Ground) -> Result:
    """What one mail costs from its row to its ticket, without the receiver and without waiting for a turn."""
    first = ground.repeat + WARM_UP + COUNTED
    mails = list(_mails(ground, first + DIVIDED))

    def take_in(number: int) -> None:
        sender, raw = mails[number]
        process_incoming(intake.keep(raw, _envelope(sender)).pk)

    result = measure("mail_in_process", take_in, repeat=ground.repeat, tickets=ground.tickets)
    with divided() as division:
        for number in range(first, first + DIVIDED):
            take_in(number)
    more = {name: round(seconds * 1000 / DIVIDED, 1) for name, seconds in division.as_dict().items()}
    return replace(result, more=more)


def _send(port: int, mails: Sequence[Mail]) -> None:
    def send(part: Sequence[Mail]) -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for sender, raw in part:
                server.sendmail(sender, [RECIPIENT], raw)

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(send, [mails[n::CONNECTIONS] for n in range(CONNECTIONS)]))


def _tickets_of_many(ground: Ground) -> list[Ticket]:
    """The newest ticket of each customer. Whoever wrote more than some dozens of mails in minutes would be a storm, and
    what he sends is kept in (mail/storms.py)."""
    newest = Ticket.objects.filter(queue__in=ground.queues).order_by("customer_id", "-id").distinct("customer_id")
    return list(newest.select_related("customer"))


def _mails(ground: Ground, number: int) -> Iterator[Mail]:
    """New requests of customers, known ones and new ones, and answers to what they have asked before."""
    writer = Writer(ground.dice, pool=500)
    earlier = _tickets_of_many(ground)
    for n in range(number):
        serial, language = next(_numbers), LANGUAGES[n % len(LANGUAGES)]
        title = writer.title(language)
        sender = f"writer{serial}@bench.example"
        if n % 3 == 0 and earlier:
            ticket = earlier[n // 3 % len(earlier)]
            sender, title = ticket.customer.email, f"Re: {title} [#{ticket.number}]"
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = f"Somebody <{sender}>", RECIPIENT, title
        message["Message-ID"] = f"<{serial}.{n}@bench.example>"
        text = writer.message(language)
        message.set_content(text)
        if n % WITH_HTML == 0:
            message.add_alternative(f"<html><body><p>{text}</p><p><b>Greetings</b></p></body></html>", subtype="html")
        if n % WITH_FILE == 0:
            file = FILE + str(serial).encode()
            message.add_attachment(file, maintype="application", subtype="pdf", filename="photo.pdf")
        yield sender, bytes(message)
