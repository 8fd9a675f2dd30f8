"""What can go wrong at set-up, each as one sentence for the person at the terminal."""


class SetupFailure(Exception):
    """The message is the whole sentence; the command prints it and exits with status 1."""
