"""The settings. Those of one machine come from the environment: ``SECRET_KEY``, ``BOX_…``, ``SESSION_FILE_PATH``."""

import os
from pathlib import Path

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "urls"
USE_TZ = True
TIME_ZONE = "UTC"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "errors.LoginErrors",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
    }
]

# The session holds the token, so it is stored on the server. With a database, keep Django's default engine.
SESSION_ENGINE = "django.contrib.sessions.backends.file"
SESSION_FILE_PATH = os.environ.get("SESSION_FILE_PATH")
SESSION_COOKIE_NAME = "django_example"
CSRF_COOKIE_NAME = "django_example_csrf"  # behind https, also SESSION_COOKIE_SECURE and CSRF_COOKIE_SECURE

OAUTHONE_CLIENTS = {
    "box": {
        "client_id": os.environ["BOX_CLIENT_ID"],
        "client_secret": os.environ["BOX_CLIENT_SECRET"],
        "request_token_url": os.environ["BOX_REQUEST_TOKEN_URL"],
        "authorize_url": os.environ["BOX_AUTHORIZE_URL"],
        "access_token_url": os.environ["BOX_ACCESS_TOKEN_URL"],
        "api_base_url": os.environ["BOX_API_BASE_URL"],
    }
}
