# The operator's image: one static Swift binary on Debian, with the system's OpenSSL and libyaml so that their security
# fixes arrive by rebuilding. Both bases are pinned to tags that do not move.
FROM swift:6.3.1-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libssl-dev libyaml-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
# SwiftPM wants the directory of every target that Package.swift names; nothing of Tests is built.
COPY Tests Tests
RUN swift build --configuration release --static-swift-stdlib --product vernemq-operator \
    && install -D --strip .build/release/vernemq-operator /out/vernemq-operator

FROM debian:bookworm-20250520-slim
RUN apt-get update \
    && apt-get upgrade --yes \
    && apt-get install --yes --no-install-recommends ca-certificates libssl3 libyaml-0-2 \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*
COPY --from=build /out/vernemq-operator /usr/local/bin/vernemq-operator
# As in the chart: nobody in particular, and no name needed for it.
USER 65532:65532
EXPOSE 9443 8080
ENTRYPOINT ["/usr/local/bin/vernemq-operator"]
CMD ["serve", "--help"]
