"""What the clock does, in one place.

Beat only ticks. What must exist by now is decided by the verb a tick rings, from the database and the calendar of
La Paz, so a beat that was down for days, or two beats at once, change nothing but the hour at which it happens.

Intervals only: a crontab with a numeric hour may be skipped for most of a day after a restart of beat. A tick that no
worker took before the next one is due expires, so an hour without workers does not leave an hour of ticks behind.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

SECOND = 1
MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class Tick:
    """One entry: the name administrators see, the task it rings and every how many seconds."""

    name: str
    task: str
    every: int


SCHEDULE = [
    # A month to be paid for exists as a campaign from the first day of calls on, and is marked late or missing.
    Tick("Crear los meses que faltan", "campaigns.make_months_exist", MINUTE),
    # New reports, of prepaid customers and of collections, are looked for where the sources say.
    Tick("Buscar reportes nuevos", "campaigns.look_for_reports", (15 * SECOND) if settings.IS_DEMO else (5 * MINUTE)),
    # A report that waits for a worker, or lost the one it had, is rung again.
    Tick("Retomar reportes detenidos", "campaigns.sweep_reports", 10 * SECOND),
    # A contact left open at a desk that does not answer any more goes back to its list.
    Tick("Liberar contactos abandonados", "campaigns.sweep_leases", 30 * SECOND),
    # A call-back past its time goes from its agent to the team, and from the team to the supervisor.
    Tick("Pasar llamadas acordadas vencidas", "campaigns.widen_call_backs", MINUTE),
    # A promise that payments show to be broken becomes a card on the supervisors' board, once.
    Tick("Derivar compromisos incumplidos", "campaigns.raise_broken_promises", 10 * MINUTE),
    # An assignment that a supervisor asked for and no worker has done is rung again.
    Tick("Repartir lo que se pidió", "campaigns.assign_what_was_asked", 30 * SECOND),
    # A campaign ends by itself after its last day.
    Tick("Cerrar campañas terminadas", "campaigns.close_overdue", 10 * MINUTE),
    # A closed campaign gets its sealed report, and the supervisors their mail.
    Tick("Sellar campañas cerradas", "campaigns.seal_closed", MINUTE),
    # The figures of the running campaigns are counted again when something changed.
    Tick("Actualizar cifras", "campaigns.refresh_figures", 5 * SECOND),
    # When customers answer, at which attempt, and how the lists empty: what the plan page of a month reads.
    Tick("Contar cómo contestan los clientes", "campaigns.count_patterns", 5 * MINUTE),
    # A call nobody sent to the switchboard was not made; one that nobody watches any more has an unknown end.
    Tick("Cerrar llamadas olvidadas", "telephony.close_the_forgotten", 5 * SECOND),
    # What switchboards wrote in their queue_log is read, and the figures of the lines are counted where calls changed.
    Tick("Leer queue_log y contar las cifras de las líneas", "service_level.keep_up", 2 * SECOND),
    # The same of tables and of other machines, which may not answer: what was read here does not wait for them.
    Tick("Leer queue_log de tablas y de otras máquinas", "telephony.read_logs_elsewhere", 2 * SECOND),
    # How many people the coming half hours need, once a day, or after what it is worked out by changed.
    Tick("Calcular la dotación de las próximas semanas", "service_level.keep_staffing", 30 * SECOND),
    # What asks for attention in the control room is mailed once, of the kinds an administrator chose.
    Tick("Enviar los avisos de la sala de control", "control_room.mail_alerts", MINUTE),
    # What switchboards told is kept for some days.
    Tick("Borrar sucesos antiguos de la central", "telephony.forget_old_events", HOUR),
    # Owed work that waits for a worker, or lost the one it had, is rung again: exports, and every kind with a verb.
    Tick("Retomar trabajo pendiente", "work.sweep", 30 * SECOND),
    # Files of exports are kept for a day.
    Tick("Borrar exportaciones antiguas", "campaigns.delete_old_exports", MINUTE),
    # Personal data of months, calls and escalations older than the policy keeps them are taken away; figures stay.
    Tick("Quitar datos personales antiguos", "callcenter.take_away_personal_data", 6 * HOUR),
    # What calls left to be done in other systems is sent; a step that owes something rings at once.
    Tick("Enviar lo pedido a otros sistemas", "inbound.deliver_writes", 5 * SECOND),
    # Whoever was told that something would be done, and it was not, gets a card.
    Tick("Derivar lo que no se hizo", "inbound.see_to_the_let_down", 15 * SECOND),
    # Who hung up waiting becomes a call to be made, until she got through.
    Tick("Llamar a quien no se atendió", "inbound.call_back_the_lost", MINUTE),
    # A damage whose caller was told until when it is repaired is looked at then; one that is not gets a card.
    Tick("Vigilar los plazos de los daños", "inbound.watch_repairs", MINUTE),
    # A doubt about money or a SIM is asked about in the other system, before a person is.
    Tick("Preguntar por lo incierto", "inbound.ask_about_doubts", 30 * SECOND),
    # A call of which its agent gave no sign for an hour is closed as left.
    Tick("Cerrar llamadas que quedaron sin atender", "inbound.close_left_calls", MINUTE),
    # Who hung up is available again, who gives no sign is away, and a forgotten shift is closed.
    Tick("Poner al día los estados de los agentes", "agents.sweep_states", 5 * SECOND),
    # What the audit holds of a day that is over is summed up, and chained to the day before (`manage.py verify_audit`).
    Tick("Sellar la auditoría de cada día", "agents.sum_up_days", HOUR),
    # What was handed over is marked when it is nearly due, when it is overdue, and when its mail reached nobody.
    Tick("Marcar derivaciones por vencer y vencidas", "escalations.mark_times", MINUTE),
    # Each working day in the morning and at mid-day the supervisors get one mail of what breached since the last one.
    Tick("Enviar el resumen de derivaciones vencidas", "escalations.mail_digest", MINUTE),
    # Mail that is owed is delivered.
    Tick("Enviar avisos pendientes", "notices.deliver_due", 15 * SECOND),
    # Other programs are told what happened.
    Tick("Avisar a otros programas", "notices.deliver_to_programs", 5 * SECOND),
    Tick("Olvidar avisos a otros programas", "notices.forget_deliveries", HOUR),
    # The worker of the ticks says that it is alive; the jobs' worker, beat and the sweeper sign by themselves.
    Tick("Señal de vida", "callcenter.heartbeat", 5 * SECOND),
    # What was answered to a program's writes is not kept longer than it may ask again.
    Tick("Olvidar respuestas a otros programas", "api.forget_replies", HOUR),
    # Sessions that ended and failed sign-ins that no longer lock anybody are forgotten.
    Tick("Limpiar sesiones e intentos de ingreso", "callcenter.clean_up", 6 * HOUR),
]
if settings.IS_DEMO:
    SCHEDULE += [
        # The demo's Smartflex writes what is missing into the drop folder: this month's report, payments now and then.
        Tick("Demostración: escribir reportes", "callcenter.demo_goes_on", MINUTE),
    ]
