"""Where an object storage is, and with which key: `FILES_URL`."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

IN_MEMORY = 8 * 2**20  # bytes of a file that is read; the rest lies in the folder for temporary files


def options_of(address: str) -> dict[str, Any]:
    """Of `https://key:secret@host:port/bucket?region=…&ca=/path/of/authorities.pem`. Raises ImproperlyConfigured."""
    told = urlsplit(address)
    bucket, query = told.path.strip("/"), parse_qs(told.query)
    if told.scheme not in ("http", "https") or not (told.hostname and told.username and told.password and bucket):
        raise ImproperlyConfigured("FILES_URL: https://key:secret@host/bucket, with ?region=… where there is one.")
    return {
        "bucket_name": bucket,
        "endpoint_url": f"{told.scheme}://{told.hostname}" + (f":{told.port}" if told.port else ""),
        "access_key": unquote(told.username),
        "secret_key": unquote(told.password),
        "region_name": query.get("region", ["us-east-1"])[0],
        "verify": query.get("ca", [None])[0],
        "max_memory_size": IN_MEMORY,
        "file_overwrite": False,
    }
