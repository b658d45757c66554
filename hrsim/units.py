"""Units of time: an integer tick is one second from the study start.

These are unit conversions, the only bare numbers that code may hold. A year is 365.25 days, so that four
quarters make a year exactly and reporting years are study years. Money, rates and shares have their units
in the evidence register and in the price book, not here.
"""

from __future__ import annotations

TICKS_PER_SECOND = 1
TICKS_PER_DAY = 86_400 * TICKS_PER_SECOND
TICKS_PER_WEEK = 7 * TICKS_PER_DAY
TICKS_PER_YEAR = 31_557_600 * TICKS_PER_SECOND
TICKS_PER_QUARTER = TICKS_PER_YEAR // 4
MONTHS_PER_YEAR = 12
DAYS_PER_YEAR = TICKS_PER_YEAR / TICKS_PER_DAY
