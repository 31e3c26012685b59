#!/bin/sh
# Leaves the hook's payload (stdin) as a note in duolog's inbox and sees that a forwarder lives.
# Says nothing and exits 0 whatever happens: a hook's output goes into the model's context or on
# the screen. POSIX sh, for dash and for macOS's bash; runs two programs, cat and mv.
trap 'exit 0' EXIT
exec >/dev/null 2>&1
umask 077
set +u
# `>` makes a file, and follows no symlink.
set -C

# What a program started from here must not do: leave notes of its own.
if [ -n "$DUOLOG_NO_HOOKS" ]; then cat; exit 0; fi

. "${0%/*}/root.sh"
# A user without a home directory has no place for it.
case $root in /*) ;; *) cat; exit 0 ;; esac
inbox=$root/inbox

# Another's directory, or a link to one, gets nobody's prompts, and no inbox.
for dir in "$root" "$inbox"; do
  [ -e "$dir" ] || mkdir -p "$dir"
  if [ ! -d "$dir" ] || [ ! -O "$dir" ] || [ -h "$dir" ]; then cat; exit 0; fi
done

# What others put in a directory that was open to them is not read and not written to; a FIFO would
# be waited for.
is_ours() { [ -f "$1" ] && [ -O "$1" ] && [ ! -h "$1" ]; }

# Claude Code's directory, where it is not the usual one: only there are transcripts read. Told
# before the note, so that a forwarder that sees the one knows the other.
if [ -n "$CLAUDE_CONFIG_DIR" ]; then
  case $CLAUDE_CONFIG_DIR in /*) ;; *) CLAUDE_CONFIG_DIR=$(pwd -P)/$CLAUDE_CONFIG_DIR ;; esac
  dirs=$root/claude-dirs
  # Not `:`, at whose failed redirection dash ends.
  [ -e "$dirs" ] || printf '' >"$dirs"
fi
if [ -n "$CLAUDE_CONFIG_DIR" ] && is_ours "$dirs"; then
  known=
  seen=0
  end=
  # Without its end the last line is `dir` all the same.
  while IFS= read -r dir || { [ -n "$dir" ] && end='
'; }; do
    seen=$((seen + 1))
    [ "$seen" -gt 100 ] && break
    [ "$dir" = "$CLAUDE_CONFIG_DIR" ] && known=1 && break
  done <"$dirs"
  # Nobody has so many: the file is damaged, and begun anew.
  [ "$seen" -gt 100 ] && end= && printf '' >|"$dirs"
  [ -n "$known" ] || printf '%s%s\n' "$end" "$CLAUDE_CONFIG_DIR" >>"$dirs"
fi

# The note gets its name once it is whole.
is_taken() { [ -e "$1" ] || [ -h "$1" ]; }
n=0
while is_taken "$inbox/$$-$n.json" || is_taken "$inbox/.$$-$n"; do n=$((n + 1)); done
if cat >"$inbox/.$$-$n"; then
  mv "$inbox/.$$-$n" "$inbox/$$-$n.json"
else
  rm -f "$inbox/.$$-$n"
  cat
fi

# forwarder.pid: the process's id and, on Linux, its start in ticks (field 22 of its stat). There a
# file without ticks is a damaged one, whose id may be anybody's.
pid=
start=
is_ours "$root/forwarder.pid" && { read -r pid; read -r start; } <"$root/forwarder.pid"
case $pid in 0* | *[!0-9]*) pid= ;; esac
if [ -n "$pid" ] && kill -0 "$pid"; then
  [ -r "/proc/$pid/stat" ] || exit 0
  stat=
  read -r stat <"/proc/$pid/stat"
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  # Z: it is dead, and its parent has not asked.
  [ "$1" != Z ] && [ -n "$start" ] && [ "${20}" = "$start" ] && exit 0
fi

# A new session, so that it survives the end of Claude Code; an environment without keys.
if command -v setsid; then detach=setsid; else detach=nohup; fi
here=${0%/*}
case $here in /*) ;; *) here=$PWD/$here ;; esac
cd "$root" || exit 0
$detach env -i DUOLOG_NO_HOOKS=1 "HOME=$HOME" "PATH=$PATH" "DUOLOG_DATA_DIR=$root" \
  ${XDG_DATA_HOME:+"XDG_DATA_HOME=$XDG_DATA_HOME"} \
  ${CLAUDE_CONFIG_DIR:+"CLAUDE_CONFIG_DIR=$CLAUDE_CONFIG_DIR"} \
  ${DUOLOG_IDLE_MS:+"DUOLOG_IDLE_MS=$DUOLOG_IDLE_MS"} \
  ${TMPDIR:+"TMPDIR=$TMPDIR"} ${LANG:+"LANG=$LANG"} \
  sh "$here/forwarder.sh" </dev/null &
exit 0
