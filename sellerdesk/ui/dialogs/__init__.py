"""Dialogs: each asks for one decision, shows what it comes to, and hands it on as a signal."""
