"""Calls to Stripe through its SDK; the only place that imports stripe and requests."""
