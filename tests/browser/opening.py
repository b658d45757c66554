"""Opening a page from disk, as on a desk or on a phone."""

PHONE, DESK = (390, 844), (1280, 900)


def opened(browser, path, size=DESK):
    """Open a page from disk with all its folded parts open."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE},
    )
    browser.get(path.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    return browser
