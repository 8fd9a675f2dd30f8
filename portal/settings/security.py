"""Headers on every answer, and the strict content policy (operations.md section 4)."""

from csp.constants import NONE, SELF

#: Where browsers report what the policy stopped (portal.operations.reports). By report-uri alone: every browser knows
#: it and sends at once; with report-to beside it Chromium would use only that one, in batches of a minute.
POLICY_REPORTS = "/reports/policy/"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's icons are data: images in its style sheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": [POLICY_REPORTS],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
