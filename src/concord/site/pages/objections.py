"""What an action says when it cannot be done, and how a page shows it: beside the answer that has to change."""


class Objection(ValueError):
    """What stands against it, by the part that has to change ("" for the whole), and what to do."""

    def __init__(self, found: dict[str, str]):
        self.found = found
        super().__init__(" ".join(found.values()))


def complain(form, objection: Objection) -> None:
    """Put what an action objects to beside the answers that have to change; what is about none stands first."""
    for name, words in objection.found.items():
        form.add_error(name if name in form.fields else None, words)
