"""Hands over a day's receipts and says what became of them. Copy it; it needs Python alone.

python hand_over_payments.py https://centro.comteco.example receipts.csv      (the token in the variable TOKEN)
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

AT_ONCE = 5000  # receipts


def ask(address: str, sent: Any = None, *, key: str = "") -> Any:
    """What is answered. Sent again under the same key, a write is done once: after a broken line send it again."""
    headers = {"Authorization": f"Bearer {os.environ['TOKEN']}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    body = json.dumps(sent).encode() if sent is not None else None
    for _time in range(5):
        try:
            with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code != 429:
                sys.exit(f"{refused.code}: {refused.read().decode()}")
            time.sleep(int(refused.headers["Retry-After"]))
        except OSError:
            time.sleep(2)
    sys.exit("No answer: run it again, nothing is taken twice.")


def main(site: str, file: str) -> None:
    rows = list(csv.DictReader(Path(file).read_text("utf-8").splitlines()))  # receipt, contract, paid_on, amount
    for first in range(0, len(rows), AT_ONCE):
        receipts = rows[first : first + AT_ONCE]
        key = hashlib.sha256(json.dumps(receipts).encode()).hexdigest()
        report = ask(f"{site}/api/v1/payments/", {"receipts": receipts}, key=key)
        while report["state"] in ("waiting", "reading", "checking", "publishing"):
            time.sleep(1)
            report = ask(f"{site}/api/v1/payments/{report['id']}/")
        print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
