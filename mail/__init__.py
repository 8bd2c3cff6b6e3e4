"""E-mail in and out: stored before acknowledged, matched with care, never lost, never doubled."""
