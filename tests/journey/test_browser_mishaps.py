"""What goes wrong while somebody works: nothing that was written is lost, and the page says what has happened."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journey.browser import Window
from tests.journey.installation import Installation, until, write
from tests.journey.pages.desk import Lists, Ticket
from tests.journey.pages.signing_in import fill_in, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.xdist_group("journey")]

BEA, CARLOS = "bea@demo.example", "carlos@demo.example"
QUINN = "quinn@walk.example"


@pytest.fixture
def arrived(installation: Installation) -> Callable[[str], None]:
    """`arrived("Lost ibis", ...)`: a mail of this subject stands in the queue."""

    def send(subject: str, text: str = "Where is it?", **headers: str) -> None:
        letter = write(f"Quinn Ito <{QUINN}>", "support@demo.example", subject, text, **headers)
        installation.mail(letter, sender=QUINN, recipient="support@demo.example")

    return send


def opened(window: Window, title: str) -> Ticket:
    lists = Lists(window.page)
    lists.open_all()
    return lists.open_ticket(title)


def sent(installation: Installation, words: str) -> list:
    return [mail for mail in installation.sink.to(QUINN) if words in mail.text]


def test_a_wrong_password_is_said_in_plain_words(open_window):
    window = open_window()
    window.page.goto("/login/")
    window.accessible()
    fill_in(window.page, BEA, "not demo")
    alert = window.page.get_by_role("alert")
    expect(alert).to_have_text(
        "This email address and this password do not belong together. Check both, or choose a new password."
    )
    expect(window.page.get_by_label("Email")).to_have_value(BEA)
    window.accessible()


def test_a_session_that_ends_while_somebody_writes_costs_no_word(installation, signed_in, arrived):
    arrived("Lost ibis saddle")
    bea = signed_in(BEA)
    ticket = opened(bea, "Lost ibis saddle")
    ticket.write_reply("The ibis is in the shed.")
    with bea.session_ended():
        ticket.send()
        expect(ticket.signed_out).to_be_visible()
    bea.accessible()
    expect(ticket.reply_box).to_have_text("The ibis is in the shed.")

    # She signs in beside it, comes back and goes on: the answer leaves without a second click on send.
    with bea.page.expect_popup() as beside:
        ticket.signed_out.get_by_role("link", name="Sign in").click()
    sign_in(beside.value, BEA)
    beside.value.close()
    ticket.signed_out.get_by_role("button", name="Continue").click()
    expect(ticket.message("The ibis is in the shed.")).to_be_visible()
    until(lambda: sent(installation, "The ibis is in the shed."), what="the answer by mail")

    # Another time she reloads: the page asks who she is, leads back, and the text is there.
    ticket.write_reply("And its nest is there too.")
    expect(ticket.saved).to_contain_text("Saved")
    with bea.session_ended():
        bea.page.reload()
    sign_in(bea.page, BEA)
    ticket = Ticket(bea.page)
    expect(ticket.saved).to_contain_text("Saved")
    expect(ticket.reply_box).to_have_text("And its nest is there too.")
    ticket.send()
    expect(ticket.message("And its nest is there too.")).to_be_visible()


def test_what_is_sent_twice_in_a_hurry_is_one_answer(installation, signed_in, arrived):
    arrived("Doubled dodo bell")
    bea = signed_in(BEA)
    ticket = opened(bea, "Doubled dodo bell")
    ticket.write_reply("One bell is on its way.")
    ticket.send_button.dblclick()
    expect(ticket.message("One bell is on its way.")).to_be_visible()
    ticket.write_reply("And a horn with it.")
    ticket.reply_box.press("Control+Enter")
    ticket.reply_box.press("Control+Enter")
    expect(ticket.message("And a horn with it.")).to_be_visible()
    until(lambda: sent(installation, "And a horn with it."), what="the answers by mail")
    expect(ticket.reply_conflict).to_be_empty()
    bea.page.reload()
    for words in ("One bell is on its way.", "And a horn with it."):
        expect(ticket.message(words)).to_have_count(1)
        assert len(sent(installation, words)) == 1


def test_who_writes_while_somebody_else_answers_sees_it_and_keeps_the_text(installation, signed_in, arrived):
    arrived("Stale stork lamp")
    bea, carlos = signed_in(BEA), signed_in(CARLOS)
    hers, his = opened(bea, "Stale stork lamp"), opened(carlos, "Stale stork lamp")
    hers.write_reply("The lamp costs 20 euros.")
    his.write_reply("The lamp is free for you.")
    his.send()
    expect(his.message("The lamp is free for you.")).to_be_visible()
    hers.send()
    expect(hers.reply_conflict).to_contain_text("Carlos Díaz wrote while you were writing")
    expect(hers.reply_conflict).to_contain_text("The lamp is free for you.")
    expect(hers.reply_box).to_have_text("The lamp costs 20 euros.")
    assert sent(installation, "20 euros") == []
    bea.accessible()

    # Having read it she may still send hers.
    hers.reply_box.fill("The lamp is free, the bulb costs 20 euros.")
    hers.reply_conflict.get_by_role("button", name="Send mine anyway").click()
    expect(hers.message("the bulb costs 20 euros")).to_be_visible()
    expect(hers.reply_conflict).to_be_empty()


def test_who_chooses_what_somebody_else_has_chosen_meanwhile_is_told_so(signed_in, arrived):
    arrived("Twice turned toucan key")
    bea, carlos = signed_in(BEA), signed_in(CARLOS)
    hers, his = opened(bea, "Twice turned toucan key"), opened(carlos, "Twice turned toucan key")
    hers.write_note("Not urgent, I think.")
    choices = hers.open_editor("Priority")
    bea.accessible()
    place = choices.bounding_box()
    his.choose("Priority", "High")
    expect(hers.head.get_by_text("High")).to_be_visible()
    assert choices.bounding_box() == place  # what is new in the page does not move what she is about to click on
    choices.get_by_role("option", name="Low", exact=True).click()
    expect(hers.conflict).to_contain_text("Somebody was faster")
    expect(hers.conflict).to_contain_text("Carlos Díaz changed the priority from Normal to High")
    expect(hers.note_box).to_have_text("Not urgent, I think.")
    bea.accessible()
