#!/usr/bin/env python
"""Entry point of every management command of the portal."""

import sys

from portal.workdays import deadline

if __name__ == "__main__":
    if sys.argv[1:2] == ["deadline"]:
        # The legal clock needs no Django and no server; it answers in a tenth of the time without them.
        sys.exit(deadline.main(sys.argv[2:]))

    if sys.argv[1:2] == ["portal"]:
        # The supervisor outlives its children's restarts; without Django it starts at once and stays small.
        from portal.operations import supervisor

        sys.exit(supervisor.main(sys.argv[2:]))

    from portal.embedded.command import run

    sys.exit(run(sys.argv))
