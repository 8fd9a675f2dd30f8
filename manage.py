#!/usr/bin/env python
"""Entry point of every management command of the portal."""

import sys

from portal.embedded.command import run

if __name__ == "__main__":
    sys.exit(run(sys.argv))
