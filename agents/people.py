"""Who may sign in, and what a role opens."""

from __future__ import annotations

from django.db import transaction

from agents.models import Agent, Role, User


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


@transaction.atomic
def deactivate(*, user: User) -> None:
    """Close the door for somebody who left; nothing she did is lost, and nothing new is dealt to her."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    Agent.objects.filter(user=user).update(is_on_duty=False)


def activate(*, user: User) -> None:
    """Let somebody in again; whether she is on duty is for a supervisor to say."""
    User.objects.filter(pk=user.pk).update(is_active=True)


def set_duty(*, agent: Agent, on_duty: bool) -> None:
    """Say whether an agent receives contacts from now on; those already hers stay hers until they are reassigned."""
    Agent.objects.filter(pk=agent.pk).update(is_on_duty=on_duty)
