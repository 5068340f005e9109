"""Everything that one provider has here, in open formats: tables, a dictionary, attachments, its audit entries.

Whoever acts gets what the wall shows her: the agency's own jobs all but erased files, a person what she may open.
"""

import base64
import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connections, models
from django.db.models import Q
from django.utils import timezone

from concord.law.wall import Compartment, Viewer, jobs_staff
from concord.site.bridge import envelope
from concord.site.bridge.models import Package, PackageKey, Referral
from concord.site.keys.fields import SealedText
from concord.site.services.export import CODES
from concord.site.services.models import Erasure
from concord.site.stores import acting, audit, policies
from concord.vocabulary import Role, StoreKind

#: Sealed columns that hold a paper or a drawing: written as a file of their own.
ATTACHMENTS = {("services_releasescan", "content"), ("services_compelleddisclosure", "document")}
_KINDS = {b"\x89PNG": "png", b"%PDF": "pdf"}
_CHAIN = ("id", "at", "staff", "agency", "sector", "verb", "relation", "row_id", "subject")
_README = """Everything of {agency}, written on {today}.

tables/        every row as CSV and as JSON, under the names of Concord's columns
dictionary.csv what each column is, and what its codes mean
attachments/   papers and drawings, named by table and row
audit/         who did what when; what it said is in the tables

A client is named by her id in every table. The ledger of what left a file is services_disclosureentry.
Erased files and unfinished drafts are not here. {left_out}
Whoever holds this file holds what the law protects: 34 USC 12291(b)(2), 28 CFR 94.115.
"""


def write(out: BinaryIO, *, by: Viewer, agency: str) -> dict[str, int]:
    """Write the whole of it as a ZIP to `out`; returns how many rows of each table."""
    audit.record("provider.exported", using=acting.current().vault)
    erased = set(Erasure.objects.filter(agency_id=by.agency).values_list("subject", flat=True))
    counted = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        said = _README.format(agency=agency, today=timezone.localdate(), left_out=_left_out(by))
        archive.writestr("README.txt", said)
        archive.writestr("dictionary.csv", _dictionary())
        for model in tables():
            counted[model._meta.db_table] = _table(archive, model, erased, by)
        for alias in (acting.current().vault, StoreKind.HUB.value):
            if by.has(Role.PRIVACY_OFFICER):
                counted[f"audit/{alias}"] = _chain(archive, alias)
    return counted


def tables() -> list[type[models.Model]]:
    """Of the vault and of the hub. Drafts are their writers'; a key of a sealed copy is nobody's to take along."""
    found = [*policies.walled_models(StoreKind.VAULT), *policies.walled_models(StoreKind.HUB)]
    return [m for m in found if m.wall.compartment is not Compartment.DESK and m is not PackageKey]


def _left_out(by: Viewer) -> str:
    if by.staff == jobs_staff(by.agency):
        return ""
    return "Restricted files that are not open to whoever wrote this are not here either."


def _table(archive: zipfile.ZipFile, model, erased: set[UUID], by: Viewer) -> int:
    name, columns, n = model._meta.db_table, [f.attname for f in model._meta.concrete_fields], 0
    with archive.open(f"tables/{name}.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow(columns)
        for row in _rows(model, erased, by):
            table.writerow([_cell(value) for value in row.values()])
            n += 1
    with archive.open(f"tables/{name}.json", "w") as raw, io.TextIOWrapper(raw, "utf-8") as text:
        text.write("[")
        for place, row in enumerate(_rows(model, erased, by)):
            text.write((",\n" if place else "\n") + json.dumps(row, ensure_ascii=False, default=str))
        text.write("\n]\n")
    for column in (column for table, column in ATTACHMENTS if table == name):
        _attachments(archive, model, column, erased, by)
    return n


def _rows(model, erased: set[UUID], by: Viewer) -> Iterator[dict]:
    for row in _own(model, by).order_by("pk").iterator(chunk_size=500):
        if not erased.intersection({row.pk, getattr(row, "client_id", None), getattr(row, "other_id", None)}):
            yield {f.attname: _value(row, f, by) for f in model._meta.concrete_fields}


def _own(model, by: Viewer) -> models.QuerySet:
    columns = {f.column for f in model._meta.concrete_fields}
    if model.wall.agency in columns:
        return model.objects.filter(**{model.wall.agency: by.agency})
    if "from_agency_id" in columns:
        mine = Q(from_agency_id=by.agency)
        return model.objects.filter(mine | Q(to_agency_id=by.agency) if model is Referral else mine)
    return model.objects.all()  # a task force's, as its members see it


def _value(row, field, by: Viewer):
    table, name = row._meta.db_table, field.attname
    value = getattr(row, name)
    if (table, name) in ATTACHMENTS:
        return _path(table, row.pk, value) if value else None
    if isinstance(row, Referral) and name == "content":
        return _referral(row, by)
    if isinstance(row, Package) and name == "content":
        return None  # what was sent stands in the ledger, opened
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


def _referral(row: Referral, by: Viewer) -> dict | None:
    """What was sent to the provider, opened; what it sent only its recipient opens."""
    if row.to_agency_id != by.agency:
        return None
    try:
        return envelope.open_content(bytes(row.content), key=settings.CONCORD_RINGS.agency(by.agency), referral=row.pk)
    except InvalidTag:
        return None


def _attachments(archive: zipfile.ZipFile, model, column: str, erased: set[UUID], by: Viewer) -> None:
    for row in _own(model, by).iterator(chunk_size=20):
        content = getattr(row, column) if row.client_id not in erased else None
        if content:
            archive.writestr(_path(model._meta.db_table, row.pk, content), base64.b64decode(content))


def _path(table: str, pk: UUID, content: str) -> str:
    start = base64.b64decode(content[:8])[:4]
    return f"attachments/{table}/{pk}.{_KINDS.get(start, 'bin')}"


def _cell(value):
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value


def _dictionary() -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["table", "column", "kind", "sealed", "points to", "codes"])
    for model in tables():
        for field in model._meta.concrete_fields:
            sealed = isinstance(field, SealedText)
            kind = "a file" if (model._meta.db_table, field.attname) in ATTACHMENTS else _kind(field)
            target = field.related_model._meta.db_table if field.is_relation else ""
            table.writerow([
                model._meta.db_table, field.attname, kind, str(field.privacy) if sealed else "", target, _codes(field),
            ])  # fmt: skip
    return out.getvalue()


def _kind(field) -> str:
    target = field.target_field if field.is_relation else field
    return type(target).__name__.removesuffix("Field").removeprefix("Sealed").lower()


def _codes(field) -> str:
    known = CODES.get(field.name) if isinstance(field, SealedText) else None
    choices: Iterable = known.choices() if known else field.choices or ()
    return "; ".join(f"{code} = {words}" for code, words in choices)


def _chain(archive: zipfile.ZipFile, alias: str) -> int:
    n, before = 0, None
    with archive.open(f"audit/{alias}.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow(_CHAIN)
        while page := _entries(alias, before):
            table.writerows([_moment(value) for value in row] for row in page)
            n, before = n + len(page), page[-1][0]
    return n


def _entries(alias: str, before: int | None) -> list[tuple]:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"select {', '.join(_CHAIN)} from guard.chain(null, %s, 500)", [before])
        return cursor.fetchall()


def _moment(value):
    return value.isoformat() if isinstance(value, dt.datetime) else value
