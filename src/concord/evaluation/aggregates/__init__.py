"""One SQL text an aggregate, the same on DuckDB, PostgreSQL and Spark: counts by site and type, nothing else."""

from importlib.resources import files


def text(name: str) -> str:
    """The SQL of an aggregate by its file's name without `.sql`."""
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
