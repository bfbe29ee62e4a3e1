"""The seller's own words for the shopper: plain text that stands on the shopper's order page."""

from sellerdesk.domain.errors import MessageRefused

MESSAGE_LENGTH = 500


def read_message(text: str) -> str:
    """``text`` without outer spaces and without what cannot be printed. Raises MessageRefused when it is too long."""
    cleaned = "".join(letter for letter in text.strip() if letter.isprintable() or letter == "\n")
    if len(cleaned) > MESSAGE_LENGTH:
        raise MessageRefused(f"The words to the shopper are longer than {MESSAGE_LENGTH} characters.")
    return cleaned
