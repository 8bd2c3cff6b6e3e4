"""What the tests of rights share."""

import pytest


@pytest.fixture
def light_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of answers without a copy of what each template was drawn with."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_args, **_kwargs: None)
