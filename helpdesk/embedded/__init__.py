"""Starting everything on one machine: libraries, PostgreSQL, Valkey and our processes. Knows no Django.

Read `supervisor.py` for `bin/run`, `manage.py` for `bin/manage`, `testrun.py` for `bin/test`; `services.py` below them
starts and shares the two servers, `postgres.py` and `valkey.py` know one each.
"""
