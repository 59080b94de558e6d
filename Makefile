# Everything that people do with this repository. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: bootstrap build release test unit e2e pods demo bench bench-controllers fuzz harden check-tls soak sanitize format lint check manifests image \
    prove-image clean help

bootstrap: ## Install the system packages that building and testing need, where missing
	@Scripts/bootstrap

build: bootstrap ## Build the operator (debug)
	swift build --product vernemq-operator

release: bootstrap ## Build the operator as it is shipped: optimised, Swift linked in
	swift build --configuration release --static-swift-stdlib --product vernemq-operator

test: ## Everything: packages, build, static checks, unit, hook and end-to-end tests
	@Scripts/test

unit: bootstrap ## All tests but the end-to-end ones
	swift test --disable-xctest --skip EndToEndTests

e2e: bootstrap ## The end-to-end tests alone, on a real API server
	Scripts/bootstrap --plugins
	swift test --disable-xctest --filter EndToEndTests --skip RealPods

pods: bootstrap ## The end-to-end tests with real pods alone (root; Debian's containerd and the like are installed)
	Scripts/bootstrap --node
	swift test --disable-xctest --filter RealPods

demo: ## Show on a real API server what the operator does, and clean up
	@Scripts/demo

bench: bootstrap ## Measure the webhook server (figures: docs/benchmarks.md)
	@Benchmarks/run

SETS ?= 1000
bench-controllers: bootstrap ## Measure the controllers with SETS=1000 StatefulSets on a real API server
	@Benchmarks/controllers $(SETS)

SECONDS_EACH ?= 30
fuzz: bootstrap ## Fuzz what reads other people's text, SECONDS_EACH=30 seconds a target
	@Scripts/fuzz $(SECONDS_EACH)

harden: release ## Hostile clients against the release binary, with figures (bounds: docs/reliability.md)
	Scripts/bootstrap --tls
	@Scripts/harden

check-tls: release ## testssl.sh's judgement of the running server
	Scripts/bootstrap --tls
	@Scripts/harden tls

MINUTES ?= 60
soak: release ## Good and hostile clients and new certificates for MINUTES=60, with the memory sampled
	@Scripts/soak $(MINUTES)

sanitize: bootstrap ## The unit tests under the thread and the address sanitizer
	@Scripts/sanitize

format: ## Format the Swift sources in place
	swift format --in-place --recursive --parallel Sources Tests Package.swift

lint: bootstrap ## Static checks: format, layers, shell scripts, charts, manifests, Dockerfile
	@Scripts/lint

check: lint unit ## What to run before a commit: static checks and quick tests

manifests: ## Write what is made from the charts: dist/ (for kubectl alone) and docs/chart-values.md
	@Scripts/manifests --write
	@Scripts/chart-values --write

image: ## Build the container image (needs a container builder)
	docker build --tag vernemq-operator:dev .

prove-image: ## Prove the Dockerfile without a container builder: its steps in a Debian of debootstrap (root, five minutes)
	@Scripts/prove-image

clean: ## Remove what was built here (the cached control plane stays: see docs/testing.md)
	rm -rf .build

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' Makefile
