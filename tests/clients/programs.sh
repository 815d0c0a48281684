# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# To be sourced: builds programs on the clients of all languages, for suites that do the same with each of them. `root` is the
# repository. What cannot be built for want of a toolchain is said, and gives 1; what does not build, or whose packages are not to be
# had, ends it all.
: "${root:?}"
programs=$root/build/client-programs
export PYTHONDONTWRITEBYTECODE=1 RUFF_NO_CACHE=true PIP_DISABLE_PIP_VERSION_CHECK=1
mkdir -p "$programs"
# shellcheck source=clients/registry.sh
source "$root/clients/registry.sh"

# python_environment: a virtual environment, `$programs/venv`, with what the suites need.
python_environment() {
  python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || return
  python_venv "$programs/venv" "$root/tests/clients/requirements.txt"
}

# go_program SOURCE PROGRAM: builds the module in the folder SOURCE.
go_program() {
  local wanted version
  wanted=$(sed -n 's/^go //p' "$1/go.mod")
  [[ -x /usr/local/go/bin/go ]] && PATH=$PATH:/usr/local/go/bin
  version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || version=none
  if [[ $version == none || $(printf 'go%s\n%s\n' "$wanted" "$version" | sort -V | head -n 1) != "go$wanted" ]]; then
    echo "SKIPPED: the Go client, which needs Go $wanted or newer; here is $version"
    return 1
  fi
  [[ -z $(gofmt -l "$1") ]] || { echo "run gofmt -w on $1" && exit 1; }
  (cd "$1" && from_registry "$programs/go.log" go mod download && go vet . && go build -o "$2" .) || exit
}

# java_program NAME: builds the client and the programs of all suites; `classpath` is then what runs the one of that name. They are
# built from copies, because clients/java/test builds in the tree; anew when one of them is newer.
java_program() {
  local copy=$programs/java name
  local -A projects=([conformance]=$root/tests/conformance/drivers/java [bench]=$root/tests/bench/clients/programs/java)
  local sources=("$root"/clients/java/pom.xml "$root"/clients/java/src/main "$root/proto" "${projects[@]}")
  if ! command -v javac >/dev/null || ! command -v mvn >/dev/null || ! javac --release 17 --version &>/dev/null; then
    echo "SKIPPED: the Java client, which needs JDK 17 or newer and Maven"
    return 1
  fi
  if [[ ! -e $copy/built || -n $(find "${sources[@]}" -newer "$copy/built" -print -quit) ]]; then
    echo "Building the Java programs (a minute more the first time) ..."
    mkdir -p "$copy/clients/java/src"
    rm -rf "$copy"/{built,clients/java/src/main,*/src}
    cp -p "$root/clients/java/pom.xml" "$copy/clients/java/"
    cp -rp "$root/clients/java/src/main" "$copy/clients/java/src/"
    for name in "${!projects[@]}"; do
      mkdir -p "$copy/$name"
      cp -rp "${projects[$name]}"/{pom.xml,src} "$copy/$name/"
    done
    cp -p "$root/tests/clients/java-reactor.xml" "$copy/pom.xml"
    ln -sfn "$root/proto" "$copy/proto"
    from_registry "$copy/log" env MAVEN_OPTS="-XX:TieredStopAtLevel=1" \
      mvn -B -ntp -q -f "$copy/pom.xml" -Dmaven.repo.local="$root/build/maven" compile \
      org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -Dmdep.outputFile=target/classpath ||
      { cat "$copy/log" && exit 1; }
    touch "$copy/built"
  fi
  # shellcheck disable=SC2034
  classpath=$copy/$1/target/classes:$(cat "$copy/$1/target/classpath")
}
