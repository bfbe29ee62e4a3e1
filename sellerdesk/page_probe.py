"""Finding out who answers on the checkout page's port: this shop's page, something else, or nobody."""

import hashlib
from enum import StrEnum
from http.client import HTTPConnection, HTTPException

PATH = "/healthz"
HEADER = "x-sellerdesk-shop"
_HOST = "127.0.0.1"
_SECONDS = 3.0


class Answers(StrEnum):
    """Who answers. OTHER is a program that is not this shop's page, another shop's page included; SILENT accepts a
    connection and says nothing in time."""

    PAGE = "page"
    OTHER = "other"
    SILENT = "silent"
    NOBODY = "nobody"


def mark_of(profile: str) -> str:
    """What a shop's page is known by. Two shops on one computer tell each other apart by it; it tells no name."""
    return hashlib.sha256(f"sellerdesk {profile}".encode()).hexdigest()[:16]


def who_answers(port: int, profile: str, host: str = "") -> Answers:
    """Ask on ``port`` of this computer, under the name ``host`` when the page has a public one. Never raises."""
    if not port:
        return Answers.NOBODY
    connection = HTTPConnection(_HOST, port, timeout=_SECONDS)
    try:
        connection.request("GET", PATH, headers={"Host": host or f"{_HOST}:{port}"})
        answer = connection.getresponse()
        answer.read(100)
        is_ours = answer.status == 200 and answer.getheader(HEADER) == mark_of(profile)
    except ConnectionRefusedError:
        return Answers.NOBODY
    except TimeoutError:
        return Answers.SILENT
    except (OSError, HTTPException, ValueError):
        return Answers.OTHER
    finally:
        connection.close()
    return Answers.PAGE if is_ours else Answers.OTHER


def find_page(port: int, profile: str) -> str | None:
    """The address of the shop's checkout page on this computer, '' when it is not there, None when nobody can tell
    just now because the computer is too busy."""
    match who_answers(port, profile):
        case Answers.PAGE:
            return f"http://{_HOST}:{port}"
        case Answers.SILENT:
            return None
        case _:
            return ""
