"""`python -m tests.benchmarks`: starts the bench's own servers and measures; `--markdown` prints the last result."""

import os
import sys

import django
from django.core.management import call_command

from portal.embedded.failures import SetupFailure
from portal.embedded.layout import Layout
from portal.embedded.session import joined
from tests.benchmarks import options, report, stamp


def main(arguments: list[str]) -> int:
    """A missed goal is no failure; status 1 means that nothing could be measured."""
    try:
        wanted = options.read(os.environ)
        if arguments == ["--markdown"]:
            print(report.markdown(report.load(wanted.result)))
            return 0
        if arguments:
            raise options.OptionFault("The only argument is --markdown; CASES, ONLY and ROUNDS are variables.")
        options.forget_outside_servers(os.environ, wanted.scale_dir)
        if not stamp.is_of_this_code(wanted.scale_dir):
            options.clear(wanted.scale_dir, Layout.of(wanted.scale_dir).server_dir)
        with joined(wanted.scale_dir) as servers:
            os.environ["DATABASE_URL"] = servers.application_url
            os.environ["DATABASE_OWNER_URL"] = servers.owner_url
            django.setup()
            call_command("measure", options=wanted, servers=servers)
    except (SetupFailure, options.OptionFault, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
