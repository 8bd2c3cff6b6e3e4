"""Addresses of our own pages for texts that leave the house: always the configured base, never a request's host."""

from django.conf import settings


def absolute(path: str) -> str:
    """`/portal/` -> `https://help.example.com/portal/`."""
    return f"{settings.BASE_URL}{path}"


def request_in_portal(number: str) -> str:
    return absolute(f"/portal/requests/{number}/")


def ticket_in_desk(number: str) -> str:
    return absolute(f"/desk/tickets/{number}/")


def welcome(token: str) -> str:
    """Where an invited person chooses a password."""
    return absolute(f"/welcome/{token}/")


def password_reset(key: str) -> str:
    """Where somebody who forgot the password chooses a new one."""
    return absolute(f"/password/reset/key/{key}/")
