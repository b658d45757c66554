"""The limits of a study's numbers: what no study means, so that a slip of the hand is words and not a crash.

Limits of a kind of number (rates, ratios, money, ...) are those of the register, `hrsim.evidence.kinds`.
"""

from __future__ import annotations

from hrsim.units import DAYS_PER_YEAR

MOST_WHOLE = 1_000_000_000
"""Of things that are counted one by one; seeds have no limit of their own."""
MOST_PEOPLE = 2_000_000
"""At the start: a run holds about 3 kB for each person in two arms, so more exceed the memory of a workstation."""
MOST_ENTRANTS = 200_000
"""In a year, for the same reason over ten years."""
MOST_PLACES = 10_000
"""Booths, members of staff, slots and seats of one site."""
MOST_VISITS = 100_000.0
"""A day at one site."""
MOST_DRAWS = 100_000
"""Draw files are numbered with five digits; a larger number is a slip of the hand."""
MOST_REPLICATES = 10_000
MOST_POINTS = 100_000
MOST_WAVES = 20
SHORTEST_TIME = 1.0 / DAYS_PER_YEAR / 24 / 60
"""A minute, in years: a clock in seconds tells shorter times apart badly."""
LONGEST_TIME = 1e6
"""Of years: for ever."""
SHORTEST_HORIZON = 1.0 / DAYS_PER_YEAR
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Calendar years that money and time may be of."""
SMALLEST_SHAPE = 0.01
"""A gamma law of this shape has nearly all of its mean in one of a hundred people."""
LEAST_SPREAD, MOST_SPREAD = 0.001, 100.0
"""Of a coefficient of variation that is not 0: below, write 0; above, no mean of days settles."""
MOST_AVERSION = 1_000.0
LARGEST_DISCREPANCY = 10.0
"""Standard deviation of a logarithm: a factor of more than 20,000 either way."""
LARGEST_NUMBER, SMALLEST_NUMBER = 1e12, 1e-12
"""Of numbers that no other limit holds for."""
LONGEST_FORMULA, DEEPEST_FORMULA = 2_000, 100
"""Characters of a formula, and levels of brackets and of names that lead to other names."""
