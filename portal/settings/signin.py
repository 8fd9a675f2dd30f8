"""Sign-in: django-allauth, passwords and sessions (design.md section 6)."""

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    # allauth's, and so a ModelBackend itself; with both, every attempt would cost two hashes.
    "portal.accounts.backend.PortalBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.accounts.passwords.StrengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "portal.accounts.passwords.PlaceNameValidator"},
    {"NAME": "portal.accounts.passwords.HistoryValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/my/"
LOGOUT_REDIRECT_URL = "/"

# The anonymous user of guardian would be a row that can own permissions; nobody unnamed may hold one here.
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Idle and absolute life are portal.accounts.session_rules; the store forgets after the longest.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

ACCOUNT_LOGIN_METHODS = {"phone", "username"}
ACCOUNT_SIGNUP_FIELDS = ["phone", "password1*", "password2*"]  # staff need no phone
# The check wants a sign-in name among the required fields of a registration by allauth; ours is a view of our own.
SILENCED_SYSTEM_CHECKS = ["account.W001"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "portal.accounts.adapter.PortalAdapter"
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.signing_in.SignInForm",
    "change_password": "portal.accounts.forms.signing_in.PasswordForm",
}
# Registration, reset and change of phone are ours (portal.accounts.services.signing_in): they prove the phone first.
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "100/15m/ip", "change_password": "5/m/user"}
# The account itself is locked by portal.accounts.lockout; the address alone only after many failures.
MFA_ADAPTER = "portal.accounts.mfa_adapter.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # telephones are not exact; each code still counts once
