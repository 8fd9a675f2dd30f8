"""Who may open which address: the expected audience of every URL name.

"public", "signed_in", or the codenames of the permissions of which one is enough, in a tuple.
A name ending in `:*` stands for all of a third party's addresses with that namespace or prefix.
"""

from typing import Final

Expected = str | tuple[str, ...]

MATRIX: Final[dict[str, Expected]] = {
    "operations:livez": "public",
    "operations:readyz": "public",
}
