"""The web server's door. Its threads share a pool of connections."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
os.environ.setdefault("DATABASE_POOL", "true")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
