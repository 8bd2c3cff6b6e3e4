# One image for web, worker, beat and mail receiver: see docs/operations.md.
# Build: docker build -t helpdesk .

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.lock
COPY . /app
WORKDIR /app
# Made once for all containers, because they may write nowhere but in /data and /tmp.
RUN PYTHONPATH=/app /opt/venv/bin/python -c "from helpdesk.embedded.catalogues import compile_stale_catalogues as c; c()" \
    && HELPDESK_SECRET_KEY=only-for-this-step HELPDESK_STATIC=/opt/static \
       /opt/venv/bin/python manage.py collectstatic --no-input \
    && /opt/venv/bin/python -m compileall -q /app /opt/venv

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 helpdesk \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin helpdesk \
    && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/static /opt/static
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=helpdesk.settings \
    HELPDESK_DATA=/data \
    HELPDESK_STATIC=/opt/static
WORKDIR /app
VOLUME /data
EXPOSE 8000 2525 2526
USER 10001:10001
CMD ["python", "-m", "uvicorn", "helpdesk.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-proxy-headers", "--no-access-log", "--timeout-graceful-shutdown", "5"]
