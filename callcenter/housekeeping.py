"""Forgetting what nobody needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage

from callcenter.whole_files import WholeFiles

SIGN_INS_KEPT = timedelta(days=400)  # a year and a bit: who signed in when is part of the audit


def clean_up(*, now: datetime) -> dict[str, int]:
    """Delete sessions that ended, failed sign-ins that no longer lock, the book of sign-ins past its year, and halves
    of files.

    Returns how many of each went.
    """
    ended, _ = Session.objects.filter(expire_date__lt=now).delete()
    unlocked, _ = AccessAttempt.objects.filter(attempt_time__lt=now - 2 * settings.AXES_COOLOFF_TIME).delete()
    old_log, _ = AccessLog.objects.filter(attempt_time__lt=now - SIGN_INS_KEPT).delete()
    old_failures, _ = AccessFailureLog.objects.filter(attempt_time__lt=now - SIGN_INS_KEPT).delete()
    halves = default_storage.forget_halves(now=now) if isinstance(default_storage, WholeFiles) else 0
    return {"sessions": ended, "attempts": unlocked, "sign_ins": old_log + old_failures, "halves": halves}
