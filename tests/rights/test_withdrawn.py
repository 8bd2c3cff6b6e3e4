"""Rights that end: files, pages and programs know it with the next request (T43, T45); and what may not be reached by
moving things (T45, T46)."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.tokens import issue_token
from tests.factories import AgentFactory, TicketFactory, role
from tests.rights.world import PNG
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, reply
from tickets.actions.routing import move
from tickets.messages import File, Message
from tickets.models import State, StateType, Ticket
from tickets.rights import grant, revoke

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(world) -> Ticket:
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    reply(ticket, Message(text="See", files=[File("plan.png", "image/png", PNG)]), by=world.bea)
    return ticket


@pytest.fixture
def file(ticket) -> str:
    return f"/files/{ticket.articles.get(sender='agent').attachments.get().uuid}/"


def program(person) -> Client:
    _token, secret = issue_token(person, name="robot")
    return Client(headers={"Authorization": f"Bearer {secret}"})


def at_api(file: str) -> str:
    return file.replace("/files/", "/api/v1/attachments/")


def test_T43_without_a_session_a_file_is_as_one_that_is_not_there(world, file, client):
    for path in (file, f"{file}inline/"):
        there, nowhere = client.get(path), client.get(path.replace(path.split("/")[2], str(uuid4())))
        assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content) == (302, b"")
        assert there["Location"].startswith("/login/")
    assert client.get(at_api(file)).status_code == 401


def test_T43_a_file_is_found_by_its_own_address_alone(world, file, ticket, signed_in):
    """Not by the number of a ticket, an article or a row."""
    attachment = ticket.articles.get(sender="agent").attachments.get()
    for name in (attachment.pk, attachment.digest, ticket.number, attachment.article.uuid):
        assert signed_in(world.bea).get(f"/files/{name}/").status_code == 404


ENDS = {
    "the right is withdrawn": lambda world, ticket: revoke(world.support_role, world.support, "write"),
    "the agent leaves the role": lambda world, ticket: world.bea.groups.remove(world.support_role),
    "the agent is no agent any more": lambda world, ticket: (
        type(world.bea).objects.filter(pk=world.bea.pk).update(is_agent=False)
    ),
    "the ticket moves away": lambda world, ticket: _away(world, ticket),
}


def _away(world, ticket: Ticket) -> None:
    world.bea.groups.remove(world.billing_role)
    move(ticket, world.billing, by=world.carlos)


@pytest.mark.parametrize("end", ENDS)
def test_T43_for_an_agent_everything_ends_with_the_right(world, ticket, file, signed_in, end):
    browser, robot = signed_in(world.bea), program(world.bea)
    pages = [f"/desk/tickets/{ticket.number}/", f"/desk/tickets/{ticket.number}/files/", file, f"{file}inline/"]
    answers = [f"/api/v1/tickets/{ticket.number}/", f"/api/v1/tickets/{ticket.number}/articles/", at_api(file)]
    assert {browser.get(page).status_code for page in pages} == {200}
    assert {robot.get(page).status_code for page in answers} == {200}
    ENDS[end](world, ticket)
    assert {browser.get(page).status_code for page in pages} == {404}
    assert {robot.get(page).status_code for page in answers} == {404}


REQUEST_ENDS = {
    "the ticket is about somebody else": lambda world, ticket: Ticket.objects.filter(pk=ticket.pk).update(
        customer=world.erik, organisation=None
    ),
    "the ticket is removed": lambda world, ticket: set_state(
        ticket, State.objects.get(type=StateType.REMOVED), by=world.bea
    ),
}


@pytest.mark.parametrize("end", REQUEST_ENDS)
def test_T43_for_a_customer_everything_ends_too(world, ticket, file, signed_in, end):
    browser, robot = signed_in(world.dana), program(world.dana)
    pages = [f"/portal/requests/{ticket.number}/", file, f"{file}inline/"]
    answers = [f"/api/v1/tickets/{ticket.number}/", at_api(file)]
    assert {browser.get(page).status_code for page in pages} == {200}
    assert {robot.get(page).status_code for page in answers} == {200}
    REQUEST_ENDS[end](world, ticket)
    assert {browser.get(page).status_code for page in pages} == {404}
    assert {robot.get(page).status_code for page in answers} == {404}


def test_T43_for_a_colleague_it_ends_with_the_membership_or_its_mark(world, ticket, file, signed_in):
    membership = world.erik.memberships.get()
    membership.organisation, membership.sees_all = world.acme, True
    membership.save()
    browser = signed_in(world.erik)
    assert browser.get(file).status_code == 200
    world.erik.memberships.update(sees_all=False)
    assert browser.get(file).status_code == 404
    world.erik.memberships.all().delete()
    assert browser.get(file).status_code == 404


def test_T43_a_kept_copy_is_asked_for_again_and_not_confirmed_once_the_right_has_ended(world, ticket, file, signed_in):
    browser = signed_in(world.bea)
    first = browser.get(file)
    assert first["Cache-Control"] == "private, no-cache"
    mark = {"If-None-Match": first["ETag"]}
    again = browser.get(file, headers=mark)
    assert (again.status_code, again.content, "X-Send-Blob" in again) == (304, b"", False)
    revoke(world.support_role, world.support, "write")
    assert browser.get(file, headers=mark).status_code == 404


def test_T45_a_ticket_is_moved_only_where_one_may_put_it(world, ticket, signed_in):
    browser = signed_in(world.carlos)
    path = f"/desk/tickets/{ticket.number}/queue/"
    assert "Billing" not in browser.get(path).content.decode()
    for target in (world.billing.pk, 99_999_999, "", "x"):
        assert browser.post(path, {"move": target}).status_code == 422
    ticket.refresh_from_db()
    assert ticket.queue == world.support
    assert not ticket.events.filter(kind="queue.changed").exists()


def test_T45_who_moves_a_ticket_out_of_sight_sees_it_no_more(world, ticket, file, signed_in):
    grant(world.carlos, world.billing, "move_into")
    browser, robot = signed_in(world.carlos), program(world.carlos)
    answer = browser.post(f"/desk/tickets/{ticket.number}/queue/", {"move": world.billing.pk})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/views/open/")
    shown = browser.get("/desk/views/open/").content.decode()
    assert f"#{ticket.number} is now in a queue you may not see." in shown
    assert "Printer hums" not in shown
    for page in ("", "history/", "files/", "list/", "news/", "queue/"):
        assert browser.get(f"/desk/tickets/{ticket.number}/{page}").status_code == 404
    assert browser.post(f"/desk/tickets/{ticket.number}/queue/", {"move": world.support.pk}).status_code == 404
    assert browser.get(file).status_code == 404
    assert robot.get(f"/api/v1/tickets/{ticket.number}/").status_code == 404
    assert robot.get("/api/v1/tickets/").json()["results"] == []


def test_T45_what_is_done_with_many_asks_for_each(world, ticket, signed_in):
    """One that may be read but not written, one that may be written, one that may not be seen."""
    reader = AgentFactory()
    role("Mixed", reader, read=world.support, write=world.billing)
    written, unseen = TicketFactory(queue=world.billing), TicketFactory()
    browser = signed_in(reader)
    for verb in ("take", "close"):
        answer = browser.post(f"/desk/tickets/selected/{verb}/", {"ticket": [ticket.pk, written.pk, unseen.pk]})
        assert answer.status_code == 302
    for row, owner, is_open in ((ticket, None, True), (written, reader, False), (unseen, None, True)):
        row.refresh_from_db()
        assert (row.owner, row.is_open) == (owner, is_open)


def test_T46_of_what_a_ticket_was_merged_into_only_those_learn_who_may_see_it(world, ticket, signed_in):
    survivor = TicketFactory(queue=world.billing, customer=world.erik, title="Secret invoice")
    ticket.merged_into, ticket.state = survivor, State.objects.get(type=StateType.MERGED)
    ticket.save()
    page = signed_in(world.carlos).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "This ticket was merged into another one" in page
    assert "Secret invoice" not in page
    assert survivor.number not in page
    assert signed_in(world.dana).get(f"/portal/requests/{ticket.number}/").status_code == 404
    answer = program(world.dana).post(
        f"/api/v1/tickets/{ticket.number}/articles/", {"body": "Hello?"}, content_type="application/json"
    )
    assert answer.status_code == 403
    assert survivor.number not in answer.content.decode()
    assert not survivor.articles.filter(author=world.dana).exists()


def test_T48_a_hint_at_a_hidden_ticket_is_given_to_those_alone_who_may_see_it(world, ticket, signed_in):
    """That a mail names another ticket says that there is one."""
    hidden = TicketFactory(queue=world.billing)
    note = add_note(ticket, Message(text="x", marks=[{"code": "names_ticket", "number": hidden.number}]), by=world.bea)
    assert note.marks
    path = f"/desk/tickets/{ticket.number}/"
    assert f"/desk/tickets/{hidden.number}/" in signed_in(world.bea).get(path).content.decode()
    page = signed_in(world.carlos).get(path).content.decode()
    assert hidden.number not in page
    assert "names another ticket" not in page
