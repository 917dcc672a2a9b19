"""The web server's door. Its threads share a pool of connections."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
os.environ.setdefault("DATABASE_POOL", "true")

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

from callcenter.proxies import VisitorsAddress  # noqa: E402

application = VisitorsAddress(get_wsgi_application(), proxies=settings.TRUSTED_PROXIES)

from callcenter.ownership import refuse_to_start  # noqa: E402
from callcenter.purpose import refuse_another_purpose  # noqa: E402

refuse_another_purpose()
refuse_to_start()

# What is loaded by now stays for good: without this the collector walks all of it in the middle of a page.
gc.collect()
gc.freeze()
