"""Guided exercises for the demo shop, one file each. ``course.EXERCISES`` lists them.

Another exercise is a small file: a frozen ``Exercise`` with its words, a set-up that goes the real roads, and a check
that is a pure function of what the desk and the pretended Stripe know.
"""
