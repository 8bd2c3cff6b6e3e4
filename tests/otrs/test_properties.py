"""Whatever a script sends: an answer in the words of OTRS, never an error of the server (T88)."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.otrs.searching import APART, OF_CUSTOMERS, TESTS
from tests.otrs.test_refusals import ARTICLE, TICKET

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1", "*", "%a%", "-1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FACTS = st.sampled_from(
    [*TICKET, "Type", "OwnerID", "Responsible", "Lock", "LockID", "SLA", "ServiceID", "PendingTime", "StateID"]
)
WORDS = st.sampled_from(
    [*ARTICLE, "From", "To", "TimeUnit", "SenderType", "IsVisibleForCustomer", "ArticleSend", "Attachment", "Charset"]
)
ASKED = st.sampled_from(
    [*(APART - {"SessionID", "AccessToken"}), *TESTS, *OF_CUSTOMERS, "DynamicField_floor", "DynamicField_colour"]
)
PARTS = st.sampled_from(["Ticket", "Article", "DynamicField", "Attachment", "TicketID", "TicketNumber", "Limit"])
some = settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def answered(response) -> None:
    assert response.status_code in (200, 500), response.content
    if response.status_code == 500:
        assert response["Content-Type"].startswith("text/plain")
        assert b"There was an error" not in response.content
    else:
        json.loads(response.content)


@some
@given(
    facts=st.dictionaries(FACTS, VALUES, max_size=3),
    words=st.dictionaries(WORDS, VALUES, max_size=3),
    parts=st.dictionaries(PARTS, VALUES, max_size=2),
)
def test_opening_and_changing(world, fields, bea, ticket, facts, words, parts):
    sent = {"Ticket": {**TICKET, **facts}, "Article": {**ARTICLE, **words}, **parts}
    answered(bea.send("POST", "tickets", sent))
    answered(bea.send("PATCH", "ticket", {**sent, "Ticket": facts}, TicketID=ticket.pk))


@some
@given(asked=st.dictionaries(ASKED, VALUES, max_size=3))
def test_searching(world, fields, bea, dana, ticket, asked):
    for script in (bea, dana):
        answered(script.send("POST", "search", asked))


@some
@given(
    asked=st.dictionaries(
        st.sampled_from(["TicketID", "ArticleLimit", "ArticleOrder", "AllArticles", "Extended"]), VALUES
    )
)
def test_showing(world, bea, ticket, asked):
    flat = {name: value for name, value in asked.items() if isinstance(value, str)}
    answered(bea.send("GET", "ticket_list", flat))
