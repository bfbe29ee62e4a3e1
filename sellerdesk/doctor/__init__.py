"""Says what is wrong with an installation, what it means and what to do: a finding a line.

It makes the folders where there are none, as every command does, and changes nothing else.
"""
