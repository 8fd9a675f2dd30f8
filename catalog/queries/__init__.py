"""What reads from the catalogue: editions of the day here; the desk's changes and the public history beside it."""

from catalog.queries.editions import (
    FIRM,
    PERSON,
    DepartmentCount,
    ThemeCount,
    browse,
    department_counts,
    edition_for_life,
    edition_in_force,
    editions_in_force,
    theme_counts,
    with_everything,
)

__all__ = [
    "FIRM",
    "PERSON",
    "DepartmentCount",
    "ThemeCount",
    "browse",
    "department_counts",
    "edition_for_life",
    "edition_in_force",
    "editions_in_force",
    "theme_counts",
    "with_everything",
]
