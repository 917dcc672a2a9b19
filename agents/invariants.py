"""What must hold of agents' states at any moment, checked from the rows themselves.

The database keeps that there is one open stretch and that none overlap; what it cannot see is what lies between rows.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from agents.states import SIGNED_OUT, STEPS
from work.invariants import Rule

# Of one shift, each stretch with the one before it. Stretches of no length stand in the order they were written.
_IN_ORDER = """
SELECT s.id, s.shift_id, s.agent_id, s.state, s.event, s.began_at, s.ended_at,
       lag(s.ended_at) OVER w AS before, lag(s.state) OVER w AS was, lag(s.id) OVER w IS NULL AS is_first,
       lead(s.id) OVER w IS NULL AS is_last
  FROM agents_agentstate s WINDOW w AS (PARTITION BY s.shift_id ORDER BY s.began_at, s.id)
"""
_ALLOWED = sorted({(step.event.value, str(step.from_state), str(step.to_state)) for step in STEPS})

# Who logs rows in PostgreSQL's own file has personal data that no retention reaches; docs/operations.md.
_LOGS_ROWS = """
SELECT name || ' = ' || setting FROM pg_settings
 WHERE name = 'log_error_verbosity' AND setting <> 'terse' OR name = 'log_statement' AND setting IN ('mod', 'all')
    OR name = 'log_min_error_statement' AND setting NOT IN ('panic', 'fatal')
    OR name = 'log_min_duration_statement' AND setting <> '-1'
"""

RULES = [
    Rule("database_log_quotes_no_row", gettext_lazy("El registro de PostgreSQL no copia filas."), _LOGS_ROWS),
    Rule(
        "agent_states_have_no_gap",
        gettext_lazy("Dentro de un turno cada tramo empieza cuando termina el anterior."),
        f"""SELECT t.id::text FROM ({_IN_ORDER}) t
             WHERE NOT t.is_first AND t.began_at IS DISTINCT FROM t.before""",
    ),
    Rule(
        "agent_states_fill_their_shift",
        gettext_lazy("Un turno empieza con su primer tramo y termina con el último."),
        f"""SELECT 'shift ' || h.id FROM agents_shift h LEFT JOIN ({_IN_ORDER}) t ON t.shift_id = h.id
             WHERE t.id IS NULL OR t.agent_id <> h.agent_id OR t.is_first AND t.began_at <> h.began_at
                OR t.is_last AND t.ended_at IS DISTINCT FROM h.ended_at""",
    ),
    Rule(
        "agent_states_do_not_overlap",
        gettext_lazy("Nadie está en dos estados a la vez."),
        """SELECT t.id::text FROM (
             SELECT s.id, s.began_at, max(COALESCE(s.ended_at, 'infinity')) OVER (
                      PARTITION BY s.agent_id ORDER BY s.began_at, s.id
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
               FROM agents_agentstate s) t WHERE t.began_at < t.busy_until""",
    ),
    Rule(
        "agent_states_have_a_reason_when_paused",
        gettext_lazy("Una pausa tiene motivo, y lo que no es pausa no lo tiene."),
        """SELECT s.id::text FROM agents_agentstate s
            WHERE (s.state = 'paused') <> (s.reason_id IS NOT NULL)""",
    ),
    Rule(
        "agent_states_keep_to_the_table",
        gettext_lazy("Nadie cambió de estado de un modo que la tabla no permite."),
        f"""SELECT t.id::text FROM ({_IN_ORDER}) t
             WHERE (t.event, COALESCE(t.was, '{SIGNED_OUT}'), t.state) NOT IN (
               {", ".join(f"('{event}', '{was}', '{is_}')" for event, was, is_ in _ALLOWED)})
               AND NOT (t.is_first AND t.event = 'paused') /* of before there were shifts */""",
    ),
]
