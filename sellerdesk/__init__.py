"""SellerDesk: hold the money first, charge it when the goods go out."""

__version__ = "0.1.0"
