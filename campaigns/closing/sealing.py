"""The sealed report of a campaign: figures, the evidence they were counted from, a workbook and a document, by mail.

A seal is never changed. At the close revision 1 is sealed; payments still count for some days of grace, so when those
are over and their payments are in, a last revision follows by itself. Whatever is found later is another revision,
with its reason and what it changes (docs/decisions/0072).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.fields.files import FieldFile
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.closing.effect_words import KNOWN_UNTIL
from campaigns.closing.evidence import collect_evidence, what_moved
from campaigns.closing.seal_document import draw_document
from campaigns.closing.seal_mail import body_of, subject_of
from campaigns.closing.words import agent_names, changes_in_words, evidence_lines
from campaigns.figures.figures import Figures, read_figures
from campaigns.figures.refreshing import count_into_cells, counting_alone, one_snapshot
from campaigns.figures.serialising import as_plain
from campaigns.figures.sheets import sheets_of
from campaigns.models import CallingPolicy, Campaign, Contact, ErrandKind, Seal
from campaigns.month import errands
from campaigns.month.measurement import payments_are_in, payments_count_until
from campaigns.month.periods import day_of, write_period
from notices.mailing import owe
from notices.models import NoticeKind
from screens.differences import Difference, differences
from screens.spreadsheets import XLSX, Sheet, workbook_bytes

LANGUAGE = "es"  # of the documents, whoever asked for them


FILES = ("workbook", "document")


class SealRefused(Exception):
    """It cannot be sealed now; the message is the sentence people read."""


@dataclass(frozen=True)
class Verification:
    """What counting again found. `moved`: origins of the evidence, or files of the seal, that are another now."""

    differences: list[Difference]
    moved: list[str]
    is_intact: bool
    is_anonymised: bool = False  # the rows it was counted from have no names any more: only the figures are compared

    @property
    def agrees(self) -> bool:
        """Same figures, same evidence, and the seal's own fingerprint holds."""
        return self.is_intact and not self.differences and not self.moved


def check_can_seal(*, campaign: Campaign) -> None:
    """Raises SealRefused while calls may still happen, and for a month that closed without its report."""
    if campaign.state != Campaign.State.CLOSED:
        raise SealRefused(_("El informe se sella cuando la campaña está cerrada."))
    if campaign.anonymised_at is not None:
        raise SealRefused(_("Este mes ya no tiene datos personales: su último informe sellado es el definitivo."))
    if not had_report(campaign=campaign):
        raise SealRefused(_("Este mes cerró sin su reporte: no hubo a quién llamar, y no hay nada que sellar."))


def had_report(*, campaign: Campaign) -> bool:
    """Whether the report of the month ever came in."""
    return Contact.objects.filter(campaign=campaign).exists()


def seal(*, campaign: Campaign, by: User | None, now: datetime) -> Seal:
    """Seal a closed campaign; the seal there is when it has one. Raises SealRefused."""
    return _seal(campaign=campaign, by=by, now=now, reason="", after=0)


def reseal(*, campaign: Campaign, by: User | None, reason: str, now: datetime, after: int | None = None) -> Seal:
    """Another revision, because of `reason`. With `after`, only if that is still the last one: else that last one."""
    if not reason.strip():
        raise SealRefused(_("Una revisión necesita su motivo."))
    last = last_seal(campaign=campaign)
    if last is None:
        raise SealRefused(_("Todavía no hay un informe sellado que revisar."))
    return _seal(campaign=campaign, by=by, now=now, reason=reason.strip(), after=after)


def seal_closed(*, now: datetime) -> list[Seal]:
    """Seal what was closed and has no seal, and again what was sealed before its days of grace were over.

    A month that closed without its report is left as it is.
    """
    made = []
    has_contacts = Exists(Contact.objects.filter(campaign=OuterRef("pk")))
    for campaign in Campaign.objects.filter(has_contacts, state=Campaign.State.CLOSED).order_by("period"):
        work = _what_is_due(campaign=campaign, now=now)
        if work is not None:
            made.append(errands.attempt(work, kind=ErrandKind.SEAL, campaign=campaign, now=now))
    return [sealed for sealed in made if sealed is not None]


def _what_is_due(*, campaign: Campaign, now: datetime) -> Callable[[], Seal] | None:
    last = last_seal(campaign=campaign)
    if last is None:
        return partial(seal, campaign=campaign, by=None, now=now)
    if is_provisional(last) and payments_are_in(campaign=campaign, now=now):
        reason = _("Terminaron los días de gracia para pagar.")
        return partial(reseal, campaign=campaign, by=None, reason=reason, now=now, after=last.revision)
    return None


def is_provisional(sealed: Seal) -> bool:
    """Whether payments could still arrive when it was sealed."""
    return timezone.localdate(sealed.sealed_at) <= payments_count_until(campaign=sealed.campaign)


def last_seal(*, campaign: Campaign) -> Seal | None:
    """The newest revision; None while the campaign is not sealed."""
    return Seal.objects.filter(campaign=campaign).order_by("-revision").first()


def verify(*, sealed: Seal, now: datetime) -> Verification:
    """Count the campaign again from its rows and compare, with its files and the revision before. Changes nothing of
    the seal.
    """
    campaign = sealed.campaign
    is_anonymised = campaign.anonymised_at is not None
    with counting_alone(campaign, waits=True), transaction.atomic():
        one_snapshot()
        count_into_cells(campaign=campaign, now=max(now, sealed.sealed_at), afresh=True)
        figures = what_differs(sealed)
        evidence = {} if is_anonymised else collect_evidence(campaign=campaign, kept=sealed.evidence)
    return Verification(
        differences=figures,
        moved=[*what_moved(kept=sealed.evidence, found=evidence), *_chain_and_files(sealed)],
        is_anonymised=is_anonymised,
        is_intact=is_intact(sealed),
    )


def figures_now(sealed: Seal) -> dict[str, Any]:
    """The figures as the cells have them now, told as the seal tells its own.

    Before the day of the evaluation there was no effect to seal; older seals counted it another way.
    """
    told, kept = _plain(read_figures(campaign=sealed.campaign)), sealed.figures.get("effect")
    is_counted_so = kept is None or "contacts" in kept
    return {**told, "effect": kept} if is_provisional(sealed) or not is_counted_so else told


def what_differs(sealed: Seal) -> list[Difference]:
    """The figures of a seal that the cells tell otherwise now. What an older one did not tell is not compared, nor the
    words of which report they come from, which are in the reader's language.
    """
    found = differences(before=sealed.figures, after=figures_now(sealed))
    return [one for one in found if one.figure.split(".")[0] != "report"]


def is_intact(sealed: Seal) -> bool:
    """Whether its own fingerprint holds, and it is the one that was sealed then, by whom and why."""
    if sealed.evidence.get("sealing", told := _sealing(sealed)) != told:
        return False
    return fingerprint(campaign=sealed.campaign, figures=sealed.figures, evidence=sealed.evidence) == sealed.sha256


def _chain_and_files(sealed: Seal) -> list[str]:
    before = Seal.objects.filter(campaign=sealed.campaign, revision=sealed.revision - 1).first()
    moved = what_moved(kept=sealed.evidence, found={"previous": said_of(before)})
    return [*moved, *files_that_moved(sealed)]


def files_that_moved(sealed: Seal) -> list[str]:
    """Its workbook or document, where it is gone, is another, or nobody kept what it was."""
    return [name for name in FILES if file_fingerprint(getattr(sealed, name)) != sealed.files.get(name)]


def said_of(before: Seal | None) -> dict[str, Any] | None:
    """What a revision holds of the one before it; None of the first."""
    if before is None:
        return None
    return {"revision": before.revision, "sha256": before.sha256, **before.files}


def file_fingerprint(file: FieldFile) -> str:
    """sha-256 of a file that is kept; '' when it is gone."""
    if not file.name or not file.storage.exists(file.name):
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def fingerprint(*, campaign: Campaign, figures: dict[str, Any], evidence: dict[str, Any]) -> str:
    """sha-256 over month, figures and evidence, written in one way only."""
    told = {"period": write_period(campaign.period), "figures": figures, "evidence": evidence}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _seal(*, campaign: Campaign, by: User | None, now: datetime, reason: str, after: int | None) -> Seal:
    check_can_seal(campaign=campaign)
    with translation.override(LANGUAGE), counting_alone(campaign, waits=True), transaction.atomic():
        one_snapshot()
        last = last_seal(campaign=campaign)
        if last is not None and after is not None and last.revision != after:
            return last  # another process sealed while this one waited
        count_into_cells(campaign=campaign, now=now, afresh=True)
        figures = read_figures(campaign=campaign)
        plain = _plain(figures)
        known = figures.payments_known_until
        made = Seal(
            campaign=campaign,
            revision=last.revision + 1 if last else 1,
            sealed_at=now,
            sealed_by=by,
            reason=reason[:200],
            figures=plain,
        )
        decided = {
            "policy": _policy(),
            KNOWN_UNTIL: known.isoformat() if known else None,
            "previous": said_of(last),
            "sealing": _sealing(made),
        }
        made.evidence = {**collect_evidence(campaign=campaign), **decided}
        made.sha256 = fingerprint(campaign=campaign, figures=plain, evidence=made.evidence)
        changed = differences(before=last.figures, after=plain) if last else []
        workbook = workbook_bytes([*sheets_of(figures), _provenance(made, changed)])
        document = draw_document(seal=made, figures=figures, changes=changed, is_provisional=is_provisional(made))
        name = f"informe-{write_period(campaign.period)}-r{made.revision}"
        made.files = _keep_files(made, name, workbook=workbook, document=document)
        made.save(force_insert=True)
        _owe_mail(made, figures, name, workbook, document)
        errands.forget(campaign=campaign, kind=ErrandKind.SEAL)  # whoever sealed it, it is done
        return made


def _keep_files(made: Seal, name: str, *, workbook: bytes, document: bytes) -> dict[str, str]:
    """Both or none. Returns their fingerprints."""
    try:
        made.workbook.save(f"{name}.xlsx", ContentFile(workbook), save=False)
        made.document.save(f"{name}.pdf", ContentFile(document), save=False)
    except OSError:
        made.workbook.delete(save=False)  # nothing, where it was not even this one that had room
        raise
    return {
        "workbook": hashlib.sha256(workbook).hexdigest(),
        "document": hashlib.sha256(document).hexdigest(),
    }


def _owe_mail(made: Seal, figures: Figures, name: str, workbook: bytes, document: bytes) -> None:
    until = payments_count_until(campaign=made.campaign) if is_provisional(made) else None
    owe(
        key=f"seal:{write_period(made.campaign.period)}:{made.revision}",
        kind=NoticeKind.CAMPAIGN_SEALED,
        subject=subject_of(made, provisional_until=until),
        body=body_of(made, figures=figures, provisional_until=until),
        now=made.sealed_at,
        attachments=[(f"{name}.pdf", "application/pdf", document), (f"{name}.xlsx", XLSX, workbook)],
    )


def _sealing(sealed: Seal) -> dict[str, str]:
    """When it was sealed, by whom and why, as the fingerprint takes it in; older seals do not keep it."""
    by = sealed.sealed_by.username if sealed.sealed_by else ""
    return {"sealed_at": sealed.sealed_at.astimezone(UTC).isoformat(), "sealed_by": by, "reason": sealed.reason}


def _policy() -> dict[str, int]:
    """The rules of calling as they are at the seal; later months may have others."""
    policy = CallingPolicy.objects.in_force()
    names = ("grace_days", "attempts_a_campaign", "attempts_a_day", "minutes_between_attempts")
    return {name: getattr(policy, name) for name in names}


def _plain(figures: Figures) -> dict[str, Any]:
    """As the database gives it back: what is compared later went through JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(as_plain(figures)))
    return plain


def _provenance(made: Seal, changed: list[Difference]) -> Sheet:
    names = agent_names(made.figures)
    rows: list[list[Any]] = [
        [_("Revisión"), made.revision, ""],
        [_("Sellado"), made.sealed_at, ""],
        [_("Motivo"), made.reason, ""],
        [_("Huella"), made.sha256, ""],
        *([line.words, line.rows, line.told] for line in evidence_lines(made.evidence, on=day_of(made.sealed_at))),
        *([change.words, change.before, change.after] for change in changes_in_words(changed, names=names)),
    ]
    return Sheet(_("Evidencia"), [_("Qué"), _("Cantidad o antes"), _("Huella o después")], rows)
