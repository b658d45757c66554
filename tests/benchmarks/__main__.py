"""Print the benchmark: `python -m tests.benchmarks [people]`."""

import sys

from tests.benchmarks.full_model import (
    agreement_speed,
    catalogue_speed,
    demo_speed,
    floor_nanoseconds,
    growth,
    peak_megabytes,
)

people = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
floor = floor_nanoseconds()
demo = demo_speed(people)
print(f"floor (two hashes, logarithm, random load)  {floor:8.1f} ns")  # noqa: T201
print(f"full model, {demo.arms} arms, {people:,} people: candidate and arm {demo.nanoseconds:.1f} ns")  # noqa: T201
print(f"  ratio to the floor                        {demo.nanoseconds / floor:8.2f}")  # noqa: T201
print(f"  candidates per person-year                {demo.candidates_per_year:8.1f}")  # noqa: T201
print(f"  person-years per CPU second, all arms     {demo.years_per_second:10,.0f}")  # noqa: T201
print(f"  peak memory                               {peak_megabytes():8.0f} MB")  # noqa: T201
for name, (candidates, share) in demo.acceptance.items():
    print(f"  {name:28s} {candidates:12,d} candidates {share:7.3f} accepted")  # noqa: T201
every = catalogue_speed(people)
print(f"every service of the catalogue, {every.arms} arms: candidate and arm {every.nanoseconds:.1f} ns")  # noqa: T201
print(f"  ratio to the floor                        {every.nanoseconds / floor:8.2f}")  # noqa: T201
print(f"  candidates per person-year                {every.candidates_per_year:8.1f}")  # noqa: T201
print(f"  person-years per CPU second, all arms     {every.years_per_second:10,.0f}")  # noqa: T201
one, four, events, years = agreement_speed()
print(f"oracle                                      {events:10,.0f} events per CPU second")  # noqa: T201
print(f"  person-years per CPU second               {years:10,.0f}")  # noqa: T201
print(f"kernel on the oracle's model, one arm, ratio {one.years_per_second / years:8.1f}")  # noqa: T201
print(f"  four arms, each arm, ratio                {four.years_per_second / years:9.1f}")  # noqa: T201
print(f"a person-year at 1,000,000 people against 10,000 {growth():5.2f}")  # noqa: T201
