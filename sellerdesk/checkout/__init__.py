"""The shopper's page and its small server: catalogue, form, card, order page."""
