"""Triggers that refuse a change, written once in SQLite's words and made in those of the database at hand.

Released migrations stand on this: what it makes must stay as it is.
"""

import re

from alembic import op

# https://www.sqlite.org/lang_createtrigger.html
_REFUSAL = re.compile(
    r"(?P<event>BEFORE (?:UPDATE|DELETE)(?: OF [\w, ]+)? ON \w+)(?: WHEN (?P<when>.+))? "
    r"BEGIN SELECT RAISE\(ABORT, '(?P<why>[\w ]+)'\); END"
)
# https://www.postgresql.org/docs/current/plpgsql-trigger.html
_REFUSE = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$
"""


def prepare() -> None:
    """Once, before the first trigger."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_REFUSE)


def refuse(name: str, rule: str) -> None:
    """Make the trigger ``name``: BEFORE ... ON table [WHEN ...] BEGIN SELECT RAISE(ABORT, 'sentence'); END."""
    rule = " ".join(rule.split())
    parts = _REFUSAL.fullmatch(rule)
    if parts is None:
        raise ValueError(f"The trigger {name} does more than refuse.")
    if op.get_bind().dialect.name == "postgresql":
        when = re.sub(r"IS NOT (?=OLD\.)", "IS DISTINCT FROM ", parts["when"] or "true")
        rule = f"{parts['event']} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse('{parts['why']}')"
    op.execute(f"CREATE TRIGGER {name} {rule}")
