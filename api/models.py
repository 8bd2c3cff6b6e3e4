"""What the interfaces keep: answers to requests with an `Idempotency-Key` (api/once.py), sessions of OTRS clients."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models import ApiToken, User


class KeptAnswer(models.Model):
    """Written in the transaction of the effect: it is there exactly when the effect is. `status` is 0 until then."""

    # The first of those that came in each other's place (`ApiToken.family`).
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    # SHA-256 over method, path and what was sent: a key belongs to one request.
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    location = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"


class OtrsSession(models.Model):
    """What a client of the OTRS interface shows instead of a password (api/otrs/signing_in.py). Only its digest is
    kept; with another password, or when the person signs out everywhere, it ends."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    # As which of the two somebody came who is agent and customer alike.
    as_customer = models.BooleanField()
    password_mark = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["created_at"], name="otrs_session_age")]

    def __str__(self) -> str:
        return f"session of {self.user_id}"
