#!/bin/sh
# Starts the benchmark with the Node of this archive: run [--quick] [--out DIR] [--allow-software] [--help]
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1
if [ "$(uname -s)" != Linux ]; then
  echo "This archive is for Linux; on $(uname -s), run npm run bench in a clone of augrad." >&2
  exit 1
fi
if [ "$(uname -m)" != x86_64 ]; then
  echo "This archive is for x86-64 processors, and this machine's is $(uname -m): run npm run bench in a clone of augrad." >&2
  exit 1
fi
if ! why=$("$here/bin/node" --version 2>&1); then
  echo "The archive's Node does not start here: $(echo "$why" | head -n 1)" >&2
  echo "It needs glibc 2.34 and libstdc++6 (Ubuntu 22.04, Debian 12, Fedora 35, RHEL 9 or later), and a file system that allows programs." >&2
  exit 1
fi
exec "$here/bin/node" "$here/app/main/index.mjs" "$@"
