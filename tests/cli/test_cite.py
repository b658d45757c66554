"""Citing a run: four formats that say what was run and what limits it, and that no text of a study can break."""

import json
import re
import unicodedata

import pytest
import yaml
from rocrate.rocrate import ROCrate

from hrsim.report.citation import as_text, citation_of

FORMATS = ("text", "bibtex", "ris", "cff")


def test_each_format_names_the_run_its_hashes_its_evidence_and_its_limits(hrsim, stored):
    manifest = json.loads((stored / "manifest.json").read_text())
    for form in FORMATS:
        shown = hrsim("cite", str(stored), "--format", form)
        assert shown.code == 0, shown.err
        text = shown.out.replace("\\_", "_")
        for fact in ("run", "content_hash", "results_hash"):
            assert manifest[fact][:16] in text, (form, fact)
        assert f"evidence of {manifest['evidence']['date']}" in text
        assert "Not fit to cite as a finding: uncalibrated, placeholders" in text
        assert "! UNCALIBRATED" in shown.err


def test_without_a_format_all_are_shown(hrsim, stored):
    out = hrsim("cite", str(stored)).out
    assert [line for line in out.split("\n") if line in [f"# {form}" for form in FORMATS]] == [
        f"# {form}" for form in FORMATS
    ]


def test_no_control_character_of_a_study_reaches_the_terminal_or_a_file(hrsim, stored):
    shown = hrsim("cite", str(stored))
    written = (stored / "CITATION.cff").read_text()
    for text in (shown.out, shown.err, written):
        assert [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"] == []


def test_a_hostile_title_stays_inside_its_bibtex_field(hrsim, stored):
    entry = hrsim("cite", str(stored), "--format", "bibtex").out
    assert entry.startswith("@misc{hrsim_hostile_")
    assert not re.search(r"(?<!\{)@misc\{x", entry)
    depth = 0
    for before, character in zip(f" {entry}", entry, strict=False):
        depth += (character == "{") - (character == "}") if before != "\\" else 0
        assert depth >= 0
    assert depth == 0
    assert r"\textbackslash{}input\{/etc/passwd\}" in entry
    assert r"\$100 \& 50\% \#1\_a" in entry


def test_a_hostile_title_opens_no_tag_of_ris(hrsim, stored):
    lines = hrsim("cite", str(stored), "--format", "ris").out.rstrip("\n").split("\n")
    tags = [line[:6] for line in lines]
    assert tags == [
        "TY  - ",
        "TI  - ",
        "AU  - ",
        "AU  - ",
        "PY  - ",
        "PB  - ",
        "ET  - ",
        "ID  - ",
        "N1  - ",
        "ER  - ",
    ]


def test_the_citation_file_is_yaml_whose_texts_are_the_studys(hrsim, stored):
    written = yaml.safe_load((stored / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(written)
    assert written["cff-version"] == "1.2.0"
    assert written["title"].startswith('[31mred } @misc{x, "quoted"')
    assert [author["name"] for author in written["authors"]][1] == "Ministry of Health"
    assert written["message"].startswith("NOT FIT TO CITE")
    assert yaml.safe_load(hrsim("cite", str(stored), "--format", "cff").out)["title"] == written["title"]


def test_strict_is_4_for_what_is_not_fit_and_0_for_what_is(hrsim, stored):
    assert hrsim("cite", str(stored), "--strict").code == 4
    manifest = json.loads((stored / "manifest.json").read_text())
    (stored / "manifest.json").write_text(json.dumps({**manifest, "limits": []}))
    fit = hrsim("cite", str(stored), "--strict")
    assert fit.code == 0
    assert "Not fit" not in fit.out


def test_a_run_without_authors_is_cited_by_its_title_and_says_what_to_add(hrsim, stored):
    manifest = json.loads((stored / "manifest.json").read_text()) | {"authors": [], "title": "A study"}
    assert as_text(citation_of(manifest)).startswith("A study. (")
    (stored / "manifest.json").write_text(json.dumps(manifest))
    assert "authors: [name, ...]" in hrsim("cite", str(stored)).err


def test_what_is_no_run_or_not_of_this_version_is_refused(hrsim, stored, tmp_path):
    assert hrsim("cite", str(tmp_path / "nowhere")).code == 2
    assert hrsim("cite", str(stored), "--format", "apa").code == 2
    manifest = json.loads((stored / "manifest.json").read_text())
    (stored / "manifest.json").write_text(json.dumps({**manifest, "hrsim_run": 2}))
    older = hrsim("cite", str(stored))
    assert older.code == 2
    assert "run format 2" in older.err
    (stored / "manifest.json").write_text(json.dumps({**manifest, "status": "partial"}))
    assert hrsim("cite", str(stored)).code == 8
    (stored / "manifest.json").write_text("[]")
    assert hrsim("cite", str(stored)).code == 2


def test_the_crate_is_read_by_the_rocrate_library_and_describes_every_file(stored):
    crate = ROCrate(str(stored))
    assert crate.metadata.id == "ro-crate-metadata.json"
    assert (
        crate.root_dataset["datePublished"]
        == json.loads((stored / "manifest.json").read_text())["evidence"]["date"]
    )
    described = {entity.id: entity for entity in crate.data_entities}
    manifest = json.loads((stored / "manifest.json").read_text())
    files = {name: digest for name, digest in manifest["files"].items() if name != "ro-crate-metadata.json"}
    assert {name for name, entity in described.items() if "sha256" in entity.properties()} == set(files)
    assert all(described[name]["sha256"] == digest for name, digest in files.items())
    reached = {part.id for part in crate.root_dataset["hasPart"]}
    for folder in ("inputs/", "draws/", "tables/", "figures/"):
        reached |= {part.id for part in described[folder]["hasPart"]}
    assert set(files) <= reached
    assert any("UNCALIBRATED" in text for text in [crate.root_dataset["description"]])


@pytest.mark.parametrize("name", ["ro-crate-metadata.json", "CITATION.cff"])
def test_the_descriptions_name_no_path_of_this_machine(stored_once, name):
    assert str(stored_once.parent) not in (stored_once / name).read_text()
    assert "/tmp" not in (stored_once / name).read_text()


def test_no_text_of_a_run_folder_can_act_on_a_terminal(stored_once):
    """What people print with `cat` holds no control character of the study, nor turns text around."""
    texts = [path for path in stored_once.rglob("*") if path.suffix in (".txt", ".json", ".cff")]
    assert len(texts) >= 7
    for path in texts:
        characters = set(path.read_text(encoding="utf-8"))
        assert [c for c in characters if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"] == [], (
            path.name
        )
