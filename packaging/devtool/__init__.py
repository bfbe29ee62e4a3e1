"""What packaging/dev.py is made of: environment, system packages, checks and locks. Standard library only."""
