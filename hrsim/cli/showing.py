"""What `hrsim show` adds to a study: amounts beside evidence ids, and the whole study on one screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hrsim.cli.service_words import Words, capacity, figure, who
from hrsim.economics.currency import CurrencyYear
from hrsim.experiment.parameters import register_of
from hrsim.plain_words import plain_words
from hrsim.study.differences import arm_differences, comparator_name
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.schema import Study
from hrsim.study.services import Service
from hrsim.study.show import resolved_yaml

_NAMED = re.compile(r"^\s*(?:- )?evidence: (\S+)$")
MOST_DIFFERENCES = 12
WIDEST = 150


def words_of(resolved: ResolvedStudy) -> Words:
    """Return what writes the numbers of a study: its register, and its money."""
    analysis = resolved.study.analysis
    rows = {row.id: row for row in register_of(resolved).values()}
    return Words(rows, CurrencyYear(analysis.currency, analysis.price_year))


def with_amounts(resolved: ResolvedStudy) -> str:
    """Write a resolved study as YAML, with value, interval and grade of each evidence row beside its id."""
    words = words_of(resolved)
    lines = []
    for line in resolved_yaml(resolved).splitlines():
        named = _NAMED.match(line)
        row = words.rows.get(named[1]) if named else None
        lines.append(line if row is None else f"{line}  # {words.of_row(row)}, {row.grade}")
    return "\n".join(lines) + "\n"


def brief(resolved: ResolvedStudy) -> Iterator[str]:
    """Write a study on one screen: time, people, supply, services with capacity, arms as differences, analysis."""
    study, words = resolved.study, words_of(resolved)
    yield plain_words(study.title)
    yield f"time      {study.horizon.start}, {study.horizon.years:g} years"
    yield f"people    {_people(study, words)}"
    yield f"supply    {_supply(study, words)}"
    arms = {name: arm.services for name, arm in study.arms.items()} or {"": study.services}
    base = comparator_name(resolved) if study.arms else ""
    yield f"services  of {base}" if base else "services"
    width = max((len(name) for name in arms[base]), default=0)
    for name, service in arms[base].items():
        yield f"  {name:{width}}  {who(service.eligible)}; {_how_much(service, words)}"
    for name in study.arms:
        yield from _arm(resolved, name, base)
    analysis = study.analysis
    yield (
        f"analysis  {analysis.draws} draws x {analysis.replicates}, seed {analysis.seed}; "
        f"{analysis.currency} of {analysis.price_year}; {', '.join(analysis.perspectives)}; thresholds "
        f"{', '.join(figure(value) for value in analysis.thresholds)}"
    )


def _people(study: Study, words: Words) -> str:
    people = study.population
    return (
        f"{people.size:,} at the start, {words.quantity(people.entry_per_year)} enter a year; "
        f"{words.quantity(people.use.injecting)} inject, {words.quantity(people.unstable_housing)} without a stable "
        f"home, {words.quantity(people.custody)} in custody"
    )


def _supply(study: Study, words: Words) -> str:
    levels, first = study.supply.exposure or {}, study.horizon.start.year
    past = [year for year in levels if year <= first]
    ahead = [year for year in levels if year > first]
    shown = [*past[-1:], *ahead]
    exposure = ", ".join(f"{words.quantity(levels[year])} from {year}" for year in shown)
    shocks = [
        f"x {words.quantity(shock.multiplier)} {shock.start} to {shock.end}" for shock in study.supply.shocks
    ]
    return "; ".join([f"fentanyl in {exposure}" if exposure else "as in the reference years", *shocks])


def _how_much(service: Service, words: Words) -> str:
    start = service.at_start.enrolled
    held = f"; {words.quantity(start)} of them in it at the start" if start is not None else ""
    opens = f"; opens {service.opens}" if service.opens is not None else ""
    return f"{capacity(service, words) or 'not limited'}{held}{opens}"


def _arm(resolved: ResolvedStudy, name: str, comparator: str) -> Iterator[str]:
    label = plain_words(resolved.study.arms[name].label or "")
    yield f"arm       {name}{f': {label}' if label else ''}{' (comparator)' if name == comparator else ''}"
    if name == comparator:
        return
    services = resolved.study.arms[name].services
    words, found = words_of(resolved), arm_differences(resolved, name)
    for key, service in services.items():
        added = f"services.{key} is added: "
        found = [f"{added}{_how_much(service, words)}" if text.startswith(added) else text for text in found]
    for sentence in found[:MOST_DIFFERENCES]:
        yield f"  {sentence if len(sentence) <= WIDEST else sentence[: WIDEST - 3] + '...'}"
    if len(found) > MOST_DIFFERENCES:
        yield f"  and {len(found) - MOST_DIFFERENCES} more"
    if not found:
        yield "  the same as the comparator"
