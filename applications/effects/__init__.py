"""What acts write besides state, clock event, document and message: one file per stage of a case."""
