"""The world of the rights matrix: one person per role, one thing per relation, and the browsers and programs they use."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from accounts.brands import default_brand, save_brand, set_logo
from accounts.managing import Guest, invite
from accounts.models import ApiToken, ConfigChange, Membership, Organisation, Registration, User
from accounts.tokens import issue_token, revoke_token
from api.otrs.door import Caller
from api.otrs.signing_in import begin_session
from automation.alert_sources import save_source
from automation.endpoints import make_test, save_endpoint
from automation.macro_setup import save_macro
from automation.macros import run_macro
from automation.models import AlertSource, Content, Endpoint, Macro, Notice, Rule, RuleRun, Schedule, Skill, SkillRule
from automation.rule_handlers import run_rules
from automation.ruling import publish, save_rule
from automation.schedules import run_now, save_schedule
from knowledge.models import Announcement
from mail.intake import process
from mail.models import Account, Address, AutomaticText, Filter, KnownSender, Outgoing, Server, Storm
from processes.actions.starting import start
from sla.configuring import save_calendar, save_policy
from sla.models import Calendar, Policy
from tests import factories
from tests.processes.drawings import CUSTOMER, line, work
from tests.processes.world import published
from tests.rights.importing import handed_in
from tests.rights.library import library
from tests.rights.reporting import kept
from tests.setup import worlds
from tickets.actions.fields import set_tags, set_title
from tickets.actions.participants import add
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, reply
from tickets.bulk import run_job, start_job
from tickets.messages import File, Message
from tickets.models import (
    Article,
    Attachment,
    ChecklistTemplate,
    Delivery,
    Event,
    FieldDefinition,
    Priority,
    Queue,
    ReplyTemplate,
    SavedView,
    Service,
    Snippet,
    State,
    StateType,
    Tag,
    Ticket,
    TicketType,
    WebForm,
)
from tickets.pictures import keep_picture
from tickets.rights import RIGHTS, grant
from tickets.saved import save_view
from tickets.servicedefinitions import add_question, save_service
from tickets.webforms import save_form

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
# Nobody sits on the machine itself.
FROM_OUTSIDE = {"REMOTE_ADDR": "203.0.113.9"}
# Programs that are not simply somebody's good token: whose they are.
PROGRAMS = {"read_token": "write", "revoked_token": "write", "expired_token": "write", "cookie": "write"}


@dataclass
class Matrix:
    """Everything by the names that matrix.toml uses."""

    people: dict[str, User | None] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    # Arguments of an address, by kind of thing and relation.
    things: dict[str, dict[str, list]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    # Of OTRS clients.
    sessions: dict[str, str] = field(default_factory=dict)
    acme: Organisation | None = None

    def browser(self, name: str) -> Client:
        """Signed in while the person was still active, as a browser that was open would be."""
        client = Client(raise_request_exception=False, **FROM_OUTSIDE)
        person = self.people[name]
        if person is not None:
            client.force_login(person)
        return client

    def program(self, name: str) -> Client:
        if name == "cookie":
            return self.browser(PROGRAMS[name])
        headers = {"Authorization": f"Bearer {self.secrets[name]}"} if name in self.secrets else {}
        return Client(headers=headers, raise_request_exception=False, **FROM_OUTSIDE)

    def otrs_client(self, name: str) -> Client:
        headers = {"X-OTRS-Header-SessionID": self.sessions[name]} if name in self.sessions else {}
        return Client(headers=headers, raise_request_exception=False, **FROM_OUTSIDE)


def build() -> Matrix:
    world = Matrix()
    _queues(world)
    _people(world)
    _tickets(world)
    _files(world)
    _mail(world)
    _setup(world)
    _tokens(world)
    _sessions(world)
    return world


def _queues(world: Matrix) -> None:
    support = factories.QueueFactory(name="Support")
    world.queues = {
        "own": support,
        "below": factories.QueueFactory(name="Hardware", parent=support),
        "elsewhere": factories.QueueFactory(name="Billing"),
    }
    factories.address("support@demo.example", support)
    factories.address("billing@demo.example", world.queues["elsewhere"])


def _people(world: Matrix) -> None:
    """Agents have their right in Support, by a role; the outsider and the chief everything in Billing."""
    person = factories.PersonFactory
    customer = {"is_customer": True, "password": "demo"}
    people: dict[str, User | None] = {
        "visitor": None,
        "customer": person(email="dana@acme.example", name="Dana Miller", **customer),
        "colleague": person(email="carl@acme.example", name="Carl Miles", **customer),
        "member": person(email="mia@acme.example", name="Mia Moss", **customer),
        "stranger": person(email="erik@globex.example", name="Erik Olsen", **customer),
        "former": person(email="fred@acme.example", name="Fred Former", **customer),
    }
    world.acme = factories.organisation(
        "Acme", *(people[name] for name in ("customer", "colleague", "member", "former"))
    )
    factories.organisation("Globex", people["stranger"])
    for name in ("colleague", "former"):
        people[name].memberships.update(sees_all=True)
    for name in (*RIGHTS, "outsider", "dismissed"):
        people[name] = person(email=f"{name}@demo.example", name=f"Agent {name}", is_agent=True, password="demo")
        factories.role(f"Role {name}", people[name], **{name if name in RIGHTS else "write": _queue_of(world, name)})
    administrator = {"is_administrator": True, "password": "demo"}
    people["administrator"] = person(email="admin@demo.example", name="Ada Admin", **administrator)
    people["chief"] = person(email="chief@demo.example", name="Chris Chief", is_agent=True, **administrator)
    grant(people["chief"], world.queues["elsewhere"], "write")
    world.people = people


def _queue_of(world: Matrix, name: str) -> Queue:
    return world.queues["elsewhere" if name == "outsider" else "own"]


def _tickets(world: Matrix) -> None:
    customer, agent = world.people["customer"], world.people["write"]

    def opened(title: str, **facts) -> Ticket:
        facts = {"queue": world.queues["own"], "customer": customer, "title": title, **facts}
        return factories.TicketFactory(**facts)

    opened("Keys stick", queue=world.queues["below"], customer=world.people["stranger"])
    elsewhere = opened("Invoice", queue=world.queues["elsewhere"], customer=world.people["stranger"])
    tickets = {
        "open": opened("Printer hums"),
        "merged": opened("Printer hums too"),
        "merged_away": opened("My invoice"),
        "removed": opened("Spam"),
        "silent": opened("Check this", channel="note", by=agent),
        "elsewhere": elsewhere,
    }
    for name, into in (("merged", tickets["open"]), ("merged_away", elsewhere)):
        set_state(tickets[name], State.objects.get(type=StateType.MERGED), by=agent)
        Ticket.objects.filter(pk=tickets[name].pk).update(merged_into=into)
    set_state(tickets["removed"], State.objects.get(type=StateType.REMOVED), by=agent)
    world.tickets = tickets
    world.things["ticket"] = {name: [ticket.number] for name, ticket in tickets.items()} | {"nowhere": ["999999999"]}
    numbers = world.things["ticket"]
    FieldDefinition.objects.create(key="serial", label="Serial number", kind="text", in_portal=True)
    world.things["ticket field"] = {name: [*number, "serial"] for name, number in numbers.items()}
    # Rows that belong to a ticket are found through it: one that is gone is as good as done.
    world.things["row of ticket"] = {name: [*number, 99_999_999] for name, number in numbers.items()}
    world.things["participant"] = _participants(tickets)


def _participants(tickets: dict[str, Ticket]) -> dict[str, list]:
    """Somebody else is in copy, who has no part in anything beside that; a merged request leads on to another's."""
    third = factories.PersonFactory(email="third@nowhere.example", is_customer=True)
    copied = {name: add(tickets[name], third, by=tickets[name].customer) for name in ("open", "elsewhere")}
    rows = {name: tickets[name].participants.get().pk for name in copied}
    found = {name: [tickets[name].number, pk] for name, pk in rows.items()}
    found["merged"] = [tickets["merged"].number, rows["open"]]
    return found | {"nowhere": [tickets["open"].number, 99_999_999]}


def _files(world: Matrix) -> None:
    """On each ticket a file that everybody reads who may read the ticket, and one that only the team does."""
    public, internal = {"nowhere": [uuid4()]}, {"nowhere": [uuid4()]}
    picture = File("photo.png", "image/png", PNG)
    for name, ticket in world.tickets.items():
        article = Article.objects.filter(ticket=ticket).first()
        said = article if name != "silent" else None
        note = add_note(ticket, Message(text="A word among us", files=[picture]), by=world.people["write"])
        if said is not None:
            file = Attachment.objects.create(
                article=said, name="photo.png", content_type="image/png", size=len(PNG), digest=_digest(note)
            )
            public[name] = [file.uuid]
        internal[name] = [note.attachments.get().uuid]
    world.things |= {"file": public, "internal file": internal}


def _digest(note: Article) -> str:
    return note.attachments.get().digest


def _mail(world: Matrix) -> None:
    """Messages that came and left: on a ticket of ours, on one elsewhere, on none."""
    came, left, articles, answers = {}, {}, {"nowhere": [99_999_999]}, {"nowhere": [99_999_999]}
    for name, queue in (("open", "support"), ("elsewhere", "billing")):
        row = worlds.incoming(LETTER.replace(b"support", queue.encode()), f"{queue}@demo.example")
        process(row.pk)
        row.refresh_from_db()
        came[name], articles[name] = [row.pk], [row.article_id]
        agent = world.people["write" if name == "open" else "outsider"]
        sent = reply(world.tickets[name], Message(text="Turn it off and on."), by=agent)
        left[name], answers[name] = [Outgoing.objects.get(article=sent).pk], [sent.pk]
    _unsent(world)
    on_ticket = {
        name: [Article.objects.get(pk=pk).ticket.number, pk] for name, [pk] in articles.items() if pk < 99_999_999
    }
    world.things["mail on ticket"] = on_ticket | {"nowhere": [world.tickets["open"].number, 99_999_999]}
    came |= {"none": [worlds.quarantined().pk], "nowhere": [99_999_999]}
    world.things |= {"incoming": came, "outgoing": left | {"nowhere": [99_999_999]}, "mail": articles}
    world.things["sent mail"] = answers


def _unsent(world: Matrix) -> None:
    """What one agent has done and can still take back, and a picture in a text that is being written."""
    agent = world.people["write"]
    waits = Message(text="Turn it off for good.", send_at=timezone.now() + timedelta(days=1))
    article = reply(world.tickets["open"], waits, by=agent)
    picture = keep_picture(File("photo.png", "image/png", PNG), by=agent)
    number = world.tickets["open"].number
    world.things["message that waits"] = {"open": [article.pk], "nowhere": [99_999_999]}
    world.things["waiting on ticket"] = {"open": [number, article.pk], "nowhere": [number, 99_999_999]}
    changed = set_title(world.tickets["open"], "Printer hums loudly", by=agent)
    world.things["own change"] = {
        "open": [number, changed.pk],
        "nowhere": [number, 99_999_999],
    }
    world.things["picture"] = {"own": [picture.uuid], "nowhere": [uuid4()]}
    drafts = {name: [*number, "reply"] for name, number in world.things["ticket"].items()}
    world.things["draft"] = drafts


def _processes(world: Matrix) -> None:
    """Processes on the open ticket that wait for the agents of its queue, for an approval, and twice for its customer."""
    agent = world.people["write"]
    asked = {"approval": {"rule": "all", "by": [{"kind": "person", "person": agent.email}], "delegation": True}}
    look, ok = published(line(work("Look")), key="look"), published(line(work("Ok", asked)), key="ok")
    theirs = {"approval": {"rule": "all", "by": [{"kind": "customer"}]}}
    tell, allow = published(line(work("Tell", CUSTOMER)), key="tell"), published(line(work("Ok", theirs)), key="allow")
    runs = [start(process, world.tickets["open"], by=agent) for process in (look, ok, tell, allow)]
    number = world.tickets["open"].number
    tickets = world.things["ticket"]
    nowhere = [99_999_999]
    world.things |= {
        "process ticket": {name: tickets[name] for name in ("open", "elsewhere", "nowhere")},
        "process task": {"open": [runs[0].tasks.get().pk], "nowhere": nowhere},
        "decision": {"there": [runs[1].tasks.get().decisions.get().pk], "nowhere": nowhere},
        "process": {"there": [look.pk], "nowhere": nowhere},
        "process run": {"open": [runs[0].pk], "nowhere": nowhere},
        "run on ticket": {"open": [number, runs[0].pk], "nowhere": [number, *nowhere]},
        "task on request": {"open": [number, runs[2].tasks.get().pk], "nowhere": [number, *nowhere]},
        "decision on request": {"open": [runs[3].tasks.get().decisions.get().pk], "nowhere": nowhere},
        "version of process": {"there": [look.pk, 1], "nowhere": [*nowhere, 1]},
    }


def _setup(world: Matrix) -> None:
    nowhere = [99_999_999]
    queue = {name: [row.pk] for name, row in world.queues.items()} | {"nowhere": nowhere}
    account = Account.objects.create(name="Provider", host="imap.demo.example", username="u", queue=world.queues["own"])
    calendar = save_calendar(Calendar(name="Nights", zone="UTC"), by=world.people["administrator"])
    level = save_policy(Policy(name="Slow"), [], by=world.people["administrator"])
    skill = Skill.objects.create(name="Linux")
    rows = {
        "skill": skill.pk,
        "skill rule": SkillRule.objects.create(name="Linux", condition={"all": []}, wants={str(skill.pk): 3}).pk,
        "agent": world.people["write"].pk,
        "calendar": calendar.pk,
        "service level": level.pk,
        "role": world.people["write"].groups.get().role.pk,
        "person": world.people["customer"].pk,
        "organisation": world.acme.pk,
        "account": account.pk,
        "server": Server.objects.create(name="Relay", host="smtp.demo.example").pk,
        "our address": Address.objects.get(queue=world.queues["elsewhere"]).pk,
        "filter": Filter.objects.create(name="Spam", conditions=[]).pk,
        "known sender": KnownSender.objects.create(pattern="@evil.example").pk,
        "storm": Storm.objects.create(kind="sender", about="robot@stranger.example").pk,
        "row of contents": Content.objects.create(key="greeting", name="Greeting", texts={"en": "Hello"}).pk,
        "row of automatic": AutomaticText.objects.create(event="new", subject="Thanks", body="{{ number }}").pk,
        "field": FieldDefinition.objects.get().pk,
        "change": ConfigChange.objects.order_by("pk").first().pk,
        "delivery": Delivery.objects.order_by("pk").first().pk,
        "tag": Tag.objects.get_or_create(name="urgent")[0].pk,
        "row of states": State.objects.get(name="open").pk,
        "row of priorities": Priority.objects.get(level=3).pk,
        "row of types": TicketType.objects.get(name="Incident").pk,
        "row of templates": ReplyTemplate.objects.create(name="Thanks", body="Thank you.").pk,
        "row of snippets": Snippet.objects.create(name="Hours", keyword="hours", body="9 to 5").pk,
        "row of announcements": Announcement.objects.create(titles={"en": "Planned work"}).pk,
        "row of checklists": ChecklistTemplate.objects.create(name="New colleague", steps="Laptop").pk,
    }
    rows |= _channels(world)
    world.things |= {name: {"there": [pk], "nowhere": nowhere} for name, pk in rows.items()}
    world.things["door of mail"] = {"there": ["receiver"], "nowhere": ["no-such-door"]}
    world.things["queue"] = queue
    world.things["queue row"] = {"there": queue["own"], "nowhere": nowhere}
    world.things["view"] = {"there": ["mine"], "nowhere": ["no-such-view"]}
    _saved(world)
    world.things |= kept(world.people["write"], world.people["read"].groups.get())
    world.things |= handed_in(world.people["chief"])
    _automation(world)
    _notices(world)
    _catalogue(world)
    _brands(world)
    _processes(world)
    world.things |= library(world.people["chief"], PNG)
    article = world.things["read article"]["public"]
    world.things["article on ticket"] = {
        name: [*number, *article] for name, number in world.things["ticket"].items() if name != "nowhere"
    } | {"nowhere": [world.tickets["open"].number, 99_999_999]}


def _brands(world: Matrix) -> None:
    """Everybody may sign up; the colleague manages the people of Acme, and has invited somebody."""
    nowhere, acme, colleague = 99_999_999, world.acme.pk, world.people["colleague"]
    brand = default_brand()
    brand.registration = Registration.OPEN
    set_logo(brand, PNG)
    save_brand(brand, by=world.people["administrator"])
    Membership.objects.filter(organisation=acme, user=colleague).update(is_manager=True)
    guest = invite(Guest("guest@acme.example"), world.acme, brand=brand, by=colleague)
    world.things["row of brands"] = {"there": [brand.pk], "nowhere": [nowhere]}
    world.things["brand"] = {"there": [brand.key, brand.logo[:12]], "nowhere": ["no-such-brand", "0"]}
    world.things["managed organisation"] = {"there": [acme], "nowhere": [nowhere]}
    world.things["invitation"] = {"there": [acme, guest.pk], "nowhere": [acme, nowhere]}
    member = world.people["member"].pk
    world.things["membership"] = {"there": [acme, member], "nowhere": [acme, nowhere]}


def _catalogue(world: Matrix) -> None:
    """A service for everybody, one for the people of Acme, and one that is out of use."""
    by, queue, field = world.people["administrator"], world.queues["own"], FieldDefinition.objects.get()

    def made(name: str, **facts) -> Service:
        return save_service(Service(name=name, queue=queue, **facts), {"organisations": [world.acme]}, by=by)

    public = made("New laptop", audience="everybody")
    question = add_question(public, field, by=by)
    rows = {
        "everybody": public,
        "acme": made("Acme's own", audience="members"),
        "retired": made("Telex", audience="everybody", is_active=False),
    }
    nowhere = 99_999_999
    world.things["service"] = {name: [row.pk] for name, row in rows.items()} | {"nowhere": [nowhere]}
    world.things["row of services"] = {"there": [public.pk], "nowhere": [nowhere]}
    world.things["question"] = {"there": [public.pk, question.pk], "nowhere": [public.pk, nowhere]}


def _notices(world: Matrix) -> None:
    """What the agent with write has in the bell."""
    ticket = world.tickets["open"]
    event = Event.objects.filter(ticket=ticket).order_by("pk").first()
    notice = Notice.objects.create(
        user=world.people["write"], ticket=ticket, event=event, occasion="answered", relation="owner"
    )
    world.things["notice"] = {"own": [notice.pk], "nowhere": [99_999_999]}
    world.things["occasion"] = {"there": ["answered"], "nowhere": ["no-such-event"]}
    world.things["text of an occasion"] = {"there": ["answered", "de"], "nowhere": ["answered", "xx"]}


def _automation(world: Matrix) -> None:
    """A rule that has run, a macro that the agent with write has run, and a schedule that is about to run."""
    administrator, writer, nowhere = world.people["administrator"], world.people["write"], 99_999_999
    tag = [{"do": "tag", "tags": ["seen"]}]
    rule = Rule(name="Seen", events=["tags"], effects=[{"do": "untag", "tags": ["old"]}])
    publish(save_rule(rule, [], by=administrator), by=administrator)
    run_rules(set_tags(world.tickets["open"], {"new"}, by=world.people["write"]))
    made = RuleRun.objects.get(rule=rule)
    world.things["rule"] = {"there": [rule.pk], "nowhere": [nowhere]}
    world.things["run of rule"] = {"there": [rule.pk, made.pk], "nowhere": [rule.pk, nowhere]}
    macro = save_macro(Macro(name="Seen", effects=tag), roles=[], queues=[], by=administrator)
    ticket = world.tickets["open"]
    (ran,) = run_macro(macro, ticket, by=writer)
    times = {"cron": "0 8 * * *", "zone": "UTC"}
    schedule = save_schedule(Schedule(name="Daily", condition={"all": []}, effects=tag, **times), by=administrator)
    run = run_now(schedule, by=administrator)
    world.things["macro"] = {"there": [macro.pk], "nowhere": [nowhere]}
    on_tickets = {name: [*number, macro.pk] for name, number in world.things["ticket"].items()}
    world.things["macro on ticket"] = on_tickets | {"nowhere": [ticket.number, nowhere]}
    world.things["own run"] = {"open": [ticket.number, ran.pk], "nowhere": [ticket.number, nowhere]}
    world.things["schedule"] = {"there": [schedule.pk], "nowhere": [nowhere]}
    world.things["schedule run"] = {"there": [schedule.pk, run.pk], "nowhere": [schedule.pk, nowhere]}


def _channels(world: Matrix) -> dict[str, int]:
    """A program that is told, and one that tells."""
    administrator = world.people["administrator"]
    endpoint = save_endpoint(Endpoint(name="Chat", url="http://127.0.0.1:9/"), queues=[], by=administrator)
    source = AlertSource(name="Prometheus", queue=world.queues["own"], customer=world.people["customer"])
    save_source(source, by=administrator)
    world.things["alert secret"] = {"there": ["no-such-secret"]}
    form = save_form(WebForm(name="Contact", queue=world.queues["own"]), [], by=administrator)
    # That it is absent to everybody alike, nobody being asked to sign in within a frame, is in the tests of the form.
    world.things["web form"] = {"there": [form.key]}
    world.things["row of web forms"] = {"there": [form.pk], "nowhere": [99_999_999]}
    return {"webhook": endpoint.pk, "webhook message": make_test(endpoint).pk, "alert source": source.pk}


def _saved(world: Matrix) -> None:
    """Views of the agent with write, one of them shared with the role of the agent with read; and bulk work."""
    writer, role = world.people["write"], world.people["read"].groups.get()
    everything = {"all": []}
    own = save_view(SavedView(name="Own", condition=everything), roles=[], by=writer)
    shared = save_view(SavedView(name="Shared", condition=everything), roles=[], by=writer)
    shared.roles.set([role])
    job = start_job([world.tickets["open"]], [{"do": "watch"}], by=writer)
    run_job(job)
    nowhere = [99_999_999]
    world.things["saved view"] = {"own": [own.pk], "shared": [shared.pk], "nowhere": nowhere}
    world.things["job"] = {"own": [job.pk], "nowhere": nowhere}


def _tokens(world: Matrix) -> None:
    for name, person in world.people.items():
        if person is not None:
            token, world.secrets[name] = issue_token(person, name="robot")
            world.things.setdefault("token", {"nowhere": [99_999_999]})[name] = [token.pk]
            world.things.setdefault("token of person", {"nowhere": [person.pk, 99_999_999]})[name] = [
                person.pk,
                token.pk,
            ]
    writer = world.people["write"]
    _token, world.secrets["read_token"] = issue_token(writer, name="reader", scope=ApiToken.Scope.READ)
    revoked, world.secrets["revoked_token"] = issue_token(writer, name="revoked")
    revoke_token(revoked, by=writer)
    expired, world.secrets["expired_token"] = issue_token(writer, name="expired")
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    # As if somebody else had just used them: what each visit would write of that is undone after it, thousands of times.
    ApiToken.objects.update(last_used_at=timezone.now() + timedelta(hours=1))


def _sessions(world: Matrix) -> None:
    """OTRS clients know a ticket by its id, which has another name in each operation."""
    for name, person in world.people.items():
        if person is not None and (person.is_agent or person.is_customer):
            world.sessions[name] = begin_session(Caller(person, is_customer=not person.is_agent))
    ids = {name: [ticket.pk] for name, ticket in world.tickets.items()} | {"nowhere": [999_999_999]}
    world.things |= dict.fromkeys(("TicketID", "Key", "Key1", "SourceKey"), ids)


def dismiss(world: Matrix) -> None:
    """Who is deactivated loses what was open: called when the browsers are signed in."""
    for name in ("former", "dismissed"):
        world.people[name].is_active = False
        world.people[name].save(update_fields=["is_active"])


LETTER = (
    b"From: new@nowhere.example\r\nTo: support@demo.example\r\nSubject: It hums\r\n"
    b"Message-ID: <hum@acme.example>\r\nContent-Type: text/html\r\n\r\n<p>It <b>hums</b>.</p>\r\n"
)
