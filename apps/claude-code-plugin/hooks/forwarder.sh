#!/bin/sh
# Finds a Node that runs the forwarder and becomes it. Started by note.sh, in the data directory.
umask 077
runtime=runtime.json
. "${0%/*}/node.sh"
[ -n "$node" ] || exit 0
exec "$node" "${0%/*}/../dist/forwarder.js"
