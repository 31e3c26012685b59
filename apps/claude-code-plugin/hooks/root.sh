# shellcheck shell=sh
# Sets `root`, duolog's data directory as Node finds it (packages/client/src/local/data/paths.ts); it does
# not begin with a slash where a user without a home directory has no place for it. For note.sh and mcp.sh.
case $HOME in /*) ;; *) eval "HOME=~$(id -un)" ;; esac
case $XDG_DATA_HOME in /*) ;; *) XDG_DATA_HOME= ;; esac
if [ -n "$DUOLOG_DATA_DIR" ]; then
  root=$DUOLOG_DATA_DIR
  case $root in /*) ;; *) root=$(pwd -P)/$root ;; esac
elif [ -n "$XDG_DATA_HOME" ]; then
  root=$XDG_DATA_HOME/duolog
elif [ -e /System/Library/CoreServices/SystemVersion.plist ]; then
  root="$HOME/Library/Application Support/duolog"
else
  root=$HOME/.local/share/duolog
fi
# As Node reads a path: `..` before any link is followed. Of one that ends with a slash, `-h` would
# ask the link's target.
case $root in
/*)
  case $root/ in
  */../* | */./* | *//*)
    rest=$root/
    root=
    while [ -n "$rest" ]; do
      name=${rest%%/*}
      rest=${rest#*/}
      case $name in '' | .) ;; ..) root=${root%/*} ;; *) root=$root/$name ;; esac
    done
    ;;
  esac
  ;;
esac
