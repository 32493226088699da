#!/bin/sh
# Compiles packages/kernel/objects/*.bpf.c to the objects that are committed beside them.
# Needs clang and llvm-strip 14 or newer (Debian: apt-get install clang-14 llvm-14); nobody needs them to run or test.
# With --check it changes nothing and fails when an object differs from what its source gives with this compiler.
set -eu
cd "$(dirname "$0")/../packages/kernel/objects"

tool() {
  for name in "$1-14" "$1"; do
    if command -v "$name" >/dev/null; then
      echo "$name"
      return
    fi
  done
  echo "build objects: $1 is not installed; apt-get install clang-14 llvm-14" >&2
  exit 1
}
clang=$(tool clang)
strip=$(tool llvm-strip)

out=.
if [ "${1-}" = --check ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
fi

for source in *.bpf.c; do
  object=$out/${source%.c}.o
  # Line information stays, in BTF; no path of this machine does.
  "$clang" -g -O2 -target bpf -Wall -Wno-unused-function -fdebug-compilation-dir=. -c "$source" -o "$object"
  "$strip" --strip-debug "$object"
  if [ "$out" != . ] && ! cmp -s "$object" "${source%.c}.o"; then
    echo "build objects: ${source%.c}.o is stale; run scripts/build-objects.sh" >&2
    exit 1
  fi
done
