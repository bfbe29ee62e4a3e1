"""The use cases, one a file. They import no PySide6, stripe, SQLAlchemy or Starlette."""
