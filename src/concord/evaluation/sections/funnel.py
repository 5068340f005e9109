"""From a case opened to a sentence, by case, by suspect and by charge; sex, labor and both apart."""

from concord.disclosure.grids import Counts
from concord.evaluation import figures
from concord.evaluation.sections import Picture, Section, layout
from concord.evaluation.study import HOW_DRAWN, Study

SETS = (
    "STRICT counts sex and labor trafficking statutes alone. BROAD adds transport for sex and production of child "
    "sexual abuse material, after the federal series; the two are never mixed."
)
UNITS = {"cases": "case", "suspects": "suspect", "charges": "count of a charge"}


def section(study: Study) -> Section:
    """Grids `funnel_cases`, `funnel_suspects`, `funnel_charges`, and a picture of the first."""
    blocks, counts = [_window(study), SETS, _chosen(study)], Counts()
    for unit, says in UNITS.items():
        made = figures.funnel(study, unit)
        if not made:
            blocks.append(f"The file holds no {unit}.")
            continue
        counts.merge(figures.counts(study, unit))
        key = f"funnel_{unit}"
        blocks.append(layout.of_figures(key, f"The funnel, by {says}", made, _definition(unit)))
        if unit == "cases":
            blocks.append(Picture("funnel", key, "How far cases came", _alt(made)))
    return Section("funnel", "From opening to sentence", blocks, counts)


def _window(study: Study) -> str:
    if study.matures_on is None:
        return "No day is stated up to which outcomes were followed, so every case counts, however young."
    months = study.protocol.maturity_months
    return f"Outcomes count for cases followed {months} months or more by {study.matures_on}; younger ones stand apart."


def _chosen(study: Study) -> str:
    said = f"{HOW_DRAWN[study.drawn]}. What uncertainty is printed follows from that."
    if study.weights:
        said += " Sites gave different parts of their files, so shares are weighted by what a file of each stands for."
    return said


def _definition(unit: str) -> str:
    if unit == "cases":
        return "A case reaches a stage when any of its suspects does. Adoption by a federal office is an outcome."
    if unit == "suspects":
        return "Each suspect of each case once. Arrests of victims never enter this funnel."
    return "Counts as they stand at their latest stage in court, dismissed ones included."


def _alt(made: figures.Figures) -> str:
    shares = [one for one in made if one.type == "all" and one.share is not None]
    return "Bars of the share of cases that reached each stage: " + "; ".join(one.says for one in shares) + "."
