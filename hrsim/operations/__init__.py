"""How a site works through its days: queues for booths, staff, appointments and stops, with SimPy resources."""
