# The base is named by its version; where you build, pin it: --build-arg PYTHON_IMAGE=…@sha256:…
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/icr
ENV PATH=/opt/icr/bin:$PATH

# The packages change seldom: a layer of their own, built again only when the lock file changes.
COPY requirements.lock /srv/icr/
RUN pip install --require-hashes -r /srv/icr/requirements.lock

COPY pyproject.toml README.md LICENSE /srv/icr/
COPY app /srv/icr/app
COPY seeds /srv/icr/seeds
# Editable, so that the code stays beside the seeds as it does in a checkout.
RUN pip install --no-deps --no-build-isolation --editable /srv/icr && python -m compileall -q /srv/icr/app


FROM ${PYTHON_IMAGE}

LABEL org.opencontainers.image.title="Industrial cluster registry" \
      org.opencontainers.image.licenses="MIT"

RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin icr \
    && install --directory --owner=icr --group=icr --mode=0750 /data
COPY --from=build /opt/icr /opt/icr
COPY --from=build /srv/icr /srv/icr

ENV PATH=/opt/icr/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ICR_DATABASE_URL=sqlite+aiosqlite:////data/icr.sqlite3
USER icr
WORKDIR /srv/icr
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/livez', timeout=4)"]

# A new volume gets its tables here. Where several containers share one PostgreSQL, run `icr migrate`
# once before them and start each with `icr serve --host 0.0.0.0`, as compose.yaml does.
CMD ["sh", "-c", "icr migrate && exec icr serve --host 0.0.0.0"]
