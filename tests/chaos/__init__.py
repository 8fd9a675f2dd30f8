"""Faults as a test: a real portal, people who act, processes that die, and a checker that must find nothing."""
