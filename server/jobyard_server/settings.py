"""Django's settings, made from the options. Everything else reads ``django.conf.settings``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from jobyard_server.access.single_sign_on import sign_in
from jobyard_server.api.rest_settings import REST_FRAMEWORK, SPECTACULAR_SETTINGS
from jobyard_server.database.address import database_settings
from jobyard_server.instance_keys import instance_key
from jobyard_server.options import read_options

__all__ = ["REST_FRAMEWORK", "SPECTACULAR_SETTINGS"]  # the rest is found by its capitals


def address_origin(address: str) -> str:
    """``https://jobs.example.com`` of any address there."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


JOBYARD: dict[str, Any] = read_options()
DATA_DIR = JOBYARD["DATA_DIR"]
JOBS_ROOT = JOBYARD["JOBS_ROOT"]

SECRET_KEY = JOBYARD["SECRET_KEY"] or instance_key(DATA_DIR, "secret-key")
DEBUG = JOBYARD["DEBUG"]
ALLOWED_HOSTS = JOBYARD["ALLOWED_HOSTS"]
USE_TZ = True
TIME_ZONE = JOBYARD["TIME_ZONE"]
LANGUAGE_CODE = "en"
USE_I18N = False

DATABASES = {"default": database_settings(JOBYARD["DATABASE_URL"], DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "users.User"
SIGN_IN = sign_in(JOBYARD)
AUTHENTICATION_BACKENDS = ["jobyard_server.access.backends.ObjectPermissionBackend", *SIGN_IN.backends]
globals().update(SIGN_IN.settings)  # those of the libraries for the ways to log in that are configured

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tomselect",
    "js_lib_bootstrap5",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "jobyard_server.access",
    "jobyard_server.inventory.extras",
    "jobyard_server.inventory.tenancy",
    "jobyard_server.inventory.dcim",
    "jobyard_server.inventory.ipam",
    "jobyard_server.inventory.circuits",
    "jobyard_server.inventory.virtualization",
    "jobyard_server.api",
    "jobyard_server.ui",
]
INSTALLED_APPS += SIGN_IN.apps
INSTALLED_APPS += JOBYARD["PLUGINS"]  # a plugin is an app: it may bring models of its own

MIDDLEWARE = [
    "jobyard_server.ui.security_headers.security_headers",
    "jobyard_server.access.origin.remember_origin",
    "jobyard_server.ui.reader_zone.reader_zone",
    "django.middleware.security.SecurityMiddleware",
    "jobyard_server.ui.assets.StaticFiles",
    "jobyard_server.ui.compression.compress_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jobyard_server.access.sessions.end_when_idle",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "jobyard_server.changes.acting.change_log",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    *SIGN_IN.middleware,
]
CSRF_FAILURE_VIEW = "jobyard_server.error_answers.csrf_failure"
ROOT_URLCONF = "jobyard_server.urls"
ASGI_APPLICATION = "jobyard_server.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "jobyard_server.ui.assets.HashedFiles"},
}
MEDIA_ROOT = DATA_DIR / "media"
IMAGE_MAX_BYTES = JOBYARD["IMAGE_MAX_BYTES"]
WHITENOISE_USE_FINDERS = True
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

FILE_UPLOAD_HANDLERS = [
    "jobyard_server.form_bytes.UploadedForm",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = JOBYARD["REQUEST_MAX_BYTES"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
SESSION_ENGINE = "jobyard_server.access.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = JOBYARD["SECURE_COOKIES"]
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds from the log-in, whatever happens meanwhile
CSRF_TRUSTED_ORIGINS = [address_origin(JOBYARD["BASE_URL"])] if JOBYARD["BASE_URL"] else []
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if JOBYARD["SECURE_COOKIES"]:  # behind TLS
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
if JOBYARD["TRUSTED_PROXIES"]:  # only they can tell http from https
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if JOBYARD["SECURE_COOKIES"] and JOBYARD["TRUSTED_PROXIES"]:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^health/", "^metrics$"]  # asked by machines that do not pass the proxy
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# What job files read from ``django.conf.settings``.
GIT_ROOT = DATA_DIR / "mirrors"
CELERY_TASK_DEFAULT_QUEUE = "default"
PLUGINS = JOBYARD["PLUGINS"]
PLUGINS_CONFIG: dict[str, Any] = JOBYARD["PLUGINS_CONFIG"]
