"""What asks for a supervisor's attention, by the limits an administrator set; the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import AgentState
from agents.searching import refusals
from agents.spraying import names_tried
from campaigns.models import CallBack, Campaign
from control_room.models import AlertLimit
from control_room.people import Person
from control_room.waiting import Waiting
from escalations.models import Escalation
from escalations.models import Kind as KindOfCard
from service_level.models import MonthForecast
from service_level.months import month_of
from telephony.devices import absent_telephones, is_any_gone, trunks_now
from telephony.link_ages import LinkAge

Kind = AlertLimit.Kind
State = AgentState.State
HOURS_TOLD = 48  # from then on days are
OF_STATE = {State.AVAILABLE: Kind.IDLE, State.ON_A_CALL: Kind.CALL, State.WRAPPING_UP: Kind.WRAP_UP}


@dataclass(frozen=True, slots=True)
class Alert:
    """One sentence, of an agent (her key) or of nobody; `weight`: how many times its limit it is."""

    kind: str
    words: str
    weight: float
    agent: int | None = None
    href: str = ""
    verb: str = ""  # what `href` opens
    about: str = ""  # what it is about where that is no agent: a queue, a link, a list

    @property
    def same(self) -> tuple[str, str]:
        """What makes it the same alert a minute later."""
        return self.kind, f"{self.agent or ''}:{self.about}"[:80]


def limits() -> Mapping[str, int]:
    """The limits in use, by kind."""
    return dict(AlertLimit.objects.filter(is_on=True).values_list("kind", "limit"))


def find_alerts(
    *, people: Sequence[Person], waiting: Iterable[Waiting], links: Iterable[LinkAge], now: datetime
) -> list[Alert]:
    """All there are now. Some statements, and as many of them whatever the number of agents."""
    limit = limits()
    found = [
        *_of_states(people, limit, now=now),
        *_of_waits(waiting, limit, now=now),
        *_of_links(links, limit, now=now),
        *_of_clocks(links, limit),
        *(_of_devices(people, limit, now=now) if links else ()),
        *_of_lists(people, limit),
        *_of_agreed_calls(limit, now=now),
        *_of_promised_calls(limit, now=now),
        *_of_the_month(limit, now=now),
        *_of_searches(limit, now=now),
        *_of_sign_ins(limit, now=now),
    ]
    return sorted(found, key=lambda one: (-one.weight, one.words))


def lasting(seconds: int) -> str:
    """How long, no finer than a sentence is read: `40 s`, `12 min`, `1 h 5 min`, `3 días`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= HOURS_TOLD:
        return ngettext("%(days)s día", "%(days)s días", hours // 24) % {"days": hours // 24}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min") % {"minutes": minutes} if minutes else _("%(seconds)s s") % {"seconds": rest // 10 * 10}


def _of_states(people: Iterable[Person], limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    for one in people:
        lasted = one.seconds(now=now)
        if one.state == State.PAUSED and one.limit_seconds is not None and lasted > one.limit_seconds:
            said = {"agent": one.name, "time": lasting(lasted), "reason": one.reason}
            said["limit"] = lasting(one.limit_seconds)
            words = _("%(agent)s lleva %(time)s en pausa: %(reason)s, hasta %(limit)s.") % said
            yield Alert("pause", words, lasted / max(one.limit_seconds, 1), one.pk)
        kind = OF_STATE.get(State(one.state)) if one.state else None
        if kind is None or kind not in limit or lasted <= limit[kind]:
            continue
        said = {"agent": one.name, "time": lasting(lasted), "line": one.line}
        if kind == Kind.IDLE:
            words = _("%(agent)s lleva %(time)s disponible y sin llamada.")
        elif kind == Kind.WRAP_UP:
            words = _("%(agent)s lleva %(time)s cerrando una llamada.")
        elif one.line:
            words = _("%(agent)s lleva %(time)s en una llamada de %(line)s.")
        else:
            words = _("%(agent)s lleva %(time)s en una llamada.")
        yield Alert(kind, words % said, lasted / limit[kind], one.pk)


def _of_waits(waiting: Iterable[Waiting], limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    for one in waiting:
        lasted = one.seconds(now=now)
        if Kind.WAIT in limit and lasted > limit[Kind.WAIT]:
            words = ngettext(
                "En %(line)s espera %(count)s llamada desde hace %(time)s.",
                "En %(line)s esperan %(count)s llamadas; la más larga desde hace %(time)s.",
                one.count,
            )
            said = {"line": one.line or one.queue, "count": one.count, "time": lasting(lasted)}
            yield Alert(Kind.WAIT, words % said, lasted / limit[Kind.WAIT], about=one.queue)


def _of_links(links: Iterable[LinkAge], limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    for one in links:
        lasted = int((now - one.since).total_seconds()) if one.since else 0
        if Kind.LINK not in limit or one.is_up or (one.since and lasted <= limit[Kind.LINK]):
            continue
        said = {"board": one.name, "time": lasting(lasted)}
        words = (
            _("Sin enlace con %(board)s desde hace %(time)s.") if one.since else _("Nunca hubo enlace con %(board)s.")
        )
        yield Alert(Kind.LINK, words % said, max(lasted / limit[Kind.LINK], 1.0), about=one.name)


def _of_clocks(links: Iterable[LinkAge], limit: Mapping[str, int]) -> Iterable[Alert]:
    """Waits and calls are told by the switchboard's clock: one that lies makes wrong hours, and nobody sees it."""
    for one in links:
        ahead = one.clock_ahead or 0.0
        if Kind.CLOCK not in limit or not one.is_up or abs(ahead) <= limit[Kind.CLOCK]:
            continue
        if ahead > 0:
            words = _("El reloj de %(board)s adelanta %(time)s: póngalo en hora, sus llamadas se anotan con él.")
        else:
            words = _("El reloj de %(board)s atrasa %(time)s: póngalo en hora, sus llamadas se anotan con él.")
        said = {"board": one.name, "time": lasting(int(abs(ahead)))}
        yield Alert(Kind.CLOCK, words % said, abs(ahead) / limit[Kind.CLOCK], about=one.name)


def _of_devices(people: Iterable[Person], limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    if Kind.DEVICE in limit and is_any_gone(now=now):
        yield from _of_telephones(people, limit, now=now)
        yield from _of_trunks(limit, now=now)


def _of_telephones(people: Iterable[Person], limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    """Of who is signed in: her queues pass her over and no call reaches her; else her own page alone says so."""
    names = {one.pk: one.name for one in people if one.state}
    for one in absent_telephones(now=now):
        lasted = int((now - one.since).total_seconds())
        if one.agent in names and lasted > limit[Kind.DEVICE]:
            said = {"agent": names[one.agent], "number": one.number, "time": lasting(lasted)}
            words = _("El teléfono de %(agent)s, el %(number)s, no está registrado desde hace %(time)s.") % said
            yield Alert(Kind.DEVICE, words, lasted / limit[Kind.DEVICE], one.agent, about=one.number)


def _of_trunks(limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    for one in trunks_now(now=now):
        lasted = int((now - one.since).total_seconds()) if one.since and one.is_there is False else 0
        if lasted > limit[Kind.DEVICE]:
            said = {"trunk": one.name, "board": one.board, "leads_to": one.leads_to, "time": lasting(lasted)}
            words = _("La central %(board)s no alcanza su troncal %(trunk)s desde hace %(time)s.")
            if one.leads_to:
                words = _("La central %(board)s no alcanza su troncal %(trunk)s (%(leads_to)s) desde hace %(time)s.")
            yield Alert(Kind.DEVICE, words % said, lasted / limit[Kind.DEVICE], about=f"{one.board}/{one.name}")


def _of_lists(people: Iterable[Person], limit: Mapping[str, int]) -> Iterable[Alert]:
    """Of who is signed in and has a list. It counts no further than the limit, however long a list is."""
    if Kind.LIST not in limit:
        return
    names = {one.pk: one.name for one in people if one.state}
    running = list(Campaign.objects.filter(state=Campaign.State.RUNNING).values_list("pk", "period"))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id, p.id, left_over.n
              FROM unnest(%(agents)s::bigint[]) a(id), unnest(%(campaigns)s::bigint[]) p(id),
                   LATERAL (SELECT count(*) AS n FROM (
                        SELECT FROM campaigns_listentry e
                         WHERE e.owner_id = a.id AND e.campaign_id = p.id AND e.state = 'open' LIMIT %(limit)s
                   ) one) left_over
             WHERE left_over.n < %(limit)s AND EXISTS (
                SELECT FROM campaigns_listentry e WHERE e.owner_id = a.id AND e.campaign_id = p.id)
            """,
            {"agents": list(names), "campaigns": [pk for pk, _period in running], "limit": limit[Kind.LIST]},
        )
        found = cursor.fetchall()
    periods = dict(running)
    for agent, campaign, count in found:
        words = ngettext(
            "A la lista de %(agent)s le queda %(count)s contacto.",
            "A la lista de %(agent)s le quedan %(count)s contactos.",
            count,
        )
        href = reverse("campaigns:campaign", args=[f"{periods[campaign]:%Y-%m}"])
        said = {"agent": names[agent], "count": count}
        weight = 1 + (1 - count / limit[Kind.LIST])
        yield Alert(Kind.LIST, words % said, weight, agent, href, _("Reasignar…"), about=str(campaign))


def _of_agreed_calls(limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    if Kind.AGREED not in limit:
        return
    pending = CallBack.objects.filter(state=CallBack.State.PENDING, campaign__state__in=Campaign.OPEN, due_at__lt=now)
    lates = [int((now - due).total_seconds()) for due in pending.values_list("due_at", flat=True)]
    late = [seconds for seconds in lates if seconds > limit[Kind.AGREED]]
    if late:
        words = ngettext(
            "%(count)s llamada acordada venció hace %(time)s.",
            "%(count)s llamadas acordadas vencieron; la más vieja hace %(time)s.",
            len(late),
        )
        said = {"count": len(late), "time": lasting(max(late))}
        yield Alert(
            Kind.AGREED, words % said, max(late) / limit[Kind.AGREED], None, reverse("campaigns:agenda"), _("Agenda")
        )


def _of_promised_calls(limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    """Of who was told on a line that an agent calls: late by the same limit as an agreed call."""
    if Kind.AGREED not in limit:
        return
    since = now - timedelta(seconds=limit[Kind.AGREED])
    late = Escalation.objects.filter(kind__worked_by=KindOfCard.Worker.AGENT, state__in=Escalation.UNSETTLED)
    found = late.filter(due_at__lt=since).aggregate(count=Count("pk"), oldest=Min("due_at"))
    if found["count"]:
        lasted = int((now - found["oldest"]).total_seconds())
        words = ngettext(
            "%(count)s llamada prometida en una derivación venció hace %(time)s.",
            "%(count)s llamadas prometidas en derivaciones vencieron; la más vieja hace %(time)s.",
            found["count"],
        )
        said = {"count": found["count"], "time": lasting(lasted)}
        href = f"{reverse('escalations:escalation_list')}?due=overdue"
        yield Alert(Kind.AGREED, words % said, lasted / limit[Kind.AGREED], None, href, _("Derivaciones"), "cards")


def _of_searches(limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    """Who asked for more customers than one person's work needs, or a program in her name."""
    for one in refusals(since=now - timedelta(hours=1)) if Kind.SEARCHES in limit else ():
        if one.count >= limit[Kind.SEARCHES]:
            said = {"agent": one.name, "count": one.count, "time": lasting(int((now - one.last_at).total_seconds()))}
            words = ngettext(
                "A %(agent)s se le rechazó %(count)s consulta de clientes en una hora, la última hace %(time)s.",
                "A %(agent)s se le rechazaron %(count)s consultas de clientes en una hora, la última hace %(time)s.",
                one.count,
            )
            yield Alert(Kind.SEARCHES, words % said, one.count / limit[Kind.SEARCHES], about=str(one.user))


def _of_sign_ins(limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    for address, names in names_tried(now=now).items() if Kind.SIGN_IN in limit else ():
        if names >= limit[Kind.SIGN_IN]:
            said = {"address": address, "names": names}
            words = _(
                "Desde %(address)s fallaron %(names)s nombres distintos al ingresar: alguien puede estar probando."
            )
            yield Alert(Kind.SIGN_IN, words % said, names / limit[Kind.SIGN_IN], about=address)


def _of_the_month(limit: Mapping[str, int], *, now: datetime) -> Iterable[Alert]:
    """Before the indicator is lost: while most of the ways the month may end are still to be changed."""
    ahead = MonthForecast.objects.filter(month=month_of(timezone.localdate(now))).first()
    if Kind.MONTH not in limit or ahead is None or ahead.chance >= limit[Kind.MONTH]:
        return
    said = {"chance": ahead.chance, "count": abs(ahead.left)}
    if ahead.left > 0:
        words = ngettext(
            "El indicador está en riesgo: %(chance)s de cada 100 finales del mes lo cumplen; puede perderse %(count)s"
            " llamada más.",
            "El indicador está en riesgo: %(chance)s de cada 100 finales del mes lo cumplen; pueden perderse %(count)s"
            " llamadas más.",
            ahead.left,
        )
    else:
        words = _(
            "El indicador está en riesgo: %(chance)s de cada 100 finales del mes lo cumplen; las llamadas que podían"
            " perderse ya se perdieron."
        )
    weight = 1 + (1 - ahead.chance / limit[Kind.MONTH])
    yield Alert(Kind.MONTH, words % said, weight, None, reverse("service_level:newest"), _("Indicador"))
