"""Operations has no tables; but Django sends `post_migrate` (the grants) only to apps with this module."""
