"""The words and tables of site operations: waits, use, people turned away, staff load by hour."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrsim.report.cells import harmless
from hrsim.report.numbers import with_interval

MEASURES = {
    "wanted_per_day": "Visits wanted per day",
    "met_per_day": "Visits met per day",
    "met_share": "Demand met, %",
    "wait_mean": "Wait, mean, minutes",
    "wait_p90": "Wait, 90th percentile, minutes",
    "queue_mean": "People waiting",
    "places_use": "{places} in use, %",
    "staff_use": "Staff at work, %",
    "walked_away_share": "Walked away, %",
    "turned_away_share": "Turned away, %",
    "no_show_share": "Did not come to a slot, %",
    "overdoses_per_day": "Overdoses attended per day",
    "late_per_day": "Stops opened late, minutes per day",
}
PLACES = {"supervised_consumption": "Booths", "clinic": "Clinicians", "mobile_unit": "Workers"}
PER_CENT = ("met_share", "places_use", "staff_use", "walked_away_share", "turned_away_share", "no_show_share")
NOT_SIMULATED = "no site"
INTERVAL_WORDS = (
    "Mean over days, and in brackets the interval that holds 95 % of days. Parameters at point values. Waits are those "
    "of people seen. Turned away: came while closed, found no seat or slot, or still waited at closing."
)
_MINUTES_PER_HOUR = 60
_HOURS_PER_DAY = 24

Key = tuple[str, str]  # service, arm


@dataclass(frozen=True)
class SiteHeading:
    """Say what was simulated: `staff` None where those who see people are the staff.

    `settles_in` is the relaxation time in days of a site that was not simulated until it settled, else None.
    """

    label: str
    kind: str
    servers: int
    staff: int | None
    windows: tuple[tuple[int, int], ...]
    sites: int
    demand_given: bool
    settles_in: float | None = None

    def words(self) -> str:
        """Write the site in one line."""
        if self.sites == 0:
            return NOT_SIMULATED
        staff = f", {self.staff} staff" if self.staff is not None else ""
        each = f"each of {self.sites} sites, " if self.sites > 1 else ""
        hours = ", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in self.windows)
        demand = "" if self.demand_given else ", demand: what settled clients want"
        return f"{each}{self.servers} {PLACES[self.kind].lower()}{staff}, {hours}{demand}"


@dataclass(frozen=True)
class OperationsReport:
    """Hold the days of every site: `headings` by service and arm, `table` with arm, service and measures."""

    title: str
    days: int
    seed: int
    arm_labels: Mapping[str, str]
    headings: Mapping[Key, SiteHeading]
    placeholders: tuple[str, ...]
    table: pd.DataFrame

    def about(self) -> str:
        """Say in one sentence what was simulated."""
        return f"{self.days} days of each site, seed {self.seed}."

    def banners(self) -> tuple[str, ...]:
        """Say what limits the use of the numbers."""
        lines = []
        if self.placeholders:
            names = ", ".join(self.placeholders)
            lines.append(
                f"PLACEHOLDERS: {len(self.placeholders)} numbers are judgements, not evidence ({names})."
            )
        lines += [
            _unsettled(f"{service}, {arm}", heading.settles_in)
            for (service, arm), heading in self.headings.items()
            if heading.settles_in is not None
        ]
        if self.days == 1:
            lines.append("ONE DAY: intervals are not known; simulate more days.")
        return tuple(lines)

    def services(self) -> tuple[str, ...]:
        """Return the names of the services, in order."""
        return tuple(dict.fromkeys(service for service, _ in self.headings))

    def arms(self, service: str) -> tuple[str, ...]:
        """Return the arms that have a service."""
        return tuple(arm for name, arm in self.headings if name == service)


def _unsettled(site: str, days: float) -> str:
    if math.isinf(days):
        return f"NO STEADY STATE: {site}: more people come than fit and nobody walks away; waits grow without end."
    return (
        f"NOT SETTLED: {site}: waits forget their start in about {days:,.0f} days; they are too short here."
    )


def measure_rows(report: OperationsReport, service: str) -> list[tuple[str, ...]]:
    """Return a row of texts for each measure of a service: its name, then a cell for each arm."""
    arms = report.arms(service)
    day = _of_service(report, service, whole_day=True)
    places = PLACES[report.headings[service, arms[0]].kind]
    present = [name for name in MEASURES if (day["measure"] == name).any()] if len(day) else []
    rows = []
    for name in present:
        if name == "staff_use" and places != PLACES["supervised_consumption"]:
            continue
        scale = 100.0 if name in PER_CENT else 1.0
        cells = [_cell(day, arm, scale, measure=name) for arm in arms]
        rows.append((MEASURES[name].format(places=places), *cells))
    return rows


def hour_rows(report: OperationsReport, service: str) -> list[tuple[str, ...]]:
    """Return a row for each hour in which staff of a service work: the hour, then staff at work in each arm."""
    arms = report.arms(service)
    hourly = _of_service(report, service, whole_day=False)
    if hourly.empty:
        return []
    staff = hourly[hourly["measure"] == "staff_busy_by_hour"]
    busy = {int(hour) for hour in staff.loc[staff["mean"] > 0, "hour"]}
    begins = min(heading.windows[0][0] for (name, _), heading in report.headings.items() if name == service)
    first = begins // _MINUTES_PER_HOUR
    clock = [hour % _HOURS_PER_DAY for hour in range(first, first + _HOURS_PER_DAY)]
    return [
        (f"{hour:02d}:00", *(_cell(staff, arm, 1.0, hour=float(hour)) for arm in arms))
        for hour in clock
        if hour in busy
    ]


def operations_json(report: OperationsReport) -> str:
    """Write everything at full precision; unknown statistics are null."""
    records: list[dict[str, Any]] = [
        {str(key): None if pd.isna(value) else value for key, value in record.items()}
        for record in report.table.to_dict(orient="records")
    ]
    data = {
        "title": report.title,
        "days": report.days,
        "seed": report.seed,
        "arms": dict(report.arm_labels),
        "sites": [
            {"service": service, "arm": arm, "label": heading.label, "site": heading.words()}
            for (service, arm), heading in report.headings.items()
        ],
        "banners": list(report.banners()),
        "measures": records,
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def operations_csv(report: OperationsReport) -> str:
    """Write the tidy table of all measures at full precision."""
    return str(harmless(report.table).to_csv(index=False, lineterminator="\n"))


def _of_service(report: OperationsReport, service: str, whole_day: bool) -> pd.DataFrame:
    table = report.table
    if table.empty:
        return table
    return table[(table["service"] == service) & (table["hour"].isna() == whole_day)]


def _cell(table: pd.DataFrame, arm: str, scale: float, **where: object) -> str:
    keep = table["arm"] == arm
    for column, value in where.items():
        keep &= table[column] == value
    if not keep.any():
        return NOT_SIMULATED
    row = table[keep].iloc[0]
    return with_interval(*(scale * float(row[name]) for name in ("mean", "low", "high", "mcse")))


def _clock(minute: int) -> str:
    hour, rest = divmod(minute, _MINUTES_PER_HOUR)
    return f"{hour if minute <= _HOURS_PER_DAY * _MINUTES_PER_HOUR else hour - _HOURS_PER_DAY:02d}:{rest:02d}"
