"""The cache: JSON only, because what lies in Redis must never be able to run code, and its loss is no error."""

import json
import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class JSONSerializer:
    """Numbers stay plain so that Redis can count them; everything else is JSON text."""

    def dumps(self, value: Any) -> bytes | int:
        if type(value) is int:
            return value
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        try:
            return int(data)
        except ValueError:
            return json.loads(data)


class ForgivingRedisCache(RedisCache):
    """A cache that answers "not there" while Redis is away, so that pages go on working."""

    stored, absent = True, False

    def get(self, key, default=None, version=None):
        return self._or(default, super().get, key, default, version)

    def set(self, key, value, timeout=300, version=None):
        return self._or(None, super().set, key, value, timeout, version)

    def add(self, key, value, timeout=300, version=None):
        return self._or(self.stored, super().add, key, value, timeout, version)

    def delete(self, key, version=None):
        return self._or(self.absent, super().delete, key, version)

    def get_many(self, keys, version=None):
        return self._or({}, super().get_many, keys, version)

    def incr(self, key, delta=1, version=None):
        return self._or(delta, super().incr, key, delta, version)

    def has_key(self, key, version=None):
        return self._or(self.absent, super().has_key, key, version)

    def _or(self, otherwise, action, *args):
        try:
            return action(*args)
        except RedisError as error:
            log.warning("cache is away: %s", error)
            return otherwise
