"""All settings, read from the environment; what has no safe default stops the boot by name."""

import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import environ
from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

SSM_PATH = env.str("SSM_PATH", "")
if SSM_PATH:
    # boto3 takes a while to load, so only where it is wanted.
    import_module("buffet.parameters").fill(SSM_PATH)

REQUIRED = ("SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS")
missing = [name for name in REQUIRED if not env.str(name, "").strip()]
if missing:
    sys.exit(
        f"Missing from the environment{SSM_PATH and f' and below {SSM_PATH} (SSM_PATH)'}: "
        f"{', '.join(missing)}. `make run` supplies development values; see README, Settings."
    )

SECRET_KEY = env.str("SECRET_KEY")
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".data")))

# Proxies of ours in front, each of which adds an address to X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

# The secret that the proxy in front of us adds; whoever comes without is refused.
ORIGIN_SECRET = env.str("ORIGIN_SECRET", "")

# What writes the answers; another release may write others for the same state of a book.
RELEASE = env.str("RELEASE", "1.0.0")
# Refuse changes through the API that do not say which version of the row they mean.
REQUIRE_IF_MATCH = env.bool("REQUIRE_IF_MATCH", False)

# Behind TLS everywhere but on a developer's machine, where the run target turns this off.
HTTPS = env.bool("HTTPS", True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_ENGINE = "buffet.browser_sessions"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60
# Staff prove themselves with an app beside their password; the run target, whose demo's password
# everybody knows, turns it off.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", True)
# After how many minutes without a request one signs in to the admin anew.
ADMIN_SESSION_MINUTES = env.int("ADMIN_SESSION_MINUTES", 30)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# The origins whose pages may call the API from a browser, such as https://app.example.com.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = (
    *default_headers,
    *("idempotency-key", "if-match", "if-none-match", "x-book", "x-request-id"),
)
CORS_EXPOSE_HEADERS = (
    *("ETag", "Idempotency-Replayed", "X-Request-ID", "Retry-After", "RateLimit"),
    *("RateLimit-Policy", "Deprecation", "Sunset", "Link"),
)

# Requests a minute: with one token, and from one network address without a good one; 0 is any.
RATE_LIMIT = env.int("RATE_LIMIT", 3000)
RATE_LIMIT_ANONYMOUS = env.int("RATE_LIMIT_ANONYMOUS", 300)

# Where people find us: the links of our letters lead here, whatever host a request named.
PUBLIC_URL = env.str("PUBLIC_URL", f"http{'s' if HTTPS else ''}://{ALLOWED_HOSTS[0]}")
# Who may make an account of their own: "open" for everybody, "invited", or "closed".
REGISTRATION = env.str("REGISTRATION", "open")
if REGISTRATION not in ("open", "invited", "closed"):
    raise ImproperlyConfigured('REGISTRATION is "open", "invited" or "closed".')
PASSWORD_RESET_TIMEOUT = 60 * 60

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "buffet",
    "accounts",
    "transactions",
    "invoices",
    "reports",
]

MIDDLEWARE = [
    "buffet.middleware.Health",
    "buffet.middleware.RequestId",
    *(["buffet.origin.OnlyThroughFront"] if ORIGIN_SECRET else []),
    # Costs a little at each request, so only where it is wanted.
    *(["corsheaders.middleware.CorsMiddleware"] if CORS_ALLOWED_ORIGINS else []),
    "buffet.middleware.Turns",
    "buffet.middleware.DatabaseTrouble",
    "buffet.middleware.Conditional",
    "django.middleware.security.SecurityMiddleware",
    "buffet.middleware.ContentSecurityPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    # What follows is for files, pages and the admin.
    "buffet.middleware.ApiLane",
    "buffet.middleware.Compression",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "buffet.middleware.Language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "buffet.middleware.Csrf",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "buffet.staff_door.StaffDoor",
    "buffet.visiting.Visits",
    "django.contrib.messages.middleware.MessageMiddleware",
]

# Django's own CSRF middleware is there, as buffet.middleware.Csrf, which leaves the API out.
SILENCED_SYSTEM_CHECKS = ["security.W003"]

ROOT_URLCONF = "buffet.urls"
WSGI_APPLICATION = "buffet.wsgi.application"
APPEND_SLASH = False
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_USER_MODEL = "buffet.User"

TEMPLATES = [
    # The pages'.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "reports.templating.environment",
            "context_processors": ["django.contrib.auth.context_processors.auth"],
        },
    },
    # The admin's.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The pool belongs to the web process; management commands open one plain connection.
WEB_WORKERS = env.int("WEB_WORKERS", 2)
WEB_THREADS = env.int("WEB_THREADS", 4)
# How many may wait in a process for their password to be hashed; a thread each, and nothing else.
WEB_WAITING = env.int("WEB_WAITING", 60)
# How far the service may scale out, and the connections of its database; 0 is not known. A system
# check holds the one against the other (buffet/checks.py).
MAX_INSTANCES = env.int("MAX_INSTANCES", 0)
DATABASE_CONNECTIONS = env.int("DATABASE_CONNECTIONS", 0)
POOLED = env.bool("DATABASE_POOL", False)
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(
    {
        # Looks at each connection that it takes out of the pool, so the pool need not.
        "ENGINE": "buffet.postgresql",
        "CONN_MAX_AGE": 0,
    }
)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 1_500,
        "server_side_binding": True,
        "prepare_threshold": 5,
    }
)
# Statements that come again and again are planned once, not at every request; for what takes less
# than a millisecond, starting helpers or a compiler costs more than they bring.
WEB_SESSION = (
    "-c lock_timeout=3s -c statement_timeout=15s "
    "-c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0 -c jit=off"
)
if POOLED:
    DATABASES["default"]["OPTIONS"]["options"] = WEB_SESSION
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": WEB_THREADS,
        "timeout": 3,
        "max_waiting": 2 * WEB_THREADS,
        "max_idle": 300,
        "max_lifetime": 1800,
        "reconnect_timeout": 5,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["buffet.passwords.Passwords"]
PASSWORD_HASHERS = [
    "buffet.passwords.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# The API, the admin and letters are in English; pages are in the reader's language.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pt-br", "Português")]
LANGUAGE_COOKIE_NAME = "language"
# Before those of Django and of other packages, whose words for the same thing may be others.
LOCALE_PATHS = [BASE_DIR / "reports" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATICFILES_FINDERS = ["buffet.statics.OfApps"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "buffet.statics.Collected"},
}

# A statement of 100,000 lines is about 30 MB; nothing a person sends is larger.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", 32 * 1024 * 1024)
# The file of a whole book, in what an address of the platform may take; a command loads any.
BOOK_MAX_BYTES = env.int("BOOK_MAX_BYTES", 64 * 1024 * 1024)
# How long a link to an export is good, and for how many seconds one waits for who reads one.
EXPORT_LINK_MINUTES = env.int("EXPORT_LINK_MINUTES", 10)
EXPORT_PATIENCE = env.int("EXPORT_PATIENCE", 30)
# How many lines are recorded at once; after how many seconds a request leaves the rest to another.
IMPORT_CHUNK = env.int("IMPORT_CHUNK", 5000)
IMPORT_SECONDS = env.float("IMPORT_SECONDS", 3.0)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["buffet.rest.authentication.BearerAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["buffet.rest.parsers.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "buffet.rest.schema.AutoSchema",
    "EXCEPTION_HANDLER": "buffet.rest.problems.answer",
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
}

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", 15)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.int("REFRESH_TOKEN_DAYS", 30)),
    "ALGORITHM": "HS256",
    "SIGNING_KEY": SECRET_KEY,
    "UPDATE_LAST_LOGIN": False,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Better Call Buffet",
    "DESCRIPTION": (
        "A double-entry finance system. Amounts are strings with the decimals of their currency; "
        "dates are YYYY-MM-DD; errors are RFC 9457 problems."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    # Wherever the document comes from, there the API is.
    "SERVERS": [{"url": "/"}],
    "COMPONENT_SPLIT_REQUEST": True,
    # The bodies of changes are serializers of their own, which say what is required.
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ChartKind": "accounts.models.Kind",
        "AccountKind": "accounts.serializers.REAL_KIND_CHOICES",
        "RealAccountType": "accounts.serializers.REAL_TYPE_CHOICES",
        "CategoryType": "accounts.serializers.CATEGORY_TYPE_CHOICES",
        "AccountType": "accounts.models.AccountType",
        "TransactionKind": "transactions.serializers.KINDS",
        "EntryStatus": "transactions.models.Status",
        "ImportStatus": "transactions.models.ImportStatus",
        "ImportVerdict": "transactions.models.Verdict",
        "BalancePointKind": "transactions.models.PointKind",
        "TransactionSource": "transactions.models.Source",
        "InvoiceStatus": "invoices.serializers.STATUSES",
        "InvoiceSection": "invoices.models.Section",
        "CentsOn": "invoices.models.CentsOn",
        "InstallmentState": "invoices.queries.installments.STATES",
        "CardBrand": "accounts.models.CardBrand",
        "BilledAs": "accounts.models.BilledAs",
        "Cadence": "transactions.recurring.Cadence",
        "SubscriptionStatus": "transactions.queries.subscriptions.STATUSES",
        "ForecastSource": "reports.coming.serializers.FORECAST_SOURCES",
        "RateStatus": "accounts.rate_serializers.RATE_STATUS_CHOICES",
        "RateScope": "accounts.rate_serializers.SCOPE_CHOICES",
        "ExportKind": "reports.exports.serializers.KINDS",
        "TokenScope": "buffet.models.Scope",
        "Role": "buffet.models.Role",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "buffet.rest.schema.complete",
        "buffet.rest.links.add_links",
        "buffet.rest.examples.add_examples",
        "buffet.rest.clients.name_bodies",
    ],
}

PGHISTORY_BASE_MODEL = "buffet.audit.Event"
PGHISTORY_ADMIN_ALL_EVENTS = False

# Such as smtp+tls://user:password@host:587, or consolemail:// to see letters on the console.
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", "Better Call Buffet <buffet@localhost>")

# One JSON object a line for who collects them, or sentences for who looks on.
LOG_FORMAT = env.str("LOG_FORMAT", "json")
# What of the requests becomes metrics of CloudWatch, whose price is by the metric: see README.
METRICS = env.str("METRICS", "totals")
for name, value, known in (
    ("LOG_FORMAT", LOG_FORMAT, ("json", "text")),
    ("METRICS", METRICS, ("none", "totals", "routes")),
):
    if value not in known:
        raise ImproperlyConfigured(f"{name} is one of {', '.join(known)}.")
# Statements that take longer are named in the log.
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", 500)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "buffet.logs.Sentences"},
        "json": {"()": "buffet.logs.Lines"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            # What a command prints is its result, and no place for lines of the log.
            "stream": sys.stdout if POOLED and LOG_FORMAT == "json" else sys.stderr,
            "formatter": LOG_FORMAT,
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    # A client's mistake is the client's to know; only our own errors are for the log.
    "loggers": {"django.request": {"level": "ERROR"}},
}

UNFOLD = {
    "SITE_TITLE": "Better Call Buffet",
    "SITE_HEADER": "Better Call Buffet",
    "SITE_SYMBOL": "account_balance",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("reports/icon.svg"),
        }
    ],
    "DASHBOARD_CALLBACK": "reports.supervising.board.board",
    "STYLES": [lambda request: static("buffet/staff.css")],
    "COLORS": {
        "primary": {
            "50": "240 253 244", "100": "220 252 231", "200": "187 237 208", "300": "134 214 168",
            "400": "74 180 124", "500": "34 143 89", "600": "20 96 58", "700": "18 80 50",
            "800": "17 64 42", "900": "14 53 35", "950": "6 29 19",
        },
    },
    "SIDEBAR": {
        "navigation": [
            {
                "title": "Service",
                "items": [
                    {"title": "Board", "link": reverse_lazy("admin:index")},
                    {"title": "History", "link": reverse_lazy("staff-history")},
                ],
            },
        ]
        + [
            {
                "title": title,
                "items": [
                    {"title": name, "link": reverse_lazy(f"admin:{page}_changelist")}
                    for name, page in pages
                ],
            }
            for title, pages in (
                ("Ledger", (
                    ("Transactions", "transactions_transaction"),
                    ("Deleted transactions", "transactions_transactionevent"),
                    ("Entries", "transactions_entry"),
                    ("Vendors", "transactions_vendor"),
                    ("Subscriptions", "transactions_subscription"),
                    ("Subscription payments", "transactions_subscriptionpayment"),
                    ("Balance points", "transactions_balancepoint"),
                    ("Imports", "transactions_import"),
                    ("Import lines", "transactions_importline"),
                    ("Import profiles", "transactions_importprofile"),
                    ("Rules", "transactions_rule"),
                    ("Runs of rules", "transactions_rulerun"),
                    ("Changes by rules", "transactions_rulechange"),
                    ("Closed months", "transactions_closedmonth"),
                )),
                ("Cards", (
                    ("Cards", "accounts_creditcard"),
                    ("Days of cards", "accounts_cardterms"),
                    ("Statements", "invoices_invoice"),
                    ("Lines", "invoices_invoiceline"),
                    ("Changes after closing", "invoices_invoicechange"),
                    ("Payments chosen", "invoices_allocationchoice"),
                    ("Purchases in parcels", "invoices_installmentplan"),
                    ("Parcels", "invoices_installment"),
                )),
                ("Chart", (
                    ("Accounts and categories", "accounts_account"),
                    ("Brokers", "accounts_broker"),
                    ("Exchange rates", "accounts_exchangerate"),
                    ("Own rates of books", "accounts_bookrate"),
                    ("State of own rates", "accounts_ownrates"),
                )),
                ("People", (
                    ("Books", "buffet_book"),
                    ("Users", "buffet_user"),
                    ("Seats", "buffet_membership"),
                    ("Invitations", "buffet_invitation"),
                    ("Support access", "buffet_supportaccess"),
                    ("Visits of staff", "buffet_visit"),
                    ("Erasures", "buffet_erasure"),
                    ("Sign-ins", "buffet_signin"),
                    ("Second factors", "buffet_secondfactor"),
                    ("Recovery codes", "buffet_recoverycode"),
                    ("Sessions", "buffet_session"),
                    ("Personal tokens", "buffet_personaltoken"),
                    ("Calendar links", "buffet_calendarlink"),
                )),
                ("Traces", (
                    ("Kept answers", "buffet_keptanswer"),
                    ("Attempts", "buffet_attempts"),
                    ("Shared state", "buffet_sharedstate"),
                    ("Tombstones", "buffet_tombstone"),
                    ("Slow requests", "buffet_slowrequest"),
                    ("Verifications", "transactions_verification"),
                )),
            )
        ],
    },
}  # fmt: skip
