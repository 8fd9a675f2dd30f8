"""Headers on every answer, and the strict content policy (operations.md section 4)."""

from csp.constants import NONE, SELF

#: Where browsers report what the policy stopped (portal.operations.reports); the same for both ways of reporting.
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
        "report-to": ["policy"],  # SecurityHeadersMiddleware names the endpoint
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
