"""What a report says beside its numbers."""

import pandas as pd

from hrsim.cli.reporting import idle_notices, unspent_notices

LABELS = {"now": "As now", "kits": "More kits", "site": "A site"}


def differences(**means):
    """Give two measures an arm; the second has the mean given."""
    zero = {"mean": 0.0, "low": 0.0, "high": 0.0}
    rows = [{"arm": arm, **zero} for arm in means] + [
        {"arm": arm, **zero, "mean": mean} for arm, mean in means.items()
    ]
    return pd.DataFrame(rows)


def test_an_arm_that_changes_nothing_is_named():
    (notice,) = idle_notices(differences(kits=0.0, site=-1e-9), LABELS)
    words = notice.words()
    assert "More kits gave exactly" in words and "A site" not in words and "As now" not in words


def test_nothing_is_said_where_every_arm_changes_something():
    assert idle_notices(differences(kits=2.0, site=-1.0), LABELS) == ()
    assert idle_notices(pd.DataFrame(), LABELS) == ()


def test_cost_lines_that_no_arm_incurs_are_named():
    prices = pd.DataFrame(
        {
            "line": ["ambulance", "site.set_up", "site.open_year", "kits.kit"],
            "per": ["event", "set_up", "open_year", "kit"],
        }
    )
    spent = pd.DataFrame({"line": ["site.open_year", "kits.kit", "kits.kit"], "quantity": [2.0, 0.0, 5.0]})
    (notice,) = unspent_notices(prices, spent)
    assert notice.values == {"lines": "site.set_up"}
    assert unspent_notices(prices[prices["line"] != "site.set_up"], spent) == ()
