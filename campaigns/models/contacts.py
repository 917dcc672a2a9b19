"""Customers to be called in a campaign: the contact, what it has to pay, its telephones and its place in a list.

A month may hold a million contacts that arrive in one statement, so foreign keys between these tables are not
enforced row by row (three of them double the time of a report); `check_invariants` proves them instead.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.audit import facts
from agents.gates import leads_to_customers
from agents.models import Agent, User
from campaigns.models.calls import Attempt, CallBack
from campaigns.models.campaign import Campaign


class Service(models.TextChoices):
    INTERNET = "INTERNET", _("Internet")
    TV = "TV", _("Televisión")


class CallList(models.TextChoices):
    """The three lists of a campaign: which services a contact has."""

    INTERNET = "INTERNET", _("Internet")
    TV = "TV", _("Televisión")
    BOTH = "BOTH", _("Internet y televisión")

    @property
    def short(self) -> str:
        """As long lists say it, where there is little room."""
        return {self.TV: "TV", self.BOTH: gettext("Ambos")}.get(self, str(self.label))


class PartOfDay(models.IntegerChoices):
    """The parts that the policy cuts a day into."""

    MORNING = 1, _("por la mañana")
    AFTERNOON = 2, _("por la tarde")
    EVENING = 3, _("por la noche")


class ContactQuerySet(models.QuerySet["Contact"]):
    @leads_to_customers
    def visible_to(self, user: User) -> ContactQuerySet:
        """The centre sees all. An agent sees what her work needs, while its campaign is open:

        contacts of her list or open at her desk, those with an agreed call of hers or her team's that waits, and those
        she attended herself. Afterwards only the one whose call still waits for her result. (Decision 0081.)
        """
        if user.sees_the_centre:
            return self
        own = ListEntry.objects.filter(Q(owner__user=user) | Q(lease_agent__user=user), contact=OuterRef("pk"))
        agreed = CallBack.objects.waiting_for(user).filter(contact=OuterRef("pk"))
        attended = Attempt.objects.filter(agent__user=user, contact=OuterRef("pk"))
        needed = Exists(own) | Exists(agreed) | Exists(attended)
        return self.filter(needed & Q(campaign__in=Campaign.objects.open()) | Exists(attended.filter(resulted_at=None)))

    def open_at_desk_of(self, agent: Agent) -> ContactQuerySet:
        """Of those she may see the one she has open: what nearly every click is about, and quickly asked."""
        return self.filter(entry__lease_agent=agent, campaign__state__in=Campaign.OPEN)


class Contact(models.Model):
    """A customer of one contract in one campaign: called once about all its services."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False, related_name="contacts")
    contract = models.CharField(_("contrato"), max_length=32)
    call_list = models.CharField(_("lista"), max_length=8, choices=CallList)
    name = models.CharField(_("cliente"), max_length=160)
    name_key = models.CharField(
        max_length=160, help_text=_("Nombre en mayúsculas, sin acentos ni puntuación, para buscar y ordenar.")
    )
    identity_card = models.CharField(_("carnet o NIT"), max_length=32, blank=True)
    telephones = ArrayField(models.CharField(max_length=16), verbose_name=_("teléfonos"), default=list)
    zone = models.CharField(_("zona"), max_length=80, blank=True)
    address = models.CharField(_("dirección"), max_length=200, blank=True)
    segment = models.CharField(_("segmento"), max_length=16, blank=True)
    amount_due = models.DecimalField(_("monto"), max_digits=10, decimal_places=2)
    due_on = models.DateField(_("vence"), help_text=_("El vencimiento más próximo de sus servicios."))

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contacto")
        verbose_name_plural = _("contactos")
        constraints = [
            # the contract first: it serves history of earlier months and continuity of the agent as well
            models.UniqueConstraint(fields=["contract", "campaign"], name="contact_once_a_campaign"),
        ]
        indexes = [
            # Lists and search by name read one month: its rows stand together on disk, and scanning 800,000 of them
            # takes 70 ms. A tree on the name would cost a third of the whole intake (4.4 s a million rows).
            BrinIndex(fields=["campaign"], name="contact_by_campaign", autosummarize=True),
        ]

    def __str__(self) -> str:
        return self.contract


@facts("campaign", "contact", "service", "due_on", "amount_due", "gone_at", personal=["service_number"])
class Renewal(models.Model):
    """One prepaid service that runs out: a row of the report that was taken (procedure K.2, K.1)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False, related_name="renewals")
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False, related_name="renewals")
    report_line = models.PositiveIntegerField(help_text=_("Fila del reporte de donde viene."))
    service = models.CharField(_("servicio"), max_length=8, choices=Service)
    service_number = models.CharField(_("número de servicio"), max_length=32)
    plan = models.CharField(_("plan"), max_length=80, blank=True)
    due_on = models.DateField(_("vence"))
    amount_due = models.DecimalField(_("monto"), max_digits=10, decimal_places=2)
    gone_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Desde cuándo un reporte corregido ya no la trae: lo pagado queda.")
    )

    class Meta:
        verbose_name = _("renovación")
        verbose_name_plural = _("renovaciones")
        constraints = [
            models.UniqueConstraint(fields=["service_number", "campaign", "service"], name="renewal_once_a_campaign"),
            models.CheckConstraint(condition=Q(amount_due__gte=0), name="renewal_amount_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.service_number


@facts("reason", "retired_at", "by", at="retired_at", personal=["contract", "telephone"])
class RetiredTelephone(models.Model):
    """A telephone that turned out not to be the customer's. It stays retired for the contract in later months."""

    contract = models.CharField(max_length=32)
    telephone = models.CharField(max_length=16)
    reason = models.CharField(max_length=60)
    retired_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    attempt = models.ForeignKey(
        Attempt, models.SET_NULL, null=True, blank=True, db_index=False, related_name="+",
        help_text=_("La llamada en que se supo."),
    )  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "telephone"], name="retired_telephone_once")]


class ListEntryQuerySet(models.QuerySet["ListEntry"]):
    @leads_to_customers
    def visible_to(self, user: User) -> ListEntryQuerySet:
        """An agent sees her list and what is open at her desk, of open campaigns; the centre sees all."""
        if user.sees_the_centre:
            return self
        own = Q(owner__user=user) | Q(lease_agent__user=user)
        return self.filter(own, campaign__in=Campaign.objects.open())


@facts(
    "campaign", "call_list", "state", "owner", "handled_at", "handled_by", "contacted_at", "contacted_by",
    "promised_at", "paid_on", "paid_known_at",
)  # fmt: skip
class ListEntry(models.Model):
    """The narrow row that changes with every call: whose the contact is (owner) and who has it open now (lease).

    Assignment and lease are two things: a lease runs out by itself, an owner never gets lost.
    `ready_at` folds every rule that is only a matter of time: retry delay, daily cap, parts of the day, call-back.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Por llamar")
        DONE = "done", _("Terminado")
        PAID = "paid", _("Pagó")
        HELD_OUT = "held_out", _("Grupo de control")
        NOT_CALLABLE = "not_callable", _("No llamable")
        EXHAUSTED = "exhausted", _("Sin más intentos")
        GONE = "gone", _("Ya no está en el reporte")

    contact = models.OneToOneField(Contact, models.CASCADE, primary_key=True, db_constraint=False, related_name="entry")
    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False, related_name="entries")
    call_list = models.CharField(max_length=8, choices=CallList)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    state_before = models.CharField(  # noqa: DJ001  # a million rows arrive without it
        max_length=12, choices=State, null=True, editable=False,
        help_text=_("El de antes del último cambio en bloque o paso: así lo devuelve la misma instrucción."),
    )  # fmt: skip
    household = models.BigIntegerField(
        null=True, blank=True,
        help_text=_("De quienes comparten teléfono o carnet, el primer contacto. Vacío si nadie lo comparte."),
    )  # fmt: skip
    owner = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="entries"
    )
    position = models.PositiveIntegerField(default=0, help_text=_("Orden de prioridad: el menor primero."))
    answers_in = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=PartOfDay,
        help_text=_("Parte del día en que se le llama primero. Vacía si no sigue cuándo contestan o no se sabe."),
    )  # fmt: skip
    ready_at = models.DateTimeField(help_text=_("No se da antes de esta hora."))
    attempts = models.PositiveSmallIntegerField(default=0)
    attempts_on_day = models.PositiveSmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True, help_text=_("Primer resultado registrado."))
    handled_by = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    contacted_at = models.DateTimeField(null=True, blank=True, help_text=_("Primer contacto con el cliente."))
    contacted_by = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    promised_at = models.DateTimeField(null=True, blank=True, help_text=_("Primer compromiso de pago."))
    last_disposition = models.ForeignKey(
        "campaigns.Disposition", models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False
    )
    paid_on = models.DateField(null=True, blank=True, help_text=_("Día en que quedó pagado todo."))
    paid_known_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Cuándo se supo aquí que estaba pagado: desde entonces no se marca.")
    )
    lease_agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(
        default=0, help_text=_("Sube con cada reserva: un resultado de una reserva pasada no entra.")
    )

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lease_agent"], condition=Q(lease_agent__isnull=False), name="list_entry_one_open_a_desk"
            ),
            models.CheckConstraint(
                condition=Q(lease_agent__isnull=True, lease_until__isnull=True)
                | Q(lease_agent__isnull=False, lease_until__isnull=False),
                name="list_entry_lease_is_whole",
            ),
        ]
        indexes = [
            # the next contact of a desk, the agent's list and bulk reassignment
            models.Index(
                fields=["owner", "campaign", "position", "ready_at"], name="list_entry_next", condition=Q(state="open")
            ),
            # the same in a month that follows when customers answer: those who answer in this part of the day
            models.Index(
                fields=["owner", "campaign", "answers_in", "position"],
                name="list_entry_answers",
                condition=Q(state="open", answers_in__isnull=False),
            ),
            # the other half of what an agent owns: the header of her desk, once a minute for each of a thousand
            models.Index(fields=["owner", "campaign"], name="list_entry_settled", condition=~Q(state="open")),
            # the sweep of leases that ran out
            models.Index(fields=["lease_until"], name="list_entry_leased", condition=Q(lease_agent__isnull=False)),
            # who else is behind the same telephone: asked with every contact that shares one
            models.Index(fields=["household"], name="list_entry_household", condition=Q(household__isnull=False)),
            # lists of the campaign page by state
            models.Index(fields=["campaign", "state"], name="list_entry_by_state"),
        ]


class ContactChangeQuerySet(models.QuerySet["ContactChange"]):
    @leads_to_customers
    def visible_to(self, user: User) -> ContactChangeQuerySet:
        """An agent sees the steps that contacts she may see took one by one; the centre sees all.

        A row of many names contacts of others as well: whoever may see a contact reads its share of it by `of`.
        """
        if user.sees_the_centre:
            return self
        return self.filter(contact__in=Contact.objects.visible_to(user))

    def of(self, contact: Contact) -> ContactChangeQuerySet:
        """What a contact went through, alone or with others; nothing of that is older than its campaign.

        So of the rows of many only those written since are looked into: some hundreds in a month.
        """
        with_others = Q(contacts__contains=[contact.pk], at__gte=contact.campaign.created_at)
        return self.filter(Q(contact=contact) | with_others)


@facts("contact", "contacts", "verb", "from_state", "to_state", "at", "by", at="at")
class ContactChange(models.Model):
    """A step in the life of a contact: what it was and became, when, by whom, in which call. Append-only.

    A step that many took in one statement is one row with all of them in `contacts`: of a report of payments a row for
    each contact would cost a tenth of taking it in. Written by `campaigns/contacts/life.py` only; its keys are not
    enforced (decision 0005).
    """

    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, db_constraint=False, db_index=False, related_name="changes"
    )
    contacts = ArrayField(models.BigIntegerField(), null=True)
    verb = models.CharField(max_length=16)
    from_state = models.CharField(max_length=12, choices=ListEntry.State)
    to_state = models.CharField(max_length=12, choices=ListEntry.State)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+")
    attempt = models.ForeignKey(
        Attempt, models.SET_NULL, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    because = ""  # what took the payment back, in words; told by `contacts.history`

    objects = ContactChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("cambio de un contacto")
        verbose_name_plural = _("cambios de contactos")
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=True, contacts__isnull=False)
                | Q(contact__isnull=False, contacts__isnull=True),
                name="contact_change_is_of_one_or_of_many",
            ),
        ]
        # both for the history on a contact's page; an index of each contact in a row of many would cost what that saves
        indexes = [
            models.Index(fields=["contact"], name="contact_change_of_one", condition=Q(contact__isnull=False)),
            models.Index(fields=["at"], name="contact_change_of_many", condition=Q(contacts__isnull=False)),
        ]
