"""The commented study that `hrsim new` writes."""

from __future__ import annotations

import re

from hrsim.errors import HrsimError

SCHEMA_FILE = "hrsim.schema.json"

_STARTER = """\
# yaml-language-server: $schema={schema}
# Check this file:  hrsim check {name}.yaml
# Run it:           hrsim run {name}.yaml
# Your editor completes keys when `hrsim schema > {schema}` has been run in this folder.
hrsim: 1
title: {title}
extends: settings/british_columbia.yaml   # people, supply, baseline services and prices of a place

horizon: {{start: 2026-01-01, years: 10}}
population: {{size: 10000, for_people: 10000}}   # change the size: amounts of the place, and those below, scale with it

arms:
  status_quo:
    label: Status quo                     # nothing changes

  naloxone_x3:
    label: Three times the naloxone
    services:
      # from the level of the place to three times as many kits, in a straight line over a time
      take_home_naloxone: {{capacity: {{kits_per_year: {{to: "*3", over: 18 months}}}}}}

  consumption_site:
    label: One consumption site
    services:
      # booths for 10,000 people (for_people above): a smaller study has fewer
      supervised_consumption:
        opens: 2026-07-01
        capacity:
          {{sites: 1, booths: 5, hours: "08:00-24:00", minutes_per_visit: {{evidence: exp.scs_minutes_per_visit}}}}

  more_treatment:
    label: A fifth more treatment places
    services:
      oat_methadone: {{capacity: {{places: +20%}}}}       # "*1.2" does the same; +400 adds 400 for each 10,000 people
      oat_buprenorphine: {{capacity: {{places: +20%}}}}

  integrated:
    label: All together
    extends: [naloxone_x3, consumption_site, more_treatment]   # merged left to right, then the keys below

analysis:
  comparator: status_quo                  # the other arms are compared with this one
  draws: 200                              # draws of the uncertain parameters
  seed: 1
"""


class BadName(HrsimError):
    """Report a name that cannot be a file name."""

    exit_code = 2


def starter_study(name: str) -> str:
    """Return the text of a commented starter study.

    Raises:
        BadName: the name has other characters than letters, digits, '_' and '-'.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise BadName(
            f"expected a name of letters, digits, '_' and '-', got '{name}': write 'hrsim new my_study'."
        )
    title = name.replace("_", " ").replace("-", " ").capitalize()
    return _STARTER.format(schema=SCHEMA_FILE, name=name, title=f'"{title}"')
