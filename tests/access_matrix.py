"""Who may open which address: the expected audience of every URL name.

"public", "signed_in", or the codenames of the permissions of which one is enough, in a tuple.
A name ending in `:*` stands for all of a third party's addresses with that namespace or prefix.
"""

from typing import Final

Expected = str | tuple[str, ...]

MATRIX: Final[dict[str, Expected]] = {
    "account_change_password": "signed_in",
    "account_inactive": "public",
    "account_login": "public",
    "account_logout": "public",
    "account_register_code": "public",
    "account_reset_password": "public",
    "account_reset_password_code": "public",
    "account_signup": "public",
    "accounts:add_legal_person": "signed_in",
    "accounts:change_phone": "signed_in",
    "accounts:change_phone_code": "signed_in",
    "accounts:link": "signed_in",
    "accounts:link_code": "signed_in",
    "accounts:profile": "signed_in",
    "accounts:stationing": ("view_stationing",),
    "api:api-root": "public",
    "api:openapi-json": "public",
    "disclosure:about": "public",
    "disclosure:accessibility": "public",
    "disclosure:browse": "public",
    "disclosure:calculator": "public",
    "disclosure:departments": "public",
    "disclosure:design_sheet": "public",
    "disclosure:guide": "public",
    "disclosure:guide_print": "public",
    "disclosure:home": "public",
    "disclosure:privacy": "public",
    "disclosure:public_cases": "public",
    "disclosure:search": "public",
    "disclosure:sitemap": "public",
    "operations:livez": "public",
    "operations:readyz": "public",
}
