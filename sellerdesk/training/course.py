"""The exercises in the order in which they are offered."""

from sellerdesk.training.declined_card import DECLINED_CARD
from sellerdesk.training.exercise import Exercise
from sellerdesk.training.lapsing_hold import LAPSING_HOLD
from sellerdesk.training.lost_answer import LOST_ANSWER
from sellerdesk.training.shopper_left import SHOPPER_LEFT
from sellerdesk.training.shorten import SHORTEN

EXERCISES: tuple[Exercise, ...] = (SHORTEN, LAPSING_HOLD, LOST_ANSWER, DECLINED_CARD, SHOPPER_LEFT)
