"""What asking Stripe for news costs of the reads that Stripe allows: https://docs.stripe.com/rate-limits"""

# Averaged over a month; a shop with few payments may read this much all the same.
READS_PER_PAYMENT = 500
READS_AT_LEAST = 10_000
_MONTH_SECONDS = 30 * 24 * 3600
# The other half is for the seller's other programs.
_OUR_SHARE = 2


def reads_a_month(pause: int) -> int:
    """Reads in a month by a desk that never closes and where nothing happens, one each ``pause`` seconds."""
    return _MONTH_SECONDS // pause


def payments_for(pause: int) -> int:
    """From how many payments a month on that is no more than half of what Stripe allows; 0 when it always is."""
    wanted = reads_a_month(pause) * _OUR_SHARE
    return 0 if wanted <= READS_AT_LEAST else -(-wanted // READS_PER_PAYMENT)
