"""The register has a date: a state without one says so."""

from hrsim.evidence.dating import evidence_version, register_digest, version_of

VERSIONS = "date,digest\n2026-01-02,aa\n2026-03-04,bb\n"


def test_the_shipped_register_is_dated():
    """If this fails, the register has changed: date it with `python -m hrsim.evidence.dating`."""
    assert evidence_version().dated


def test_a_state_is_found_by_its_hash_and_a_new_one_says_that_it_is_undated():
    assert version_of("aa", VERSIONS).words() == "2026-01-02 (register aa)"
    assert version_of("cc", VERSIONS).words() == "changed since 2026-03-04, undated (register cc)"


def test_the_hash_sees_every_byte_and_where_a_file_ends():
    assert register_digest([b"ab", b"c"]) != register_digest([b"a", b"bc"])
