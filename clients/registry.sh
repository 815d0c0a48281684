# SPDX-License-Identifier: Apache-2.0
# For the test scripts, which source this: what a language's package registry has to give, on a machine that may not reach it.

# skip WHY...: ends the script as one that was skipped, which is 77.
skip() { printf 'SKIPPED: %s\n' "$*"; exit 77; }

# from_registry LOG COMMAND...: runs a command that downloads packages, with its output in LOG too. Where it fails because the registry
# was not reached, the script is skipped; any other failure is returned. With CARDATA_REGISTRIES=required, as in CI, nothing
# is skipped.
from_registry() {
  local log=$1 status=0
  shift
  "$@" >"$log" 2>&1 </dev/null || status=$?
  ((status)) || return 0
  if [[ ${CARDATA_REGISTRIES:-} != required ]] && grep -qE "$not_reached" "$log"; then
    skip "the registry of its packages was not reached: $(grep -E "$not_reached" "$log" | head -n 1 | cut -c1-300)"
  fi
  return "$status"
}

# The words for it of Maven, pip and Go.
not_reached='Could not transfer artifact|after connection broken by|dial tcp|tls: failed to verify certificate'

# needs_go FOLDER: puts a Go on PATH that is new enough for the module in the folder, or skips.
needs_go() {
  local wanted version
  wanted=$(sed -n 's/^go //p' "$1/go.mod")
  [[ ! -x /usr/local/go/bin/go ]] || PATH=$PATH:/usr/local/go/bin
  version=$(go env GOVERSION 2>/dev/null) || version=none
  if [[ $version == none || $(printf 'go%s\n%s\n' "$wanted" "$version" | sort -V | head -n 1) != "go$wanted" ]]; then
    skip "needs Go $wanted or newer, and here is $version"
  fi
}

# python_venv FOLDER REQUIREMENTS: a virtual environment with what that file names, made anew when the file changes.
python_venv() {
  cmp -s "$2" "$1/made-of" && return
  echo "Installing what $(basename "$2") names ..."
  rm -rf "$1"
  python3 -m venv "$1" || exit
  from_registry "$1/pip.log" "$1/bin/pip" install -r "$2" || { cat "$1/pip.log" && exit 1; }
  cp "$2" "$1/made-of"
}
