# The portal's image: one for web, worker, beat and migrations. Built by `docker compose build`.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements-production.txt /tmp/
RUN /venv/bin/pip install --require-hashes --requirement /tmp/requirements-production.txt \
 && /venv/bin/pip uninstall --yes pip

FROM python:3.13-slim
# Few pools for memory, and what is freed goes back at once: a pack peaks a tenth lower.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media VAR_DIR=/tmp \
    MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
RUN useradd --system --uid 10001 --home-dir /srv smartport \
 && install --directory --owner=smartport /srv/media
COPY --from=build /venv /venv
WORKDIR /srv/smartport
COPY . .
# Catalogues and static files are made here; these settings serve that alone and stay out of the image.
RUN export TRIAL=false SECRET_KEY=unused SITE_URL=https://unused.example ALLOWED_HOSTS=unused.example \
      DATABASE_URL=postgres:///unused REDIS_URL=redis://unused/0 EMAIL_URL=smtp://unused \
      DEFAULT_FROM_EMAIL=unused@unused.example \
 && python manage.py compile_translations \
 && python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q smartport partners projects governance
USER smartport
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "smartport.wsgi:application"]
