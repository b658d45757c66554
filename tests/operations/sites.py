"""Three working days with everything switched on: a supervised site, a clinic and a mobile unit."""

from __future__ import annotations

from hrsim.operations.site import Appointments, Attendance, Law, Site, even_arrivals

NIGHT = ((10 * 60, 28 * 60),)
OFFICE = ((9 * 60, 17 * 60),)
ROUTE = ((18 * 60, 19 * 60 + 30), (20 * 60, 21 * 60 + 30), (22 * 60, 23 * 60))
ATTENDANCE = Attendance(4, 5.0, 0.02, 2, 30.0)

SUPERVISED = Site(
    10,
    NIGHT,
    even_arrivals(NIGHT, 500.0),
    Law(20.0, 0.7),
    patience=20.0,
    waiting_room=12,
    attendance=ATTENDANCE,
)
CLINIC = Site(
    2,
    OFFICE,
    even_arrivals(OFFICE, 25.0),
    Law(20.0, 0.7),
    patience=60.0,
    waiting_room=5,
    appointments=Appointments(16, 14.0, 0.13),
)
MOBILE = Site(2, ROUTE, even_arrivals(ROUTE, 45.0), Law(12.0, 0.7), patience=20.0, travel=30.0)
ALL = {"supervised": SUPERVISED, "clinic": CLINIC, "mobile": MOBILE}
