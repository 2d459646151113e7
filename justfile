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

# Everything that CI runs.
ci:
    .ci/run
