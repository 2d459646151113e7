# The tasks of CI and of daily work. `just` lists them.

default:
    @just --list

# The demo: autumn 2020, offline.
demo *args:
    cargo run --release -- demo {{args}}

# The tests, on SQLite; on PostgreSQL where TEST_DATABASE_URL names a server.
test *args:
    cargo test --workspace {{args}}

# Format, lints, documentation.
lint:
    cargo fmt --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

# Checks licences, sources and forbidden crates of all dependencies.
deny:
    cargo deny check bans licenses sources

# Measures the rule index beside other engines; `just bench-rules --help`. TEST_DATABASE_URL adds PostgreSQL.
bench-rules *args:
    cargo bench --bench rules -- {{args}}

# Measures the cost of polling 10,000 feeds once, cold and warm, beside a bare loop of requests; `just bench-poll --help`.
bench-poll *args:
    cargo bench --bench poll -- {{args}}

# Measures delivery under load and under faults (docs/delivery.md): `just bench-deliver story`, fair, overload, latency, kill, nodes.
bench-deliver *args:
    cargo bench --bench deliver -- {{args}}

# Measures the feed parser beside bare feed-rs and bare quick-xml.
bench-parse *args:
    cargo bench --bench parse -- {{args}}

# Measures time and memory of the grouping of articles into stories, beside MinHash-LSH.
bench-group *args:
    cargo bench --bench group -- {{args}}

# Measures the encoder's time and memory; CEASEWIRE_ENCODER names its model file.
bench-encoder *args:
    cargo bench -p ceasewire-encoder --bench encoder -- {{args}}

# Scores stories, events and summaries beside simple baselines; `just score stories` scores one of them.
score *args:
    cargo bench --bench score -- {{args}}

# Fits the model that groups articles into stories, leave-one-set-out figures first; CEASEWIRE_DATA names the material.
# `just train background` counts the words of other news, `just train dry` writes nothing.
train *args:
    cargo run --release -p ceasewire-stories --example train -- {{args}}

# Attacks a built program on loopback and prints which attacks it survives; `just attack --help`. `just attack authors` runs
# the cases with that word in their names, `--binary FILE` attacks another version of the program.
attack *args:
    cargo bench --bench attack -- {{args}}

# Measures honest chats beside a thousand hostile ones; `just hostile --help`.
hostile *args:
    cargo bench --bench hostile -- {{args}}

# Fuzzes every reader of strangers' bytes, `seconds` each, within bounds of time and memory; needs nightly Rust and `cargo install cargo-fuzz`.
fuzz seconds="60":
    #!/usr/bin/env bash
    set -euo pipefail
    # The targets use the program's versions; cargo adds the other dependencies of the targets.
    cp Cargo.lock fuzz/Cargo.lock
    failed=0
    for target in rule analysis feed clean event opml site page headers press answer encoder; do
        # libFuzzer writes new inputs to the first folder and only reads the seeds in the second one. All code is safe
        # Rust, so the run needs no sanitizer and tries more inputs without one.
        mkdir -p "fuzz/target/grown/$target"
        cargo +nightly fuzz run --sanitizer none "$target" "fuzz/target/grown/$target" "fuzz/corpus/$target" -- \
            -max_total_time={{seconds}} -max_len=4096 -timeout=10 -rss_limit_mb=512 -dict="fuzz/dictionaries/$target.dict" || failed=1
    done
    exit $failed

# Runs all checks of CI.
ci:
    .ci/run
