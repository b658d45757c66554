"""Economics: price a ledger, weigh its health, compare the arms; it knows the ledger and prices, no more."""

from hrsim.economics.analysis import Analysis
from hrsim.economics.currency import CurrencyYear
from hrsim.economics.discounting import Convention, DiscountSchedule
from hrsim.economics.frontier import Standing, Status, frontier
from hrsim.economics.groups import group_values
from hrsim.economics.prices import CostLine, Per, Price, PriceBook, ServiceCost, load_price_book
from hrsim.economics.psa import psa_table
from hrsim.economics.summaries import Sample, collect
from hrsim.economics.tables import summarise
from hrsim.economics.uncertainty_tables import uncertainty_tables
from hrsim.economics.utilities import Utilities, load_utilities
from hrsim.economics.valuation import Matched, Valuation, match_to_ledger, value_ledger
from hrsim.economics.value_of_information import Decisions

__all__ = [
    "Analysis",
    "Convention",
    "CostLine",
    "CurrencyYear",
    "Decisions",
    "DiscountSchedule",
    "Matched",
    "Per",
    "Price",
    "PriceBook",
    "Sample",
    "ServiceCost",
    "Standing",
    "Status",
    "Utilities",
    "Valuation",
    "collect",
    "frontier",
    "group_values",
    "load_price_book",
    "load_utilities",
    "match_to_ledger",
    "psa_table",
    "summarise",
    "uncertainty_tables",
    "value_ledger",
]
