"""Running the portal: the supervisor, health, logs, assets."""
