"""Answers to requests with an `Idempotency-Key`, kept so that a repeat gets the first one (api/once.py)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models import ApiToken


class KeptAnswer(models.Model):
    """Written in the transaction of the effect: it is there exactly when the effect is. `status` is 0 until then."""

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
