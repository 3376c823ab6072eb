# Everything a newcomer needs: `make demo` to see it, `make test` to trust it.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# mail-parser asks for Rust 1.98 and builds and runs on 1.95 as well; older compilers are told not to mind.
OLDER := $(shell rustc --version | awk '{ split($$2, v, "."); if (v[1] == 1 && v[2] + 0 < 98) print "--ignore-rust-version" }')
CARGO_BUILD := $(OLDER)

.PHONY: cargo-flags help addin demo test bench bench-ingest bench-mime bench-suggest bench-addin pictures lint fmt run clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

cargo-flags:
	@echo "$(CARGO_BUILD)"

addin: ## Build the add-in for Outlook, which the next build of the program takes in
	@scripts/build-addin

demo: ## See it work: a private mail server with invented mails, and Sagspost watching it
	@CARGO_FLAGS="$(CARGO_BUILD)" scripts/demo

test: ## Install what the tests need, check format and lints, run all tests
	@CARGO_FLAGS="$(CARGO_BUILD)" scripts/test

bench: bench-ingest bench-mime ## Measure speed and memory beside peers, what a click, idle mailboxes and suggestions cost
	cargo bench $(CARGO_BUILD) --bench http
	cargo bench $(CARGO_BUILD) --bench access
	cargo bench $(CARGO_BUILD) --bench audit
	cargo bench $(CARGO_BUILD) --bench sealed
	cargo bench $(CARGO_BUILD) --bench rules
	cargo bench $(CARGO_BUILD) --bench templates
	cargo bench $(CARGO_BUILD) --bench unseen
	cargo bench $(CARGO_BUILD) --bench idle
	cargo bench $(CARGO_BUILD) --bench suggest
	@$(MAKE) --no-print-directory bench-addin

bench-ingest: ## Measure the way from an IMAP mailbox into the store, beside mbsync
	@scripts/install-test-needs dovecot-imapd isync
	cargo bench $(CARGO_BUILD) --bench ingest

bench-mime: ## Measure how fast mails are read, beside other readers, and how time grows with hostile ones
	cargo bench $(CARGO_BUILD) --bench mime

bench-suggest: ## Measure how often suggestions are right on public mailboxes, beside simpler ways
	@scripts/bench-suggest

bench-addin: ## Measure in a browser how soon the pane shows suggestions, with 20,000 cases
	@scripts/build-addin
	cargo build $(CARGO_BUILD) --release --bin sagspost
	@npm ci --prefix tests/addin --no-audit --no-fund --silent
	@DEMO_BINARY=$${CARGO_TARGET_DIR:-target}/release/sagspost node tests/addin/bench.mjs

pictures: ## Take the pictures of the pane in docs/pictures anew
	@scripts/build-addin
	cargo build $(CARGO_BUILD) --bin sagspost
	@npm ci --prefix tests/addin --no-audit --no-fund --silent
	@DEMO_BINARY=$${CARGO_TARGET_DIR:-target}/debug/sagspost node tests/addin/pictures.mjs

lint: ## Clippy, warnings denied
	cargo clippy $(CARGO_BUILD) --all-targets -- -D warnings

fmt: ## Format the code
	cargo fmt

run: addin ## Serve with ./sagspost.toml
	cargo run $(CARGO_BUILD) --release -- serve

clean: ## Remove what was built and the demo's data
	cargo clean
	rm -rf .demo
