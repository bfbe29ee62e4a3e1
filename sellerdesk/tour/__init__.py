"""The tour: the program drives itself through the whole job and leaves numbered pictures of it.

The same window, the same page and the same demo shop as a person would use; the shopper's part runs in a headless
browser where there is one. Each picture names the promises that it shows.
"""
