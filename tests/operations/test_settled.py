"""What a web process does once, before its first page."""

import gc

from django.urls import get_resolver

from helpdesk.settled import settle


def test_what_a_web_process_has_loaded_is_no_garbage_to_be_looked_for():
    settle()
    try:
        assert "url_patterns" in vars(get_resolver())
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
