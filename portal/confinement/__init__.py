"""Work on foreign bytes in a process of its own: no environment, no network code of ours, hard limits."""
