#!/bin/sh
# duolog's MCP server: says what it has, and becomes the command, for which runtime.json names Node, once
# it is asked for more. Where there is none yet, or it is not this user's, a server without tools: one that
# fails would be told as an error at each start.
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
nl='
'
answer() {
  printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"
}

# The command, which hears what was said and answered here, and then `$1`, which was not.
become() {
  DUOLOG_DATA_DIR=$root DUOLOG_MCP_HEARD=$heard DUOLOG_MCP_NEXT=$1
  export DUOLOG_DATA_DIR DUOLOG_MCP_HEARD DUOLOG_MCP_NEXT
  exec "$node" "$cli" mcp --agent claude-code
}

heard=
initialize='{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"duolog","version":"0"}}'
tools=
if [ -n "$node" ] && [ -f "$cli" ]; then
  known=${cli%/*}/../dist
  # With settings of one's own the command says what they leave.
  if [ -e "$root/config.json" ] || [ ! -r "$known/mcpInitialize.json" ] || [ ! -r "$known/mcpTools.json" ]; then
    become ''
  fi
  # Claude Code waits for these answers at each start, and most sessions ask for nothing more.
  IFS= read -r initialize <"$known/mcpInitialize.json"
  IFS= read -r tools <"$known/mcpTools.json"
fi

while IFS= read -r line; do
  id=${line#*\"id\":}
  id=${id%%[,\}]*}
  case $id in
  \"*\") ;;
  '' | *[!0-9]*) id= ;;
  esac
  case $line in
  *'"method":"tools/call"'*) ;;
  *'"method":"initialize"'*)
    case $line in
    *'"protocolVersion":"2025-11-25"'*)
      answer "\"result\":$initialize"
      heard=$line
      continue
      ;;
    esac
    ;;
  *'"method":"notifications/initialized"'*)
    heard=$heard$nl$line
    continue
    ;;
  *'"method":"notifications/cancelled"'*) continue ;;
  *'"method":"server/discover"'*)
    answer '"error":{"code":-32601,"message":"Method not found"}'
    continue
    ;;
  *'"method":"ping"'*)
    answer '"result":{}'
    continue
    ;;
  *'"method":"tools/list"'*)
    if [ -n "$tools" ]; then
      answer "\"result\":$tools"
      continue
    fi
    ;;
  esac
  if [ -n "$tools" ] && [ "${#line}" -lt 60000 ]; then become "$line"; fi
  [ -z "$id" ] || answer '"error":{"code":-32601,"message":"duolog can not answer this"}'
done
