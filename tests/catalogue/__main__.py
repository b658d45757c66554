"""Print the table of the catalogue as measured: python -m tests.catalogue."""

from tests.catalogue.studies import TABLE, differences, standard_errors


def main() -> None:
    """Print one line for each service and measure."""
    for service, row in TABLE.items():
        if row["changes"] == "none":
            print(f"{service:36s} not modelled: contacts and money only")  # noqa: T201
            continue
        for what, sign in row["changes"].items():
            mean, error = differences(service, what).mean(), standard_errors(service, what)
            print(f"{service:36s} {what:38s} {sign} mean {mean:16.1f}  {error:7.1f} standard errors")  # noqa: T201


if __name__ == "__main__":
    main()
