"""Who was asked and who answered, what was raised where, and how far two coders agree on the same words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord.casefile.formats.refi_qda import Code, Coding, Project, Selection, Text, User, guid, write_project
from concord.casefile.reading import Refused
from concord.evaluation import agreement as rated
from concord.evaluation import interviews, typed_rows
from concord.evaluation import study as studies
from concord.evaluation.interviews import Group, Response, Role
from concord.evaluation.sections import interviews as section
from tests.unit.evaluation import world

HEAD = "participant_id,site_id,role,response,consent_version,quotation\n"
ROWS = """P1,north,law_enforcement,completed,1,yes
P2,north,law_enforcement,declined,,
P3,south,law_enforcement,no_answer,,
P4,south,survivor,completed,1,no
P5,south,prosecution,withdrew,1,no
P6,north,prosecution,completed,1,yes
P7,north,prosecution,consented,1,
"""
ANA, BO = guid("ana"), guid("bo")
CODES = (Code(guid("b"), "Barriers", children=(Code(guid("h"), "Housing"),)), Code(guid("t"), "Trust"))


def registry(tmp_path, rows=ROWS, **options):
    path = tmp_path / "interviews.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return interviews.read_registry(path, **options)


def text(name, length, *spans):
    """A text of so many letters with spans of (start, end, code, coder)."""
    chosen = tuple(
        Selection(guid(name, str(at)), start, end, codings=(Coding(guid(name, str(at), "c"), guid(code), guid(coder)),))
        for at, (start, end, code, coder) in enumerate(spans)
    )
    return Text(guid(name), name, "a" * length, chosen)


def project(*texts):
    return Project("Invented", (User(ANA, "ana"), User(BO, "bo")), CODES, texts)


def test_each_role_is_counted_with_its_quota_and_response_rate(tmp_path):
    read, report = registry(tmp_path, quotas={Role.LAW_ENFORCEMENT: 3, Role.SURVIVOR: 1})
    counted = {one.role: one for one in read.by_role()}
    police = counted[Role.LAW_ENFORCEMENT]
    assert (police.invited, police.completed, police.short_of_quota, police.quotations) == (3, 1, 2, 1)
    assert police.response_rate == pytest.approx(1 / 3)
    assert sum(counted[Role.PROSECUTION].responses.values()) == counted[Role.PROSECUTION].invited == 3
    assert (report.rows, report.rejected, read.completed(), read.completed(Role.SURVIVOR)) == (7, 0, 3, 1)


def test_that_nobody_of_the_community_was_asked_is_told(tmp_path):
    counted = {one.role: one for one in registry(tmp_path)[0].by_role()}
    assert counted[Role.COMMUNITY_MEMBER].invited == 0
    assert counted[Role.COMMUNITY_MEMBER].response_rate is None


WRONG = {
    "P1,north,law_enforcement,completed,,yes": "row 2, consent_version: completed, yet no consent",
    "P1,north,survivor,declined,1,": "row 2, consent_version: declined, yet a consent",
    "P1,north,survivor,withdrew,1,yes": "row 2, quotation: quotation released, yet withdrew",
    "P1,west,survivor,no_answer,,": "row 2, site_id: no such site in the site table",
    "P1,north,boss,no_answer,,": "row 2, role:",
    ",north,survivor,no_answer,,": "row 2, participant_id: needs a value",
    "P1,north,survivor,no_answer,,perhaps": "row 2, quotation:",
}


@pytest.mark.parametrize("row", WRONG)
def test_a_row_that_cannot_be_is_a_problem_with_its_place(tmp_path, row):
    read, report = registry(tmp_path, row + "\n", sites=("north", "south"))
    assert not read.participants
    assert f"interviews.csv, {WRONG[row]}" in typed_rows.told(report)


def test_a_participant_who_stands_twice_is_counted_once_and_told(tmp_path):
    read, report = registry(tmp_path, ROWS + "P1,south,survivor,no_answer,,\n")
    assert len(read.participants) == 7
    assert typed_rows.told(report) == (
        "interviews.csv, row 9: the same participant_id stand in row 2. Keep the row that is right."
    )


def test_a_table_with_a_strange_heading_is_refused(tmp_path):
    (tmp_path / "interviews.csv").write_text("participant_id,name\nP1,x\n")
    with pytest.raises(Refused, match="heading 2 is no column of interviews. Its columns are participant_id, site_id"):
        interviews.read_registry(tmp_path / "interviews.csv")


def test_quotas_come_from_the_protocol_and_an_unknown_role_is_told():
    assert interviews.quotas_of({"interview_quota": {"survivor": 12}}) == {Role.SURVIVOR: 12}
    with pytest.raises(ValueError, match="no such role as entry 1. Use law_enforcement"):
        interviews.quotas_of({"interview_quota": {"boss": 12}})
    with pytest.raises(ValueError, match="survivor: not a whole number"):
        interviews.quotas_of({"interview_quota": {"survivor": "many"}})


def test_a_person_counts_once_for_a_theme_and_for_those_above_it(tmp_path):
    people, _ = registry(tmp_path)
    made = interviews.themes(
        project(
            text("P1.txt", 50, (0, 9, "h", "ana"), (20, 25, "h", "bo"), (30, 40, "t", "ana")),
            text("P4", 50, (0, 9, "b", "ana")),
            text("stranger", 50, (0, 9, "t", "ana")),
            text("P2", 50, (0, 9, "t", "ana")),
        ),
        people,
    )
    assert (made.themes, made.columns) == (("Barriers", "Barriers > Housing", "Trust"), ("north", "south"))
    assert made.people["Barriers", "north"] == made.people["Barriers", "south"] == 1
    assert (made.people["Barriers > Housing", "north"], made.people["Barriers > Housing", "south"]) == (1, 0)
    assert (made.coded, made.unmatched) == ({"north": 1, "south": 1}, 2)


def test_themes_stand_by_staff_and_survivors_too(tmp_path):
    people, _ = registry(tmp_path)
    coded = project(text("P1", 9, (0, 9, "t", "ana")), text("P4", 9, (0, 9, "t", "bo")))
    made = interviews.themes(coded, people, "group")
    assert {column: made.people["Trust", column] for column in made.columns} == {"Staff": 1, "Survivors": 1}


def test_kappa_on_characters_equals_the_closed_form():
    # 100 characters: both 20, first alone 10, second alone 5, neither 65; observed .85, by chance .3*.25+.7*.75 = .6
    one = text("P1", 100, (0, 30, "t", "ana"), (10, 35, "t", "bo"))
    (found,) = interviews.agreement(project(one))
    assert found.kappa == pytest.approx((0.85 - 0.6) / (1 - 0.6))
    assert (found.overlap, found.texts, found.characters, found.coders) == (20 / 35, 1, 100, ("ana", "bo"))


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: tuple(sorted(pair))), max_size=4)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(spans, spans)
def test_kappa_on_stretches_equals_kappa_letter_by_letter(first, second):
    both, one, other, neither = interviews._crossed(first, second, 40)
    letters = [tuple(any(low <= at < high for low, high in spans) for spans in (first, second)) for at in range(40)]
    assert [letters.count(kind) for kind in ((True, True), (True, False), (False, True), (False, False))] == [
        both, one, other, neither,
    ]  # fmt: skip
    slow = rated.measure(rated.ratings([[str(a), str(b)] for a, b in letters]), "cohen").value
    fast = interviews._kappa(interviews.np.array([[both, one, other, neither]], dtype=float))[0]
    assert (slow is None and interviews.np.isnan(fast)) or slow == pytest.approx(fast)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(st.lists(spans, min_size=2, max_size=4))
def test_alpha_on_stretches_equals_alpha_letter_by_letter(coders):
    letters = [[str(any(low <= at < high for low, high in one)) for one in coders] for at in range(40)]
    slow = rated.measure(rated.ratings(letters), "alpha_nominal").value
    fast = interviews._alpha(interviews.np.array([interviews._coincided(coders, 40)]))[0]
    assert (slow is None and interviews.np.isnan(fast)) or slow == pytest.approx(fast)


def test_all_coders_are_taken_together_and_the_two_who_agree_least_are_named():
    one = text("P1", 100, (0, 30, "t", "ana"), (0, 30, "t", "bo"), (50, 90, "t", "cy"), (0, 100, "h", "ana"))
    trust = next(found for found in interviews.agreement_by_code(project(one)) if found.code == "Trust")
    assert (trust.coders, trust.texts, len(trust.pairs)) == (3, 1, 3)
    assert trust.lowest.kappa < 0 < max(pair.kappa for pair in trust.pairs) == 1
    assert str(trust).startswith("Trust: 3 coders, 1 texts coded by two or more, alpha ")


def test_a_text_that_one_coder_never_touched_says_nothing_about_the_pair():
    both = text("P1", 100, (0, 30, "t", "ana"), (0, 30, "t", "bo"))
    alone = text("P2", 900, (0, 800, "t", "ana"))
    (found,) = interviews.agreement(project(both, alone))
    assert (found.kappa, found.texts, found.characters) == (1.0, 1, 100)


def test_a_coder_who_coded_everything_leaves_no_kappa_and_the_reason():
    one = text("P1", 30, (0, 30, "t", "ana"), (0, 30, "t", "bo"))
    (found,) = interviews.agreement(project(one), draws=50)
    assert found.kappa is None
    assert "undefined, both coded every character" in str(found)


def test_the_interval_draws_texts_and_is_the_same_each_time():
    texts = [text(f"P{n}", 100, (0, 30, "t", "ana"), (n * 3, 30 + n, "t", "bo")) for n in range(6)]
    first, again = (interviews.agreement(project(*texts), draws=200)[0] for _ in range(2))
    assert first == again
    assert first.low < first.kappa < first.high
    assert interviews.agreement(project(texts[0]), draws=200)[0].caveats == (
        "no interval: one text cannot be drawn again",
    )


@pytest.mark.parametrize("group", Group)
def test_every_guide_gives_notice_asks_consent_and_asks_openly(group):
    found = interviews.guide(group)
    assert found.name == f"{group}-1"
    assert "28 CFR Part 22" in found.notice[0]
    assert any("quoted" in line for line in found.consent)
    assert len({one.key for one in found.questions}) == len(found.questions) >= 6
    assert all(one.ask.endswith("?") for one in found.questions)


def test_survivors_are_told_that_no_service_depends_on_it_and_never_asked_what_was_done_to_them():
    printed = str(interviews.guide(Group.SURVIVORS))
    assert "no service, case or claim of yours changes" in printed
    assert "Do not ask what was done to the person" in printed
    assert "Leave out: if the person met the task force" in printed


def test_every_response_has_its_place_in_the_count(tmp_path):
    (one, *_) = registry(tmp_path)[0].by_role()
    assert set(one.responses) == set(Response)


# --- The section ------------------------------------------------------------------------------------------------------


def written(tmp_path, rows=ROWS, coded=None, quota="[stated.interview_quota]\nsurvivor = 12\n"):
    folder = world.five_cases(tmp_path)
    (folder / "interviews.csv").write_text(HEAD + rows, encoding="utf-8")
    plan = folder / "protocol.toml"
    plan.write_text(plan.read_text() + quota)
    if coded:
        write_project(coded, folder / "segments.qdpx")
    with studies.read(folder) as study:
        return section.section(study)


def shown(made, key):
    (grid,) = [grid for grid in made.grids() if grid.key == key]
    assert {at for row in grid.rows for value in row for at in value.of} <= set(made.counts.values)
    return [[value.shown for value in row] for row in grid.rows]


def test_a_folder_without_interviews_says_so_in_one_sentence(tmp_path):
    with studies.read(world.five_cases(tmp_path)) as study:
        made = section.section(study)
    assert list(made.blocks) == ["No interview is on file: the folder has no interviews.csv."]


def test_the_section_shows_each_role_with_quota_and_response_and_who_is_wanting(tmp_path):
    made = written(tmp_path)
    rows = {row[0]: row[1:] for row in shown(made, "interviews_roles")}
    assert rows["Survivors"] == [12, 1, 0, 0, 0, 0, 1, 0, 1.0, 11]
    assert rows["Community members"] == [None, 0, 0, 0, 0, 0, 0, 0, None, None]
    assert rows["All"][1:8] == [7, 1, 1, 1, 1, 3, 2]
    assert shown(made, "interviews_sites")[-1] == ["All", 2, 1]
    assert "No community member completed an interview." in made.blocks[0]
    assert made.blocks[-1] == "No coded text is on file: the folder has no segments.qdpx."


def test_the_section_sets_themes_against_sites_and_names_no_coder(tmp_path):
    both = text("P1", 100, (0, 30, "t", "ana"), (10, 35, "t", "bo"))
    made = written(tmp_path, coded=project(both, text("P4", 50, (0, 9, "h", "ana"))))
    assert shown(made, "themes_site") == [
        ["Had a coded text", 1, 1, 2], ["Barriers", 0, 1, 1], ["Barriers > Housing", 0, 1, 1], ["Trust", 1, 0, 1],
    ]  # fmt: skip
    assert shown(made, "themes_group")[-1] == ["Trust", 1, 0, 1]
    assert shown(made, "segment_agreement")[0][:3] == ["Trust", 2, 1]
    assert "ana" not in str(made.blocks)


def test_how_many_were_coded_is_tied_to_how_many_were_interviewed(tmp_path):
    made = written(tmp_path, coded=project(text("P1", 100, (0, 30, "t", "ana"))))
    tied = {relation.total: relation.parts for relation in made.counts.relations if "participants" in relation.parts[0]}
    survivors = ("participants|coded|group=Survivors", "participants|not coded|group=Survivors")
    assert tied["interviews|completed|group=Survivors"] == survivors
    assert [made.counts.values[part] for part in survivors] == [0, 1]


def test_a_wrong_row_stops_the_evaluation_with_its_place(tmp_path):
    with pytest.raises(studies.StudyError, match="interviews.csv, row 2, consent_version: completed, yet no consent"):
        written(tmp_path, "P1,north,survivor,completed,,\n")


def test_a_broken_project_or_quota_stops_the_evaluation_with_its_place(tmp_path):
    with pytest.raises(studies.StudyError, match="protocol.toml, stated.interview_quota: no such role as entry 1"):
        written(tmp_path, quota="[stated.interview_quota]\nboss = 1\n")
    (tmp_path / "segments.qdpx").write_bytes(b"PK")
    with pytest.raises(studies.StudyError, match="segments.qdpx: this is no QDPX project, or it is cut short"):
        written(tmp_path)
