"""Start SellerDesk with `python -m sellerdesk`."""

import sys

from sellerdesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
