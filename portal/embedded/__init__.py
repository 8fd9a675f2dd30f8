"""PostgreSQL and Redis from PyPI wheels, for a machine that has neither. Knows nothing of Django."""
