"""The ground floor of the portal: what every department shares."""
