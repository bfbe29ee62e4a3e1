"""The store: orders, journal, catalogue and inbox in one SQLite file. The only place that imports SQLAlchemy."""
