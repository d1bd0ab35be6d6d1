# The relay in an image of its own and nothing else: docker build --tag feedback-relay .
#
#     docker run --detach --env MASTER_BOT_TOKEN=... --volume feedback-relay:/data feedback-relay
#
# docker-compose.sqlite.yml runs it so; docker-compose.yml with MySQL and TLS. The same lines build it for x86-64 and
# for 64-bit ARM.

FROM docker.io/library/rust:1.95-bookworm AS build
WORKDIR /src
# A static binary. With a target of its own, what only runs in the build is not linked so.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN rustc -vV | sed -n 's/^host: //p' > /target
# The dependencies alone, with empty sources: this layer lasts until Cargo.toml or Cargo.lock changes.
# Tests, benchmarks and examples are cut out of the manifest, because their files are not there yet.
COPY Cargo.toml Cargo.lock ./
COPY tests/chaos/Cargo.toml tests/chaos/
COPY tests/emulator/Cargo.toml tests/emulator/
COPY tests/fuzz/Cargo.toml tests/fuzz/
COPY tests/proxy/Cargo.toml tests/proxy/
RUN awk '/^\[/ { absent = /^\[\[(test|bench|example)\]\]/ } !absent' Cargo.toml > reduced.toml \
    && mv reduced.toml Cargo.toml \
    && for part in . tests/*; do mkdir -p "$part/src" && touch "$part/src/lib.rs"; done \
    && echo 'fn main() {}' > src/main.rs \
    && cargo build --release --locked --bin feedback-relay --target "$(cat /target)"
COPY . .
# A copied file keeps its old time, so cargo would take the empty sources for the newer ones.
RUN touch src/lib.rs src/main.rs \
    && cargo build --release --locked --bin feedback-relay --target "$(cat /target)" \
    && install -D "target/$(cat /target)/release/feedback-relay" /program/usr/local/bin/feedback-relay \
    && install --directory --mode=0700 /folders/data \
    && install --directory --mode=1777 /folders/tmp

# TLS roots and SQLite are in the binary, and it looks names up by itself: no library, no shell.
FROM scratch
COPY --from=build /program/ /
# A new volume takes over the owner and the rights of the folder it is mounted on.
COPY --from=build --chown=10001:10001 /folders/ /
# The defaults are paths below data/, so that they are in the volume when the work starts at the root.
WORKDIR /
ENV PATH=/usr/local/bin \
    DATABASE_URL=sqlite:///data/feedback-relay.db \
    LISTEN_ADDR=0.0.0.0:8080
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["feedback-relay", "healthy"]
ENTRYPOINT ["feedback-relay"]
