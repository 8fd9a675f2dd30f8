"""Servers outside: whether the addresses in the environment lead to something usable."""

import psycopg2
import redis

from portal.embedded.failures import SetupFailure
from portal.settings.environment import Environment

LEAST_POSTGRES = 150000
LEAST_REDIS = (6, 2)


def check(environment: Environment) -> None:
    """Raise SetupFailure that names the variable whose server is away or too old."""
    for name, url in (
        ("DATABASE_URL", environment.database_url),
        ("DATABASE_OWNER_URL", environment.database_owner_url),
    ):
        if url:
            _check_postgres(name, url)
    if environment.redis_url:
        _check_redis(environment.redis_url)


def _check_postgres(name: str, url: str) -> None:
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise SetupFailure(f"The database of {name} cannot be reached: {reason}") from None
    except psycopg2.ProgrammingError:
        raise SetupFailure(f"The address in {name} is not one that PostgreSQL understands.") from None
    version = connection.server_version
    connection.close()
    if version < LEAST_POSTGRES:
        raise SetupFailure(f"The database of {name} is PostgreSQL {version // 10000}; the portal needs 15 or later.")


def _check_redis(url: str) -> None:
    try:
        client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        version = str(client.info("server")["redis_version"])
        client.close()
    except (redis.RedisError, ValueError) as error:
        raise SetupFailure(f"The Redis of REDIS_URL cannot be reached: {error}") from None
    if tuple(int(part) for part in version.split(".")[:2]) < LEAST_REDIS:
        raise SetupFailure(f"The Redis of REDIS_URL is {version}; the portal needs 6.2 or later.")
