"""Who may sign in, and what a role opens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q, QuerySet

from agents.accounts import NOWHERE, Kind, Place, note, tell_supervision
from agents.code_tries import forget_tries
from agents.models import Agent, FirstEntry, Role, User
from agents.naming import first_of
from agents.presence import sign_out


@transaction.atomic
def give_role(*, user: User, role: str) -> User:
    """Set the role and what follows from it: only an administrator reaches the admin site; an agent has her card.

    The card of somebody who is an agent no more stays, off duty: calls and promises keep pointing at it.
    """
    user.role = role
    user.is_staff = user.is_superuser = role == Role.ADMINISTRATOR
    user.save(update_fields=["role", "is_staff", "is_superuser"])
    if role == Role.AGENT:
        Agent.objects.get_or_create(user=user)
    else:
        Agent.objects.filter(user=user).update(is_on_duty=False)
    return user


def wait_to_be_admitted(*, user: User) -> None:
    """Whoever opened this account knows its password: supervision says whether somebody is there before it shows
    customers (docs/decisions/0209).
    """
    User.objects.filter(pk=user.pk).update(is_admitted=False)
    Agent.objects.filter(user=user).update(is_on_duty=False)  # nor is anything dealt to her
    user.is_admitted = False


def ask_to_admit(*, users: Iterable[User], by: User, now: datetime, place: Place = NOWHERE) -> None:
    """Supervision hears that they wait, those who are agents: until it puts them on duty nobody works there."""
    names = [user.username for user in users if user.is_active and user.waits_to_be_admitted]
    if not names:
        return
    tell_supervision(kind=Kind.TO_ADMIT, words=first_of(names), by=by, now=now, place=place)


@transaction.atomic
def change_role(*, user: User, role: str, by: User, now: datetime, place: Place = NOWHERE, words: str = "") -> None:
    """Another role for somebody who has one: what was open was open to the old one, and is closed."""
    give_role(user=user, role=role)
    if role == Role.AGENT:
        wait_to_be_admitted(user=user)
    _put_out(user=user, by=by, now=now)
    told = ", ".join(filter(None, (str(Role(role).label), words)))
    note(user=user, kind=Kind.ROLE_GIVEN, now=now, by=by, place=place, words=told)
    ask_to_admit(users=[user], by=by, now=now, place=place)


@transaction.atomic
def deactivate(*, user: User, by: User, now: datetime, place: Place = NOWHERE) -> None:
    """Close the door for somebody who left; nothing she did is lost, and nothing new is assigned to her."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    wait_to_be_admitted(user=user)
    _put_out(user=user, by=by, now=now)  # nor does an old one come alive when she is let in again
    note(user=user, kind=Kind.DEACTIVATED, now=now, by=by, place=place)


@transaction.atomic
def activate(*, user: User, by: User, now: datetime, place: Place = NOWHERE, words: str = "") -> None:
    """Let somebody in again; whether she is on duty is for a supervisor to say."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    wait_to_be_admitted(user=user)
    note(user=user, kind=Kind.ACTIVATED, now=now, by=by, place=place, words=words)
    ask_to_admit(users=[user], by=by, now=now, place=place)


def to_be_admitted() -> QuerySet[User]:
    """Who waits for supervision to put her on duty."""
    return User.objects.filter(role=Role.AGENT, is_active=True, is_admitted=False)


def set_duty(*, agent: Agent, on_duty: bool) -> None:
    """Say whether an agent receives contacts from now on; those already hers stay hers until they are reassigned.

    Who is put on duty is known to supervision, and sees her customers.
    """
    Agent.objects.filter(pk=agent.pk).update(is_on_duty=on_duty)
    if on_duty:
        User.objects.filter(pk=agent.user_id, is_admitted=False).update(is_admitted=True)


def end_sessions(*, user: User) -> None:
    """Close every session of a person, on whatever machine; whoever is to stay in gets the new hash afterwards."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    user.refresh_from_db(fields=["sessions_ended"])


def _put_out(*, user: User, by: User, now: datetime) -> None:
    """Her sessions end, and with them her shift: the room calls nobody free who can open nothing."""
    end_sessions(user=user)
    sign_out(user=user, now=now, by=by)


@transaction.atomic
def close_sessions(*, user: User, by: User, now: datetime, place: Place = NOWHERE) -> None:
    """In the words of somebody else; her account stays as it is."""
    _put_out(user=user, by=by, now=now)
    note(user=user, kind=Kind.SESSIONS_ENDED, now=now, by=by, place=place)


@transaction.atomic
def unlock(*, user: User, by: User, now: datetime, place: Place = NOWHERE) -> None:
    """Forget the passwords and codes tried in vain, from whatever address."""
    AccessAttempt.objects.filter(username=user.username.strip().lower()).delete()
    forget_tries(user=user)
    note(user=user, kind=Kind.UNLOCKED, now=now, by=by, place=place)


@transaction.atomic
def take_off_second_factor(*, user: User, by: User, now: datetime, place: Place = NOWHERE, words: str = "") -> None:
    """For a lost telephone: the next sign-in needs the password alone, and must set up another one where one is due."""
    Authenticator.objects.filter(user=user).delete()
    forget_tries(user=user)
    _put_out(user=user, by=by, now=now)
    note(user=user, kind=Kind.FACTOR_REMOVED, now=now, by=by, place=place, words=words)


@transaction.atomic
def put_initial_password(
    *,
    user: User,
    by: User,
    now: datetime,
    place: Place = NOWHERE,
    password: str = "",
    hashed: str = "",
    words: str = "",
) -> None:
    """A password somebody else knows, or its hash: it opens once, to choose another (`agents/initial_passwords.py`)."""
    User.objects.filter(pk=user.pk).update(password=hashed or make_password(password), first_entry=FirstEntry.DUE)
    wait_to_be_admitted(user=user)
    _put_out(user=user, by=by, now=now)
    user.refresh_from_db(fields=["password", "first_entry"])
    note(user=user, kind=Kind.PASSWORD_RESET, now=now, by=by, place=place, words=words)
    ask_to_admit(users=[user], by=by, now=now, place=place)


@transaction.atomic
def change_own_password(*, user: User, password: str, now: datetime, place: Place = NOWHERE) -> None:
    """Of who chose it herself, where an administrator does."""
    user.set_password(password)
    user.first_entry = ""
    user.save(update_fields=["password", "first_entry"])
    note(user=user, kind=Kind.PASSWORD_CHANGED, now=now, by=user, place=place)


@transaction.atomic
def take_password(*, user: User, by: User, now: datetime, place: Place = NOWHERE) -> None:
    """Nobody signs in with one until another is put; whoever is in is out."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _put_out(user=user, by=by, now=now)
    note(user=user, kind=Kind.PASSWORD_TAKEN, now=now, by=by, place=place)


def people_named(words: str) -> QuerySet[User]:
    """Whose name or user name holds each of the words."""
    found = User.objects.all()
    for word in words.split():
        found = found.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word))
    return found


def remember_language(*, user: User, language: str) -> None:
    """Keep the language somebody chose, for the next machine she signs in at."""
    User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)
