# docker run --rm -v "$PWD:/work:ro" ghcr.io/bklint/bklint buildkitd.toml
FROM rust:1.95-alpine AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin bklint

FROM scratch
COPY --from=build /src/target/release/bklint /bklint
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/bklint"]
