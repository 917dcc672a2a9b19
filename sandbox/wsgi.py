"""The sandbox's door for its web server."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
os.environ.setdefault("SANDBOX_SERVES", "true")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
