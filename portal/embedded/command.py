"""Runs a management command with the servers that it needs."""

import os
import sys

from portal.embedded.failures import SetupFailure
from portal.embedded.session import joined

# Commands that need no server; the supervisor that starts `prepare` has started them already.
BARE = frozenset(
    {"check", "collectstatic", "diffsettings", "findstatic", "help", "makemessages", "compilemessages", "startapp"}
    | {"version", "--version", "--help", "-h"}
    | {"portal", "prepare", "deadline", "verify_draw", "draw_transitions", "restore"}
)
OWNER = frozenset({"migrate", "flush", "sqlflush"})


def run(argv: list[str]) -> int:
    """Run the command line; a failure of the set-up is one sentence and status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.development")
    name = argv[1] if len(argv) > 1 else "help"
    try:
        if name in BARE or "--help" in argv:
            _execute(argv)
            return 0
        from portal.settings.environment import EnvironmentFault, read

        try:
            environment = read()
        except EnvironmentFault as fault:
            raise SetupFailure(str(fault)) from None
        own_postgres, own_redis = not environment.database_url, not environment.redis_url
        if not own_postgres and name in OWNER and environment.database_owner_url:
            os.environ["DATABASE_URL"] = environment.database_owner_url
        if not own_postgres and not own_redis:
            _execute(argv)
            return 0
        with joined(environment.data_dir, want_postgres=own_postgres, want_redis=own_redis) as servers:
            if own_postgres:
                os.environ["DATABASE_URL"] = servers.owner_url if name in OWNER else servers.application_url
            _execute(argv)
        return 0
    except SetupFailure as failure:
        print(failure, file=sys.stderr)
        return 1


def _execute(argv: list[str]) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)
