"""The words for states: what a state means to the machinery is told apart from what the stock rows are called."""

from django.utils.translation import gettext, override

from tickets.models import StateType
from tickets.vocabulary import STOCK_STATES


def test_kinds_of_states_do_not_take_the_words_of_the_stock_rows():
    with override("en"):
        rows = {gettext(name) for name in STOCK_STATES}
        kinds = {str(kind.label) for kind in StateType}
    assert {"New", "Open", "Merged", "Removed"} <= rows
    assert kinds & rows == set()
