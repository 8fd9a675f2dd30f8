"""Backup and restore: database, WAL, files, keys and the list of erasures (docs/backup.md)."""
