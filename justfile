# What CI runs, piece by piece. `just` lists them.

default:
    @just --list

# The demo: autumn 2020, offline.
demo *args:
    cargo run --release -- demo {{args}}

# The tests, on SQLite; on PostgreSQL where TEST_DATABASE_URL names a server.
test *args:
    cargo test {{args}}

# Format, lints, documentation.
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

# Licences, sources and forbidden crates of what the project depends on.
deny:
    cargo deny check bans licenses sources

# How fast rules are matched, beside other ways to do it; `just bench-rules --help`. TEST_DATABASE_URL adds PostgreSQL.
bench-rules *args:
    cargo bench --bench rules -- {{args}}

# What a round of polling 10,000 feeds costs, cold and warm, beside a bare loop of requests; `just bench-poll --help`.
bench-poll *args:
    cargo bench --bench poll -- {{args}}

# What delivery does under load and under fire, as docs/delivery.md says: `just bench-deliver story`, fair, overload, latency, kill, nodes.
bench-deliver *args:
    cargo bench --bench deliver -- {{args}}

# How fast feeds are parsed, beside bare feed-rs and bare quick-xml.
bench-parse *args:
    cargo bench --bench parse -- {{args}}

# How fast articles are grouped into stories, and in how much memory, beside MinHash-LSH.
bench-group *args:
    cargo bench --bench group -- {{args}}

# How well stories, events and summaries are found, beside simple ways to do it; `just score stories` for one of them.
score *args:
    cargo bench --bench score -- {{args}}

# Looks for texts that break the rule engine, the feed parser or the cleaner, so many seconds a target; needs nightly Rust and `cargo install cargo-fuzz`.
fuzz seconds="60":
    #!/usr/bin/env bash
    set -euo pipefail
    # The program's versions; cargo adds what only the targets need.
    cp Cargo.lock fuzz/Cargo.lock
    failed=0
    for target in rule analysis feed clean event; do
        # What is tried on the way and worth keeping goes to the first folder; the second one has the seeds and is only
        # read. The code is all safe Rust: without a sanitizer more texts are tried.
        mkdir -p "fuzz/target/grown/$target"
        cargo +nightly fuzz run --sanitizer none "$target" "fuzz/target/grown/$target" "fuzz/corpus/$target" -- \
            -max_total_time={{seconds}} -max_len=4096 -timeout=10 -dict="fuzz/dictionaries/$target.dict" || failed=1
    done
    exit $failed

# Everything that CI runs.
ci:
    .ci/run
