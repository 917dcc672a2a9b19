"""The web server's door. Its threads share a pool of connections."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
os.environ.setdefault("DATABASE_POOL", "true")

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from granian.utils.proxies import wrap_wsgi_with_proxy_headers  # noqa: E402

# The one place where X-Forwarded-For and -Proto are read, and only from a proxy of ours: from here on REMOTE_ADDR is
# the visitor's, for the lock of sign-ins, the audit and the gate of /metrics alike (docs/decisions/0100).
application = wrap_wsgi_with_proxy_headers(get_wsgi_application(), trusted_hosts=settings.TRUSTED_PROXIES)

from callcenter.purpose import refuse_another_purpose  # noqa: E402

refuse_another_purpose()
