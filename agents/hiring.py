"""Accounts for many people at once: each with a password of her own that opens once, all of them or none."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from agents import people, power
from agents.accounts import NOWHERE, Place
from agents.models import Agent, FirstEntry, Role, Skill, Team, User
from agents.newcomers import Newcomer

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
GROUPS, OF = 4, 4


class SomebodyIsThere(Exception):
    """Somebody with one of these names was made meanwhile: nobody was."""


@dataclass(frozen=True)
class Hired:
    """One of them, the password that opens once, and whether her role waits for another administrator."""

    newcomer: Newcomer
    password: str
    waits: bool


def hire(newcomers: Sequence[Newcomer], *, by: User, now: datetime, place: Place = NOWHERE) -> list[Hired]:
    """Make their accounts, with the teams that are named and not there yet. Who is to have power over others gets an
    account that is off until a second administrator confirms it. Raises SomebodyIsThere.
    """
    passwords = [_a_password() for _one in newcomers]
    hashes = [make_password(password) for password in passwords]  # meant to take long: outside of the transaction
    try:
        with transaction.atomic():
            skills = {skill.code: skill for skill in Skill.objects.all()}
            teams = {name: Team.objects.get_or_create(name=name)[0] for name in {one.team for one in newcomers} if name}
            waits = [
                _make(one, hashed, teams, skills, by=by, now=now, place=place)
                for one, hashed in zip(newcomers, hashes, strict=True)
            ]
            made = User.objects.filter(username__in=[one.username for one in newcomers]).order_by("username")
            people.ask_to_admit(users=made, by=by, now=now, place=place)
    except IntegrityError as error:
        raise SomebodyIsThere from error
    return [Hired(*one) for one in zip(newcomers, passwords, waits, strict=True)]


def _make(
    one: Newcomer,
    hashed: str,
    teams: dict[str, Team],
    skills: dict[str, Skill],
    *,
    by: User,
    now: datetime,
    place: Place,
) -> bool:
    waits = power.needs_two(one.role)
    user = User.objects.create(
        username=one.username, first_name=one.first_name, last_name=one.last_name, email=one.email, password=hashed,
        is_active=not waits, first_entry=FirstEntry.DUE,
    )  # fmt: skip
    people.give_role(user=user, role=Role.AGENT if waits else one.role)
    people.wait_to_be_admitted(user=user)
    if waits:
        power.set_role(user=user, role=one.role, by=by, now=now, place=place)
        return True
    agent = Agent.objects.get(user=user)
    agent.team, agent.extension = teams.get(one.team), one.extension
    agent.save(update_fields=["team", "extension"])
    agent.skills.set(skills[code] for code in one.lists)
    return False


def _a_password() -> str:
    """Of 79 bits, in groups that can be read out."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(OF)) for _group in range(GROUPS))
