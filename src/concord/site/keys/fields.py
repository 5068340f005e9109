"""Model fields whose column holds ciphertext and whose attribute reads and writes plain values.

    class Client(HeldModel):
        sealed_under = "id"                      # the column naming whose key seals this row
        name = SealedText(code="client.name", privacy=IDENTIFYING)

A field code is permanent: it is part of what a ciphertext is bound to. Rename the attribute or the table as you like,
never the code. Values are sealed when the row is saved and opened at the first read of the attribute.
"""

import datetime as dt
import json
from enum import StrEnum

from django.db import models

from concord.law.wall import SHARED
from concord.site.keys import sealing


class Privacy(StrEnum):
    IDENTIFYING = "identifying"  # names a person or could find her
    SENSITIVE = "sensitive"  # harms a person if known


IDENTIFYING, SENSITIVE = Privacy.IDENTIFYING, Privacy.SENSITIVE


class _Attribute:
    """Opens on read, keeps what is written until the row is saved."""

    def __init__(self, field):
        self.field = field

    def __get__(self, row, owner=None):
        if row is None:
            return self
        held = row.__dict__.get(self.field.attname)
        if isinstance(held, (bytes, memoryview)):
            held = self.field.open(row, bytes(held))
            row.__dict__[self.field.attname] = held
        return held

    def __set__(self, row, value):
        row.__dict__[self.field.attname] = value


def _key(row, *, create: bool = False) -> bytes:
    shared = row.wall.compartment in SHARED
    return sealing.key_for(row.agency_id, getattr(row, row.sealed_under), create=create, shared=shared)


class SealedText(models.BinaryField):
    """Text, sealed. Empty text is stored as NULL."""

    def __init__(self, *args, code: str, privacy: Privacy, **kwargs):
        self.code, self.privacy = code, privacy
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"code": self.code, "privacy": str(self.privacy)}

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, self.attname, _Attribute(self))

    def open(self, row, sealed: bytes):
        return self.to_value(sealing.unseal(sealed, code=self.code, row=row.pk, key=_key(row)))

    def pre_save(self, row, add):
        value = row.__dict__.get(self.attname)
        if isinstance(value, (bytes, memoryview)):
            return bytes(value)
        if value in (None, ""):
            return None
        return sealing.seal(self.to_text(value), code=self.code, row=row.pk, key=_key(row, create=True))

    def to_text(self, value) -> str:
        return str(value)

    def to_value(self, text: str):
        return text

    def get_prep_value(self, value):
        if value is not None and not isinstance(value, (bytes, memoryview)):
            raise TypeError(f"{self.name} is sealed: it cannot be filtered on or updated in bulk")
        return super().get_prep_value(value)

    def value_to_string(self, obj):
        raise TypeError("sealed values are not serialised")


class SealedDate(SealedText):
    def to_text(self, value):
        return value.isoformat() if isinstance(value, dt.date) else str(value)

    def to_value(self, text):
        return dt.date.fromisoformat(text)


class SealedJSON(SealedText):
    """Lists and small tables (means of control, race, contact ways), sealed as one value."""

    def to_text(self, value):
        return json.dumps(value, ensure_ascii=False)

    def to_value(self, text):
        return json.loads(text)
