#!/usr/bin/env bash
# Every test of the project. Needs Rust and a C compiler; says what it uses. Runs without input and without network
# once the dependencies are there.
set -euo pipefail
cd "$(dirname "$0")"

export INSTA_UPDATE=no
cargo build --workspace --locked
if cargo nextest --version >/dev/null 2>&1; then
  echo "running the tests with cargo nextest"
  cargo nextest run --workspace --locked "$@"
else
  echo "running the tests with cargo test (cargo nextest is not installed; it would be faster)"
  cargo test --workspace --locked "$@"
fi
