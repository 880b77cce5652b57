#!/usr/bin/env bash
# A temporary PostgreSQL for tests and benchmarks, on a unix socket in a folder of its own.
#
#   tests/postgres.sh start FOLDER [SETTING=VALUE ...]   makes the cluster when it is not there, prints its URL
#   tests/postgres.sh stop FOLDER [fast|immediate]       `immediate` is a crash
#
# Tests need no disk that survives a power cut, so fsync is off unless a setting says otherwise. PostgreSQL refuses
# root: as root it runs as `postgres`, or `nobody` where there is no such user.
set -euo pipefail

as() {
  if [ "$(id -u)" -ne 0 ]; then "$@"; return; fi
  local user=nobody
  if id postgres >/dev/null 2>&1; then user=postgres; fi
  (cd / && runuser -u "$user" -- "$@")
}

bin() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
  if [ -z "$found" ]; then found=$(pg_config --bindir); fi
  if [ ! -x "$found/initdb" ]; then echo "initdb was not found: install the package postgresql" >&2; exit 2; fi
  echo "$found"
}

what=$1
folder=$2
shift 2
case $what in
  start)
    settings=(-c listen_addresses= -c "unix_socket_directories=$folder" -c max_connections=200 -c fsync=off)
    for setting in "$@"; do settings+=(-c "$setting"); done
    if [ ! -d "$folder/data" ]; then
      mkdir -p "$folder"
      if [ "$(id -u)" -eq 0 ]; then chown "$(as id -u):$(as id -g)" "$folder"; fi
      as "$(bin)/initdb" --no-sync -A trust -U postgres -E UTF8 --locale=C -D "$folder/data" >/dev/null
    fi
    as "$(bin)/pg_ctl" -w -s -D "$folder/data" -l "$folder/log" -o "${settings[*]}" start
    echo "postgres:///postgres?host=$folder&user=postgres"
    ;;
  stop)
    as "$(bin)/pg_ctl" -w -s -D "$folder/data" -m "${1:-fast}" stop
    ;;
  *)
    echo "start or stop, not $what" >&2
    exit 2
    ;;
esac
