# SPDX-License-Identifier: Apache-2.0
# The gateway, and on request the simulator that stands in for BMW:
#
#   podman build -t cardata-gateway .
#   podman build -t cardata-sim --target cardata-sim .
#   podman build --target sbom --output sbom .
#
# Both images hold their programs, the Debian packages that these load, and nothing else: no shell, no package manager. The SBOM
# is in them, and scanners find the packages in /var/lib/dpkg/status.d. See helm/image/README.md.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
WORKDIR /src
COPY dev ./
# The lists of packages are those of ./dev. Versions are Debian 12's: its mirrors keep none but the newest of each.
# hadolint ignore=DL3008,SC2086
RUN packages=$(sed -n '/^build_packages=(/,/)$/b take; /^simulator_packages=(/b take; b; :take; s/[a-z]*_packages=//; s/[()]//g; p' dev) && \
    apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates $packages && \
    rm -rf /var/lib/apt/lists/*
COPY . ./
# Compiled together, the files of a library take a third of the time.
RUN cmake --preset release -DCARDATA_TESTS=OFF -DCARDATA_UNITY=ON && \
    ninja -C build-release cardata-gateway cardata-sim cardata_sim_plugin cardata-watch && \
    install -D --strip --target-directory=/programs/usr/bin build-release/bin/cardata-gateway build-release/bin/cardata-watch && \
    install -D --strip --target-directory=/simulator/usr/bin build-release/bin/cardata-sim build-release/bin/cardata_sim_plugin.so
ARG VERSION=0.1.0
ARG SOURCE_DATE_EPOCH
RUN helm/image/root /roots/gateway /programs /etc/ssl/certs/ca-certificates.crt && \
    helm/image/sbom cardata-gateway "${VERSION}" /roots/gateway libcli11-dev && \
    helm/image/root /roots/simulator /simulator /usr/sbin/mosquitto /usr/sbin/nghttpx && \
    helm/image/sbom cardata-sim "${VERSION}" /roots/simulator libcli11-dev nlohmann-json3-dev && \
    install -d -o 65532 -g 65532 -m 0700 /roots/gateway/var/lib/cardata /roots/simulator/var/lib/cardata-sim

FROM scratch AS sbom
COPY --from=build /roots/gateway/usr/share/sbom /roots/simulator/usr/share/sbom /

FROM scratch AS cardata-sim
COPY --from=build /roots/simulator /
ARG VERSION=0.1.0
ARG REVISION
LABEL org.opencontainers.image.title="cardata-sim" \
      org.opencontainers.image.description="BMW CarData on one's desk: OAuth, REST, the stream and cars, for tests" \
      org.opencontainers.image.source="https://github.com/cardata-gateway/cardata-gateway" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 65532:65532
ENV PATH=/usr/bin:/usr/sbin
WORKDIR /var/lib/cardata-sim
STOPSIGNAL SIGTERM
# OAuth and REST, the stream, the control interface.
EXPOSE 9443 9000 9080
ENTRYPOINT ["/usr/bin/cardata-sim", "--data-dir=/var/lib/cardata-sim"]
CMD ["--listen-host=0.0.0.0", "--port=9443", "--stream-port=9000", "--control-port=9080"]

FROM scratch AS cardata-gateway
COPY --from=build /roots/gateway /
ARG VERSION=0.1.0
ARG REVISION
LABEL org.opencontainers.image.title="cardata-gateway" \
      org.opencontainers.image.description="A gRPC gateway to BMW CarData" \
      org.opencontainers.image.source="https://github.com/cardata-gateway/cardata-gateway" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 65532:65532
# SQLite writes the store anew, in a file beside it, when an account was removed; the root may be read-only.
ENV PATH=/usr/bin \
    CARDATA_DATA_DIR=/var/lib/cardata \
    SQLITE_TMPDIR=/var/lib/cardata
WORKDIR /var/lib/cardata
# It waits for SIGTERM as process 1 too, and starts no other process: there is nothing for an init to reap.
STOPSIGNAL SIGTERM
# gRPC, metrics, health checks.
EXPOSE 9610 9611 9612
ENTRYPOINT ["/usr/bin/cardata-gateway"]
