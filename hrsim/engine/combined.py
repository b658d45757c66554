"""Outcomes that add up events of several processes, each with the events that are its parts."""

COMBINED = {
    "overdose_all": ("overdose_nonfatal", "overdose_death"),
    "emergency_visit_all": ("overdose_emergency_department", "skin_infection", "emergency_visit"),
    "admission_all": (
        "overdose_admission",
        "skin_infection_admission",
        "endocarditis_admission",
        "admission",
    ),
}
"""Every skin infection of the model is seen in an emergency visit."""
