"""What a web process does once, before its first page."""

import gc

from django.urls import get_resolver


def settle() -> None:
    """Load all views, and let garbage collection leave alone what is there by now and stays: looking through it again
    and again stopped every page of the process for a tenth of a second."""
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
