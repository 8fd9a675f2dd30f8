"""Settings of the portal; every value that a machine decides comes from `environment.py`."""
