"""The two commands of the README: see SellerDesk work, and run all of its checks.

    python3 packaging/dev.py run     open the demo shop (or the tour, where there is no screen)
    python3 packaging/dev.py test    run every check and every test
    python3 packaging/dev.py check   run the linters only
    python3 packaging/dev.py clients install Stripe's own clients, which some tests drive
    python3 packaging/dev.py lock    remake the pinned requirements

Needs nothing but Python 3.11 or newer with its venv module. This file stays readable for older
versions of Python, so that they get a sentence instead of a syntax error.
"""

import sys

OLDEST = (3, 11)


def main() -> int:
    """Hand over to the tool, once Python is new enough. Returns the exit status."""
    if sys.version_info < OLDEST:
        here = ".".join(str(part) for part in sys.version_info[:3])
        sys.stderr.write(
            "SellerDesk needs Python 3.11 or newer; this is Python "
            + here
            + ".\nInstall a newer one and call it by name, for example: python3.11 packaging/dev.py run\n"
        )
        return 2
    from devtool.commands import main as run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
