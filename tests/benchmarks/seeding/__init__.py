"""Rows to measure with, made once per scale: people and items through the factories, cases by set-based SQL."""
