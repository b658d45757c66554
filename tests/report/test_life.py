"""A life on a page: columns by arm, no line too long, nothing of a study that could move the cursor."""

from hrsim.report.life import WIDTH, LifeStory, Row, Total, life_text

STORY = LifeStory(
    heading="Person 17, draw 0: \x1b[2J a title \u202e long enough to run over the end of a line of a hundred",
    who=("Woman, 31 years old;", "injects, unstable housing."),
    arms=("Status quo", "One consumption site", "All three together"),
    rows=(
        Row("2026-03-01", ("starts Methadone",) * 3),
        Row(
            "2027-03-01",
            ("overdose, survived (witnessed, ambulance, emergency department)", "", "waits for Methadone"),
        ),
        Row("2028-03-01", ("DIES of an overdose", "", "")),
    ),
    totals=(Total("overdoses", (2, 0, 0)), Total("contacts", (3, 3, 3))),
    notes=("A note.",),
)


def test_what_is_the_same_in_every_arm_stands_once():
    lines = life_text(STORY).split("\n")
    assert next(line for line in lines if "Methadone" in line) == "2026-03-01  = starts Methadone"
    assert lines.count("2026-03-01  = starts Methadone") == 1


def test_cells_stand_under_their_arms():
    lines = life_text(STORY).split("\n")
    heads = next(line for line in lines if line.lstrip().startswith("Status quo"))
    waits = next(line for line in lines if "waits for" in line)
    assert waits.index("waits for") == heads.index("All three")
    assert waits.startswith("2027-03-01  overdose, survived")


def test_totals_stand_under_their_arms_or_once():
    text = life_text(STORY)
    heads = next(line for line in text.split("\n") if line.lstrip().startswith("Status quo"))
    numbers = text.split("            overdoses\n")[1].split("\n")[0]
    assert [numbers.index(digit) for digit in ("2", "0")] == [heads.index(arm) for arm in STORY.arms[:2]]
    assert "            = 3 contacts\n" in text


def test_long_names_break_at_the_slash():
    row = Row("2026-01-01", ("starts Buprenorphine/naloxone", "", "", "", ""))
    five = LifeStory(**{**vars(STORY), "arms": tuple("abcde"), "rows": (row,), "totals": ()})
    assert [line.strip() for line in life_text(five).split("\n") if "naloxone" in line] == ["naloxone"]


def test_no_line_is_longer_than_the_page_up_to_five_arms():
    five = LifeStory(
        **{
            **vars(STORY),
            "arms": tuple("abcde"),
            "rows": (Row("2026-01-01", ("word " * 30, "", "", "", "")),),
        }
    )
    for story in (STORY, LifeStory(**{**vars(five), "totals": ()})):
        assert max(map(len, life_text(story).split("\n"))) <= WIDTH


def test_control_characters_of_a_title_are_left_out():
    text = life_text(STORY)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_one_arm_is_a_plain_list():
    one = LifeStory(
        **{**vars(STORY), "arms": ("Only",), "rows": (Row("2026-01-01", ("starts",)),), "totals": ()}
    )
    assert "2026-01-01  starts" in life_text(one)
