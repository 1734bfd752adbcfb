#!/usr/bin/env bash
# Starts an image of image.sh and asks it: try.sh DIRECTORY. A small city is generated, built, served and asked one check,
# a score and the metrics; then the server is told to end, and must end in order. Used by CI.
set -euo pipefail
image=$(cd "$1" && pwd)
work=$(mktemp -d)
pid=
finish() {
  code=$?
  if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then kill -KILL "$pid"; fi
  if [ $code -ne 0 ]; then
    echo "try.sh: failed; what the program said:" >&2
    cat "$work/out" "$work/err" >&2 || true
  fi
  rm -rf "$work"
}
trap finish EXIT

here=$(cd "$(dirname "$0")" && pwd)
for module in $(jdeps --print-module-deps --ignore-missing-deps --multi-release 17 "$image/lib/osmanthus.jar" | tr , ' '); do
  grep -qx "$module" "$here/modules.txt" || grep -q "^# without $module:" "$here/modules.txt" || {
    echo "try.sh: a library asks for module $module, which modules.txt neither has nor does without" >&2
    exit 1
  }
done

cd "$work"
# Nothing of another Java: the image has to do.
env -i PATH=/usr/bin:/bin LANG=C.UTF-8 TMPDIR="$work" "$image/bin/java" -Xmx512m -Djava.io.tmpdir="$work" \
  -jar "$image/lib/osmanthus.jar" demo --persons 2000 --port 0 --config "$image/config" >"$work/out" 2>"$work/err" &
pid=$!
for _ in $(seq 1200); do
  grep -q '^Ctrl-C ends' "$work/out" 2>/dev/null && break
  kill -0 "$pid" 2>/dev/null || { echo "try.sh: the program ended before it was ready" >&2; exit 1; }
  sleep 0.1
done
url=$(sed -n 's/^demo: ready on //p' "$work/err")
key=$(sed -n 's/^export OSMANTHUS_API_KEY=//p' "$work/out")
token=$(sed -n 's/^export OSMANTHUS_CITIZEN_TOKEN=//p' "$work/out")
[ -n "$url" ] && [ -n "$key" ] && [ -n "$token" ] || { echo "try.sh: not ready after two minutes" >&2; exit 1; }

# The check that the demo itself proposes: it has a benefit.
body=$(sed -n "s/^curl .* -d '\\({\"scheme\".*}\\)' .*checks\$/\\1/p" "$work/out" | head -1)
check=$(curl -fsS -m 20 -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d "$body" "$url/v1/scenes/transit/checks")
case $check in
  '{"benefit":"'*) ;;
  *) echo "try.sh: a check was answered '$check'" >&2; exit 1 ;;
esac
# Whole answers first: a grep that has seen enough closes the pipe, and curl fails for it.
score=$(curl -fsS -m 20 -H "Authorization: Bearer $token" "$url/v1/me/score")
ready=$(curl -fsS -m 20 "$url/health/ready")
metrics=$(curl -fsS -m 20 "$url/metrics")
grep -q '"score":' <<<"$score" || { echo "try.sh: no score" >&2; exit 1; }
grep -q '"status":"ready"' <<<"$ready" || { echo "try.sh: not ready" >&2; exit 1; }
grep -q '^osmanthus_checks_seconds_count{scene="transit"} 1' <<<"$metrics" || { echo "try.sh: the check is in no metric" >&2; exit 1; }

kill -TERM "$pid"
code=0
wait "$pid" || code=$?
[ "$code" = 143 ] || { echo "try.sh: ended with $code, not 143" >&2; exit 1; }
pid=
left=$(find "$work" -maxdepth 1 -name 'osmanthus-demo*' | wc -l)
[ "$left" = 0 ] || { echo "try.sh: the demo left its directory" >&2; exit 1; }
echo "try.sh: the image answered a check, a score and its metrics, and ended in order"
