"""PostgreSQL and Redis, and what is kept in each."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit


def _database(url: str) -> dict[str, object]:
    """`postgresql://user:password@host:port/name?host=/socket/folder&sslmode=require` as Django wants it."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "helpdesk",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(query.pop("port", "") or parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **query,
            "connect_timeout": 5,
            # Rows come with many neighbours (queue, state, owner ...), in the order in which we name them: PostgreSQL
            # would try all orders of eight tables, which takes ten times as long as the query itself.
            "options": "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s "
            "-c join_collapse_limit=3",
        },
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///helpdesk"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def redis_at(url: str, number: int) -> str:
    """The same Redis with another database number: 0 broker, 1 cache, 2 live hints."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{number}"))


REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")
LIVE_REDIS_URL = redis_at(REDIS_URL, 2)

CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingRedisCache",
        "LOCATION": redis_at(REDIS_URL, 1),
        "OPTIONS": {
            # Django's default pickles; what lies in a cache must never be able to run.
            "serializer": "core.cache.JSONSerializer",
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
        },
    },
}
