#!/usr/bin/env bash
# The Nu HTML checker, for the checks only. Once:
#   kontroll/nu.sh hamta            fetches vnu.jar into $NU (default: .venv/nu)
# then:
#   kontroll/nu.sh page.html …
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${NU:-$here/../../.venv/nu}
if [ "${1:-}" = hamta ]; then
  mkdir -p "$dir" && cd "$dir"
  npm pack --silent vnu-jar >/dev/null
  tar xzf vnu-jar-*.tgz --strip-components=3 package/build/dist/vnu.jar && rm vnu-jar-*.tgz
  exit
fi
exec java -jar "$dir/vnu.jar" --errors-only --format text "$@"
