"""Check digits of tracking numbers: each function tells whether a number of the right shape carries the right one."""


def ups(number: str) -> bool:
    """'1Z' and 16 more: letters count as their place in the alphabet plus two, every second one doubled, modulo ten."""
    total = 0
    for index, letter in enumerate(number[2:17]):
        value = int(letter) if letter.isdigit() else (ord(letter) - 63) % 10
        total += value * 2 if index % 2 else value
    return number[17].isdigit() and (10 - total % 10) % 10 == int(number[17])


def gs1(number: str) -> bool:
    """GS1, as in shipping container codes: weights three and one from the right, modulo ten.
    https://www.gs1.org/services/how-calculate-check-digit-manually"""
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(number[:-1])))
    return (10 - total % 10) % 10 == int(number[-1])


def s10(number: str) -> bool:
    """Two letters, nine digits, a country: the identifier of the posts of the world, UPU standard S10."""
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(number[2:10], weights, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest) == int(number[10])


def fedex_express(number: str) -> bool:
    """Twelve digits: weights three, one and seven in turn, modulo eleven, then modulo ten."""
    weights = (3, 1, 7) * 4
    total = sum(int(digit) * weight for digit, weight in zip(number[:-1], weights, strict=False))
    return total % 11 % 10 == int(number[-1])


def modulo_seven(number: str) -> bool:
    """The number before the last digit leaves that digit when divided by seven: DHL Express and Japan's parcels."""
    return int(number[:-1]) % 7 == int(number[-1])
