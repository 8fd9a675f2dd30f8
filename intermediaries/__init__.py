"""Intermediary agencies (中介机构): register, selection, contracts, credit, blacklist."""
