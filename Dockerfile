# windtunnel in a small image, for people and for CI services that run jobs in images:
#
#     docker run --rm --user "$(id -u)" -v "$PWD:/work" windtunnel run specs
FROM rust:1-slim-bookworm AS build
# hadolint ignore=DL3008 # Debian keeps no old versions: a pinned one could not be installed after its next update
RUN apt-get update && apt-get install -y --no-install-recommends g++ make && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY examples/*.rs examples/
COPY examples/support examples/support
COPY examples/ci examples/ci
COPY src src
RUN cargo build --release --locked --bin windtunnel

FROM debian:bookworm-slim
# Models behind https are reached by the certificates of the system.
# hadolint ignore=DL3008 # as above
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home windtunnel
COPY --from=build /source/target/release/windtunnel /usr/local/bin/windtunnel
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/windtunnel/
# By its number, which Kubernetes holds against `runAsNonRoot`.
USER 10001
WORKDIR /work
ENTRYPOINT ["windtunnel"]
