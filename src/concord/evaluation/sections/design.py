"""What was planned, and how the files came: questions, sites in and out, files in the frame, chosen, refused, coded."""

from concord.disclosure.grids import Counts, Grid, Kind, Value, name, words
from concord.evaluation.sections import Section
from concord.evaluation.study import HOW_DRAWN, Study


def section(study: Study) -> Section:
    """Grids `questions`, `sites` and `frame`."""
    counts = Counts()
    blocks = [f"{HOW_DRAWN[study.drawn]}."]
    blocks += [_questions(study)] if study.protocol.questions else ["No question was registered: all is exploratory."]
    if study.protocol.sites:
        blocks.append(_sites(study))
    blocks.append(_frame(study, counts) if study.frame else "No frame is on file: what was left out cannot be known.")
    if study.empty_sites:
        blocks.append(f"Sites that gave no file: {', '.join(study.empty_sites)}.")
    return Section("design", "Design", blocks, counts)


def _questions(study: Study) -> Grid:
    rows = tuple(
        (Value(one.key), Value(one.text), Value("; ".join(one.figures))) for one in study.protocol.questions
    )
    title = "Questions registered before the files were read"
    return Grid("questions", title, words("Key", "Question", "Figures"), rows)


def _sites(study: Study) -> Grid:
    rows = tuple(
        (Value(one.site), Value("in" if one.taken else "out"), Value(one.because)) for one in study.protocol.sites
    )
    return Grid("sites", "Sites in the study and not, and why", words("Site", "In or out", "Why"), rows)


COLUMNS = ("files", "eligible", "chosen", "refused", "coded")


def _frame(study: Study, counts: Counts) -> Grid:
    rows = []
    for site, row in study.frame.items():
        at = {column: counts.add(name("files", column, site=site), row[column], public=True) for column in COLUMNS}
        rows.append((Value(site), *(Value(row[column], Kind.COUNT, (at[column],)) for column in COLUMNS)))
    headings = words("Site", "In the frame", "Eligible", "Chosen", "Refused", "Coded")
    note = "Numbers of files are of the study's own making and say nothing about a person."
    return Grid("frame", "Files in the frame, by site", headings, tuple(rows), (note,))
