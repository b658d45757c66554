"""State-transition cohort models, exactly: a companion for cross-checks and teaching, not the simulator."""
