"""One payment among many: what is wrong with it alone must not hold up those behind it."""

import logging
from collections.abc import Callable

from sellerdesk.domain.errors import OurBug, OutcomeUnknown, RefusedError, Rejected

_log = logging.getLogger(__name__)


def attempt(work: Callable[[], object], intent_id: str) -> bool:
    """Do ``work`` about one payment; whether it went through. A payment that Stripe refuses to show, that makes no
    sense, or that our own rules refuse, is logged and passed over.

    Raises OutcomeUnknown when there was no answer at all, KeyRefused and Busy: the others would fare no better.
    """
    try:
        work()
    except Rejected as error:
        _log.warning("payment %s cannot be read: %s", intent_id, error.code or error.http_status)
    except OutcomeUnknown as error:
        if error.http_status is None:
            raise
        _log.warning("payment %s makes no sense", intent_id)
    except RefusedError as error:
        _log.warning("payment %s is passed over: %s", intent_id, type(error).__name__)
    except OurBug:
        _log.exception("payment %s could not be taken over", intent_id)
    else:
        return True
    return False
