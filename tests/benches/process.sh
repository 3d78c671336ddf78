#!/usr/bin/env bash
# Times whole processes, cold, with hyperfine; and the memory at its peak.
# Usage: tests/benches/process.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --release --quiet
bin=target/release/migspec
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
hyperfine --shell=none --warmup 3 --runs "${1:-30}" --output=null \
  --prepare "rm -rf $out/o" \
  "$bin check specs/payments.migspec.kdl --env prod --today 2026-11-22" \
  "$bin build specs/payments.migspec.kdl --target all --env prod --out $out/o --today 2026-11-22"
for replications in 100 1000; do
  cargo run --release --quiet -p migspec-tests --example many -- "$replications" >"$out/$replications.migspec.kdl"
  cp specs/corp-root-ca.pem "$out/"
  /usr/bin/time -f "$replications replications: %e s, %M KiB" \
    "$bin" check "$out/$replications.migspec.kdl" --today 2026-11-22 --fail-on never >/dev/null
done
/usr/bin/time -f "reference spec: %M KiB" \
  "$bin" check specs/payments.migspec.kdl --env prod --today 2026-11-22 >/dev/null
