"""`make bench`: the portal's figures against the goals of performance (docs/performance.md)."""
