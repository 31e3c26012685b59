#!/bin/sh
# Becomes duolog's MCP server, for which runtime.json names Node and the command; where that is not there
# yet, or not this user's, a server without tools: one that fails would be told as an error at each start.
umask 077
here=${0%/*}
. "$here/root.sh"
runtime=$root/runtime.json
node=
cli=
if [ -d "$root" ] && [ -O "$root" ] && [ ! -h "$root" ]; then
  . "$here/node.sh"
  cli=$(said cli)
fi
if [ -n "$node" ] && [ -f "$cli" ]; then
  DUOLOG_DATA_DIR=$root
  export DUOLOG_DATA_DIR
  exec "$node" "$cli" mcp --agent claude-code
fi

answer() {
  printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"
}

while IFS= read -r line; do
  id=$(printf '%s\n' "$line" | sed -n \
    -e 's/^.*"id" *: *\("[^"\\]*"\).*$/\1/p' -e t -e 's/^.*"id" *: *\([0-9]\{1,15\}\).*$/\1/p')
  [ -n "$id" ] || continue
  case $line in
  *'"method":"initialize"'*)
    answer '"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"duolog","version":"0"}}'
    ;;
  *'"method":"ping"'*) answer '"result":{}' ;;
  *) answer '"error":{"code":-32601,"message":"duolog was not started yet"}' ;;
  esac
done
