# The operator's image: one Swift binary with Swift in it, the system libraries that it loads, and nothing else: no shell,
# no package manager. Which Debian packages the libraries are from stands in the image, as an SBOM and for scanners; their
# security fixes arrive by rebuilding. The base is pinned to a tag that does not move, and is there for amd64 and arm64.
#
# Scripts/prove-image runs these steps without a container builder.
FROM swift:6.3.1-bookworm AS build
# Not pinned: the point of these libraries is that the newest fixes are in.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get upgrade --yes \
    && apt-get install --yes --no-install-recommends ca-certificates libssl-dev libyaml-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
# SwiftPM wants the directory of every target that Package.swift names; nothing of Tests is built.
COPY Tests Tests
RUN swift build --configuration release --static-swift-stdlib --product vernemq-operator \
    && strip .build/release/vernemq-operator
COPY Scripts/image-root Scripts/
RUN Scripts/image-root .build/release/vernemq-operator /image

FROM scratch
ARG REVISION=unknown
LABEL org.opencontainers.image.title="VerneMQ Operator" \
      org.opencontainers.image.description="Turns a labelled StatefulSet into a self-clustering VerneMQ" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.2.0" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
# As in the chart: nobody in particular.
USER 65532:65532
EXPOSE 9443 8080
ENTRYPOINT ["/usr/local/bin/vernemq-operator"]
CMD ["serve"]
