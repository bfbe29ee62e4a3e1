"""The pure core: money, orders, payments and the rules between them. Standard library only."""
