"""Services as data: the catalogue in YAML, and its translation into the arrays that the kernel reads."""
