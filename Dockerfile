# The images of the five services: docker build --target gateway .   (docs/images.md)
#
# base ─ manifests ─ deps ─ build ─ <service>-files ┐
#  └──── runtime-root ──── runtime ─────────────────┴─ <service>

FROM docker.io/library/node:24-bookworm-slim AS base
WORKDIR /build

# What npm ci reads, and nothing else: the layer of deps is made anew only when the packages change.
FROM base AS manifests
COPY . .
RUN node tools/container-images/pack/keep-manifests.mjs /manifests

# A registry of one's own: --secret id=npmrc,src=FILE, and --secret id=npm_ca,src=FILE for a certificate that npmrc's cafile names.
FROM base AS deps
COPY --from=manifests /manifests ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=npm_ca,target=/run/secrets/npm_ca \
    npm ci --ignore-scripts --include=dev --include=optional --no-audit --no-fund --loglevel=error

FROM deps AS build
COPY . .

FROM build AS gateway-files
RUN cd apps/gateway && node ../../tools/build.mjs \
    && node ../../tools/container-images/pack/pack-service.mjs gateway /out

FROM build AS batch-orchestrator-files
RUN cd apps/batch-orchestrator && node ../../tools/build.mjs \
    && node ../../tools/container-images/pack/pack-service.mjs batch-orchestrator /out

FROM build AS model-worker-files
RUN cd apps/model-worker && node ../../tools/build.mjs \
    && node ../../tools/container-images/pack/pack-service.mjs model-worker /out

FROM build AS maintenance-worker-files
RUN cd tools/bootstrap && node ../build.mjs \
    && cd ../../apps/maintenance-worker && node ../../tools/build.mjs \
    && node ../../tools/container-images/pack/pack-service.mjs maintenance-worker /out

FROM build AS alert-service-files
RUN cd apps/alert-service && node ../../tools/build.mjs \
    && node ../../tools/container-images/pack/pack-service.mjs alert-service /out

# Node and the libraries it loads: no shell, no package manager, no npm.
FROM base AS runtime-root
COPY tools/container-images/pack tools/container-images/pack
RUN node tools/container-images/pack/make-runtime-root.mjs /runtime

FROM scratch AS runtime
COPY --from=runtime-root /runtime /
ENV NODE_ENV=production \
    PATH=/usr/local/bin \
    HOME=/tmp \
    ADMIN_HOST=0.0.0.0 \
    ADMIN_PORT=9090 \
    STORAGE_URL=file:///var/lib/image2model
WORKDIR /app
USER 1000:1000
EXPOSE 9090
STOPSIGNAL SIGTERM
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.vendor="image2model" \
      org.opencontainers.image.base.name="docker.io/library/node:24-bookworm-slim"
CMD ["node", "main.js"]

FROM runtime AS gateway
COPY --from=gateway-files /out ./
ENV HOST=0.0.0.0 \
    PORT=8080
EXPOSE 8080
LABEL org.opencontainers.image.title="image2model gateway" \
      org.opencontainers.image.description="HTTP API: takes batches of product photos, serves progress and models."
# the flag: tools/dev/services/node-flags.mjs
CMD ["node", "--initial-heap-size=64", "main.js"]

FROM runtime AS batch-orchestrator
COPY --from=batch-orchestrator-files /out ./
LABEL org.opencontainers.image.title="image2model batch-orchestrator" \
      org.opencontainers.image.description="Fans batches out to the workers and their results in."

FROM runtime AS model-worker
COPY --from=model-worker-files /out ./
LABEL org.opencontainers.image.title="image2model model-worker" \
      org.opencontainers.image.description="Makes the model of each photo."

FROM runtime AS maintenance-worker
COPY --from=maintenance-worker-files /out ./
LABEL org.opencontainers.image.title="image2model maintenance-worker" \
      org.opencontainers.image.description="Clean-up and health checks; bootstrap.js prepares RabbitMQ and Redis."

FROM runtime AS alert-service
COPY --from=alert-service-files /out ./
LABEL org.opencontainers.image.title="image2model alert-service" \
      org.opencontainers.image.description="Delivers alerts and customers' webhooks."
