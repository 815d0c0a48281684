# SPDX-License-Identifier: Apache-2.0
# For the test scripts, which source this: what a language's package registry has to give, on a machine that may not reach it.

# from_registry LOG COMMAND...: runs a command that downloads packages, with its output in LOG too. Where it fails because the registry
# was not reached, the script ends with 77, for skipped; any other failure is returned. With CARDATA_REGISTRIES=required, as in CI, nothing
# is skipped.
from_registry() {
  local log=$1 status=0
  shift
  "$@" >"$log" 2>&1 </dev/null || status=$?
  ((status)) || return 0
  if [[ ${CARDATA_REGISTRIES:-} != required ]] && grep -qE "$not_reached" "$log"; then
    echo "SKIPPED: the registry of its packages was not reached: $(grep -E "$not_reached" "$log" | head -n 1 | cut -c1-300)"
    exit 77
  fi
  return "$status"
}

# The words for it of Maven, pip and Go.
not_reached='Could not transfer artifact|after connection broken by|dial tcp|tls: failed to verify certificate'
