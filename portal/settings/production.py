"""Production: refuses what only a developer may have."""

import sys

from portal.settings.base import *
from portal.settings.base import ENVIRONMENT
from portal.settings.environment import DEVELOPMENT_SECRET_KEY

if ENVIRONMENT.debug:
    sys.exit("Production refuses to start with DEBUG=1.")
if len(ENVIRONMENT.secret_key) < 50 or ENVIRONMENT.secret_key == DEVELOPMENT_SECRET_KEY:
    sys.exit("Production needs SECRET_KEY in the environment: at least 50 characters, and not the development key.")
if ENVIRONMENT.demonstration not in {"", "0"}:
    sys.exit("Production refuses to start with DEMONSTRATION=1.")
if ENVIRONMENT.crash_points:
    sys.exit("Production refuses to start with CRASH_POINTS: processes would die on purpose.")
if not ENVIRONMENT.public_url.startswith("https://"):
    sys.exit("Production needs PUBLIC_URL in the environment: the https:// address that citizens use.")
if ENVIRONMENT.signer_keys is None and ENVIRONMENT.signer_socket is None:
    sys.exit("Production needs SIGNER_KEYS or SIGNER_SOCKET in the environment: a real authority signs documents.")

DEBUG = False
DEMONSTRATION = False
SMS_FOLDER = None  # codes never stand in files here: a gateway carries them
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.trusted_proxy_count else None
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 86400
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
