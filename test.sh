#!/usr/bin/env bash
# Every test of the project. Needs Rust and a C compiler; says what it uses. Runs without input and without network
# once the dependencies, PostgreSQL and chromium are there. A PostgreSQL named by COBRO_TEST_POSTGRES is used (and filled);
# otherwise one is started for the time of the tests.
set -euo pipefail
cd "$(dirname "$0")"

export INSTA_UPDATE=no
if [ -z "${COBRO_TEST_POSTGRES:-}" ]; then
  if ! ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1 && ! command -v pg_config >/dev/null; then
    echo "PostgreSQL is missing: installing the package postgresql"
    apt-get update -q && apt-get install -q -y --no-install-recommends postgresql
  fi
  folder=$(mktemp -d /tmp/cobro-pg.XXXXXX)
  trap 'tests/postgres.sh stop "$folder" immediate || true; rm -rf "$folder"' EXIT
  COBRO_TEST_POSTGRES=$(tests/postgres.sh start "$folder")
  export COBRO_TEST_POSTGRES
  echo "running a PostgreSQL for the tests in $folder"
fi
# Reports are opened in a browser. With CI=true the test fails where there is none.
if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
  echo "a browser is missing: installing the package chromium"
  { apt-get update -q && apt-get install -q -y --no-install-recommends chromium; } ||
    echo "chromium could not be installed: the test that opens reports will be skipped"
fi
cargo build --workspace --locked
if cargo nextest --version >/dev/null 2>&1; then
  echo "running the tests with cargo nextest"
  run="nextest run"
  cargo nextest run --workspace --locked "$@"
else
  echo "running the tests with cargo test (cargo nextest is not installed; it would be faster)"
  run=test
  cargo test --workspace --locked "$@"
fi
# The check of contact law can fail: one part of the gate at a time is switched off, in a build for this test alone.
if [ $# -eq 0 ]; then
  cargo $run -p cobro-tests --locked --features faults law_faults::
fi
