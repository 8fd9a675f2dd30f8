"""`make drill`: a portal is backed up, destroyed and restored to a moment, against the clock."""
