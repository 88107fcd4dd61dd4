#!/bin/sh
# Keeps the processes of one cluster running. Written for any POSIX sh; a few hundred kilobytes per shell, no second JVM.
#
#   supervisor.sh RUN LOGS supervise        starts a watcher for each RUN/NAME.command, and again when one is gone; bounds the logs
#   supervisor.sh RUN LOGS watch NAME       starts NAME, waits for its end, records it, starts it again
#   supervisor.sh RUN LOGS run NAME         becomes NAME
#
# Files in RUN, all of them small:
#
#   NAME.command     the process: one line `exec PROGRAM ARGUMENT...`. Who removes it ends the watch when the process has ended.
#   NAME.pid         pid and birth of the running process. Written by the process itself before it becomes NAME, so that no process is ever without one.
#   NAME.watcher     pid and birth of its watcher; supervisor.pid: of this supervisor
#   NAME.requested   why somebody is about to end the process: the next start comes at once, and the end counts as no failure
#   stopped          the cluster is to stand still: nothing is started while this exists
#
# A birth is the start time of a process as the kernel counts it. Together with the pid it names one process for good: a reused pid is never mistaken for it.
# Every end of a process is a line in LOGS/deaths.tsv: time, name, pid, seconds it ran, cause, milliseconds until it is started again, last line of its log.

set -u
run=$1 logs=$2 role=$3 name=${4-}

first_backoff_millis=500
largest_backoff_millis=30000
# A process that ran this long was healthy: its next failure counts as the first.
healthy_seconds=60
tick_seconds=10
# In blocks of 512 bytes: 16 MiB. A log and its predecessor stay below twice that, and what is written within a tick.
log_limit_blocks=32768

# birth PID: sets $birth; fails if there is no such process, or only the remains of one that nobody has waited for.
birth() {
  if [ -e /proc/self/stat ]; then
    { read -r stat < "/proc/$1/stat"; } 2> /dev/null || return 1
    # The command's name, in parentheses, may hold anything; what follows the last one is regular: state is the first field there, threads the eighteenth, start
    # time the twentieth. A process whose first thread is a zombie keeps its ports and files until its other threads have ended too.
    # shellcheck disable=SC2086
    set -- ${stat##*)}
    case $1 in X) return 1 ;; Z) [ "${18}" -gt 1 ] || return 1 ;; esac
    shift 19
    birth=$1
  else
    birth=$(ps -o lstart= -p "$1" | tr -s ' ' '-')
    [ -n "$birth" ]
  fi
}

# identify PID FILE: writes down who PID is, all at once.
identify() {
  birth "$1" || return 1
  echo "$1 $birth" > "$2.tmp" && mv "$2.tmp" "$2"
}

# alive FILE: whether the process written down there still runs.
alive() {
  { read -r alive_pid alive_birth < "$1"; } 2> /dev/null || return 1
  birth "$alive_pid" && [ "$birth" = "$alive_birth" ]
}

# say LEVEL MESSAGE: a line as the services write theirs.
say() {
  printf '%s %-5s %-12s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" supervisor "$2"
}

# Bounds each log by copying it aside and emptying it: its process has it open for appending, and goes on at the new end.
rotate() {
  find "$logs" -type f \( -name '*.log' -o -name '*.tsv' \) -size "+$log_limit_blocks" | while read -r log; do
    # On a full disk there is no copy: then the bound matters more than the old lines.
    { cp "$log" "$log.1.tmp" && mv "$log.1.tmp" "$log.1"; } || rm -f "$log.1.tmp"
    : > "$log"
  done
}

supervise() {
  trap 'kill "$sleeper" 2> /dev/null; rm -f "$run/supervisor.pid"; exit 0' TERM INT
  trap '' HUP
  # Somebody changed the files: look at once.
  trap ':' USR1
  sleeper=
  identify $$ "$run/supervisor.pid"
  while [ ! -e "$run/stopped" ]; do
    for command in "$run"/*.command; do
      [ -e "$command" ] || continue
      watched=${command##*/} watched=${watched%.command}
      alive "$run/$watched.watcher" && continue
      sh "$0" "$run" "$logs" watch "$watched" &
      identify $! "$run/$watched.watcher"
    done
    rotate
    # Marks the build as in use, so that no newer one clears it away.
    [ -z "${MYRIAD_BUILD-}" ] || : > "$MYRIAD_BUILD/used"
    sleep "$tick_seconds" &
    sleeper=$!
    wait "$sleeper"
    kill "$sleeper" 2> /dev/null
  done
  rm -f "$run/supervisor.pid"
}

watch() {
  trap 'kill "$sleeper" 2> /dev/null; exit 0' TERM INT
  trap '' HUP
  sleeper=
  log=$logs/$name.log
  backoff_millis=$first_backoff_millis
  # Started by an earlier watcher that is gone: not our child, so its end can only be seen, not waited for.
  adopted=false
  [ ! -e "$run/$name.pid" ] || adopted=true
  while [ ! -e "$run/stopped" ] && [ -e "$run/$name.command" ]; do
    start_seconds=$(date +%s)
    if "$adopted"; then
      adopted=false
      while alive "$run/$name.pid"; do
        sleep 1 &
        sleeper=$!
        wait "$sleeper"
      done
      pid=$alive_pid
      cause='unknown: ended while its watcher was gone'
    else
      sh "$0" "$run" "$logs" run "$name" >> "$log" 2>&1 < /dev/null &
      pid=$!
      wait "$pid"
      cause=$(cause $?)
    fi
    # Its end was asked for, for good.
    { [ ! -e "$run/stopped" ] && [ -e "$run/$name.command" ]; } || break
    ran_seconds=$(($(date +%s) - start_seconds))
    [ "$ran_seconds" -lt "$healthy_seconds" ] || backoff_millis=$first_backoff_millis
    wait_millis=$backoff_millis
    level=ERROR
    if [ -e "$run/$name.requested" ]; then
      read -r cause < "$run/$name.requested"
      rm -f "$run/$name.requested"
      wait_millis=0 level=INFO
    fi
    last=$(tail -n 20 "$log" | grep -v '^[[:space:]]' | grep -v '^$' | tail -n 1 | tr '\t' ' ')
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$name" "$pid" "$ran_seconds" "$cause" "$wait_millis" "$last" >> "$logs/deaths.tsv"
    say "$level" "$name (pid $pid) ended after $ran_seconds s: $cause; starting it again in $wait_millis ms" >> "$log"
    [ "$wait_millis" -gt 0 ] || continue
    sleep "$(seconds "$wait_millis")" &
    sleeper=$!
    wait "$sleeper"
    backoff_millis=$((backoff_millis * 2))
    [ "$backoff_millis" -le "$largest_backoff_millis" ] || backoff_millis=$largest_backoff_millis
  done
}

# cause STATUS: how a process ended, from what wait said.
cause() {
  if [ "$1" -gt 128 ]; then
    echo "killed by signal $(kill -l $(($1 - 128)))"
  else
    echo "exit code $1"
  fi
}

# seconds MILLIS: 1500 is 1.500
seconds() {
  printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
}

become() {
  identify $$ "$run/$name.pid" || exit 1
  # Looked at after the pid is written: whoever stops the cluster writes 'stopped' first and reads pids then, so that one of the two sees the other.
  [ ! -e "$run/stopped" ] || exit 0
  # shellcheck disable=SC1090
  . "$run/$name.command"
}

case $role in
  supervise) supervise ;;
  watch) watch ;;
  run) become ;;
esac
