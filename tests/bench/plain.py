"""Settings of the twin that benchmarks compare with: the same site on one plain database, as Django comes.

No stores, no roles, no row-level security, no signed context: one login, one pool, a transaction a request. What is
read is the same rows through the same views, templates and sealed fields.
"""

import os

from concord.site.web.settings import *  # noqa: F403  everything else is the site's own

CONNECTION = CONCORD.stores["default"]  # noqa: F405
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["CONCORD_BENCH_PLAIN"],
        "USER": "bench_plain",
        "PASSWORD": CONNECTION.password,
        "HOST": CONNECTION.host,
        "PORT": CONNECTION.port,
        "OPTIONS": {"pool": {"min_size": 0, "max_size": 4, "max_idle": 20, "num_workers": 1, "timeout": 10}},
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": True,
        "TIME_ZONE": "UTC",
    }
}
INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.postgres"]  # noqa: F405  the stores' backend is known to be PostgreSQL
DATABASE_ROUTERS: list[str] = []
MIDDLEWARE = [
    "tests.bench.plain_acting.PlainActing" if name.endswith("ActingMiddleware") else name
    for name in MIDDLEWARE  # noqa: F405
]
