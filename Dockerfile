# The relay in a small image: docker build --tag feedback-relay .
#
#     docker run --env MASTER_BOT_TOKEN=... --volume feedback-relay:/data feedback-relay
#
# docker-compose.yml runs it with MySQL and TLS.

FROM docker.io/library/rust:1.95-bookworm AS build
WORKDIR /src
# The dependencies alone, with empty sources: this layer lasts until Cargo.toml or Cargo.lock changes.
# Tests, benchmarks and examples are cut out of the manifest, because their files are not there yet.
COPY Cargo.toml Cargo.lock ./
COPY tests/chaos/Cargo.toml tests/chaos/
COPY tests/emulator/Cargo.toml tests/emulator/
COPY tests/proxy/Cargo.toml tests/proxy/
RUN awk '/^\[/ { absent = /^\[\[(test|bench|example)\]\]/ } !absent' Cargo.toml > reduced.toml \
    && mv reduced.toml Cargo.toml \
    && mkdir -p src tests/chaos/src tests/emulator/src tests/proxy/src \
    && touch src/lib.rs tests/emulator/src/lib.rs tests/proxy/src/lib.rs \
    && echo 'fn main() {}' | tee src/main.rs > tests/chaos/src/main.rs \
    && cargo build --release --locked --bin feedback-relay
COPY . .
# A copied file keeps its old time, so cargo would take the empty sources for the newer ones.
RUN touch src/lib.rs src/main.rs \
    && cargo build --release --locked --bin feedback-relay

# The release that the binary was linked on. Nothing is installed: TLS roots and SQLite are in the binary.
FROM docker.io/library/debian:bookworm-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin relay \
    && install --directory --owner=relay --group=relay --mode=0700 /data
# The health check of the image, in what it has: bash speaks enough HTTP.
RUN printf '%s\n' '#!/bin/bash' \
    'exec 3<>/dev/tcp/127.0.0.1/8080 || exit 1' \
    'printf "GET /healthz HTTP/1.0\r\n\r\n" >&3' \
    'read -r -t 4 _ status _ <&3 && [[ "$status" == 200 ]]' \
    > /usr/local/bin/is-healthy \
    && chmod 0755 /usr/local/bin/is-healthy
COPY --from=build /src/target/release/feedback-relay /usr/local/bin/

# The defaults are paths below data/, so that they are in the volume when the work starts at the root.
WORKDIR /
ENV DATABASE_URL=sqlite:///data/feedback-relay.db \
    LISTEN_ADDR=0.0.0.0:8080
USER relay
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["is-healthy"]
ENTRYPOINT ["feedback-relay"]
