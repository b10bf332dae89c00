"""How often one network address may use a public page, by the minute. Without Redis nobody is kept out."""

from datetime import datetime

from redis import Redis
from redis.exceptions import RedisError

from foundation.tokens import token_hash

A_MINUTE = 30
_KEPT_SECONDS = 120


def is_too_often(redis: Redis, page: str, address: str, now: datetime, at_most: int = A_MINUTE) -> bool:
    """Count one more use; whether it is one too many. The address is kept as a hash, for two minutes."""
    key = f"halali:rate:{page}:{token_hash(address)[:32]}:{int(now.timestamp()) // 60}"
    try:
        with redis.pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, _KEPT_SECONDS)
            count = int(pipe.execute()[0])
    except RedisError:
        return False
    return count > at_most
