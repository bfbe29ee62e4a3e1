"""The commands about copies of a shop's database: make one now, put one back."""

import argparse
import os
import time
from pathlib import Path

from sellerdesk.commands import say, shops_for
from sellerdesk.domain.errors import RefusedError
from sellerdesk.formats import when
from sellerdesk.shops import Shops


class BackedUpElsewhere(RefusedError):
    """The orders are in a shared database."""

    def __init__(self) -> None:
        super().__init__(
            "The orders of this shop are in a shared PostgreSQL database, which its server’s administrator backs up "
            "(pg_dump, or a copy of the server). Nothing was done. After such a restore SellerDesk notices by itself, "
            "and reads everything at Stripe before it sends anything."
        )


def backup(options: argparse.Namespace) -> int:
    """Copy the database of a shop now; works beside an open desk."""
    shops, _, _ = shops_for(options, "backup")
    name = _profile(shops, options)
    backups = shops.databases.backups(name, shops.settings_of(name))
    if backups is None:
        raise BackedUpElsewhere
    say(str(backups.make(int(time.time()))))
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a backup in the place of a shop's database, which is kept."""
    from sellerdesk.store.restoring import restore as put_back

    shops, _, _ = shops_for(options, "restore")
    name = _profile(shops, options)
    if shops.databases.shared(shops.settings_of(name)) is not None:
        raise BackedUpElsewhere
    now = int(time.time())
    file = Path(os.path.abspath(options.file))  # noqa: PTH100 - resolve() would follow a link the person chose
    restored = put_back(file, shops.databases.file(name), name, now)
    say(f"The database of {name} is from {when(restored.copied_at, now)} now.")
    if restored.kept is not None:
        say(f"The one that was there is kept as {restored.kept}.")
    say("At its next start SellerDesk reads everything at Stripe before it sends anything, and says what it found.")
    return 0


def _profile(shops: Shops, options: argparse.Namespace) -> str:
    """The shop that is meant, which must have been connected here: no folder is made for a name mistyped."""
    name: str = options.profile or shops.last_profile()
    if name not in shops.profiles():
        raise RefusedError(f"There is no shop {name} here. Nothing was done. There are: {', '.join(shops.profiles())}.")
    return name
