"""The engine: luck, kernel and ledger; it knows arrays and ticks, never YAML, tables or prices."""
