"""Who works at the demo's centre."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from agents.models import Agent, Role, Skill, Team, User

SUPERVISOR = "elena"
SECOND_SUPERVISOR = "sonia"
PASSWORD = "prepago"  # noqa: S105  # printed by the demo; production has no such people


@dataclass(frozen=True)
class Person:
    """A line of the demo's staff list. `skills` and `team` only of agents."""

    username: str
    first_name: str
    last_name: str
    role: Role
    team: str = ""
    skills: tuple[str, ...] = ()
    weight: str = "1"


PEOPLE = (
    Person(SUPERVISOR, "Elena", "Rocha Arandia", Role.SUPERVISOR),
    Person(SECOND_SUPERVISOR, "Sonia", "Méndez Arce", Role.SUPERVISOR),
    Person("ana", "Ana", "Quiroga Soliz", Role.AGENT, "Mañana", ("INTERNET", "TV")),
    Person("luis", "Luis", "Cartagena Vía", Role.AGENT, "Mañana", ("INTERNET", "TV")),
    Person("marta", "Marta", "Guzmán Iriarte", Role.AGENT, "Mañana", ("INTERNET", "TV")),
    Person("jorge", "Jorge", "Torrico Balderrama", Role.AGENT, "Tarde", ("INTERNET", "TV")),
    Person("noemi", "Noemí", "Sejas Antezana", Role.AGENT, "Tarde", ("TV",)),
    Person("pablo", "Pablo", "Escóbar Lazarte", Role.AGENT, "Tarde", ("INTERNET",)),
    Person("rina", "Rina", "Ledezma Orellana", Role.AGENT, "Tarde", ("INTERNET", "TV"), "0.5"),
    Person("oscar", "Óscar", "Prado Maldonado", Role.AUDITOR),
    Person("ines", "Inés", "Villarroel Paz", Role.ADMINISTRATOR),
)


def hire() -> int:
    """Make the demo's people who are missing; whoever is there stays as she is. Returns how many were made."""
    hashed = make_password(PASSWORD)
    made = 0
    for person in PEOPLE:
        user, is_new = User.objects.get_or_create(
            username=person.username,
            defaults={
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": f"{person.username}@comteco.example",
                "role": person.role,
                "password": hashed,
                "is_staff": person.role == Role.ADMINISTRATOR,
                "is_superuser": person.role == Role.ADMINISTRATOR,
            },
        )
        made += is_new
        if is_new and person.role == Role.AGENT:
            team, _ = Team.objects.get_or_create(name=person.team)
            agent = Agent.objects.create(user=user, team=team, weight=Decimal(person.weight))
            agent.skills.set(Skill.objects.filter(code__in=person.skills))
    return made
