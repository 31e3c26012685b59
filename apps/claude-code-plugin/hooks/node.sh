# shellcheck shell=sh
# Sets `node` to a Node that runs duolog, from the file `$runtime` or else from PATH; empty where there is
# none. For forwarder.sh and mcp.sh.

is_recent() { # a Node of at least 20.19
  version=$("$1" --version) || return 1
  version=${version#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  [ "$major" -gt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -ge 19 ]; }
}

# What runtime.json says of a key: it has one a line; a path that JSON escapes is as if it was not said.
# Another user's file, put in a directory that was open to them, would name their program; a FIFO would be
# waited for.
said() {
  if [ -f "$runtime" ] && [ -O "$runtime" ] && [ ! -h "$runtime" ]; then
    sed -n 's/^ *"'"$1"'": *"\([^"\\]*\)",\{0,1\}$/\1/p' "$runtime"
  fi
}

node=$(said node)
if [ ! -x "$node" ]; then
  node=$(command -v node) && is_recent "$node" || node=
fi
