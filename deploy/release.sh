#!/usr/bin/env bash
# Puts the release that stands in /srv/callcenter in the place of the one that works, while people work:
#
#     git -C /srv/callcenter checkout 1.1.0 && /srv/callcenter/deploy/install.sh
#
# ends with it. One release after the other: what lies between is not passed over.
# Each release has a folder of its own in /opt/callcenter; pages of the new one are answered beside the old one's before
# nginx turns to it, and the old one ends when nobody waits for it. What fails before that changes nothing for anybody but
# the tables, with which the old one works; cut short, it goes on from there when it is run again.
# `release.sh --back` turns to the release before, whose program works with the tables as they are by now.
set -euo pipefail

root=/srv/callcenter
etc=/etc/callcenter
opt=/opt/callcenter
export PYTHONDONTWRITEBYTECODE=1

say() { printf '\n== %s\n' "$*"; }
stop() { printf 'release.sh: %s\n' "$*" >&2; exit 1; }
runs_systemd() { [ -d /run/systemd/system ]; }
point() { ln -sfn "$2" "$opt/$1.new" && mv -T "$opt/$1.new" "$opt/$1"; }
manage() ( # as the application's user, in the folder of the release that is put in place
  cd "$folder"
  exec runuser -u callcenter -- "$(readlink -f .venv)/bin/python" manage.py "$@"
)
manage_as_owner() ( # as a user of its own: what the application's user runs may read it
  cd "$folder"
  set -a; . "$etc/owner"; set +a
  exec runuser -u callcenter-owner -- "$(readlink -f .venv)/bin/python" manage.py "$@"
)

[[ ${1:-} =~ ^(--back)?$ ]] || stop "release.sh, or release.sh --back"
[ "$(id -u)" = 0 ] || stop "run it as root"
[ -e "$etc/env" ] || stop "deploy/install.sh comes first"
exec 9> "$opt/.lock"
flock --nonblock 9 || stop "another one is at work"

knows_hands() { [ -e "$1/callcenter/management/commands/know_hand.py" ]; }
works_at() { sed -n 's/.*server 127.0.0.1:\([0-9]*\);.*/\1/p' "$etc/web.conf" 2>/dev/null; }
runs() { # unit: the folder of the release it was started in, whatever `current` says by now
  local pid
  pid=$(systemctl show -P MainPID "$1")
  [ "$pid" = 0 ] || basename "$(readlink "/proc/$pid/cwd")"
}
answers() { # port: as people ask, through no proxy
  "$folder/.venv/bin/python" -c 'import sys, httpx
told = {"Host": sys.argv[1], "X-Forwarded-Proto": "https"}
sys.exit(httpx.get(f"http://127.0.0.1:{sys.argv[2]}/livez", headers=told).status_code != 200)' "$name" "$1" 2>/dev/null
}
put_files() { # release: its units and its proxy's file
  install -m 0644 "$opt/$1"/deploy/systemd/callcenter* /etc/systemd/system/
  sed "s/@NAME@/$name/" "$opt/$1/deploy/nginx/callcenter.conf" > /etc/nginx/sites-available/callcenter
  ln -sf ../sites-available/callcenter /etc/nginx/sites-enabled/callcenter
  ! runs_systemd || systemctl daemon-reload
}
turn_to() { # port
  printf 'upstream callcenter_web { server 127.0.0.1:%s; }\n' "$1" > "$etc/web.conf"
  nginx -t -q
  systemctl reload-or-restart nginx
}

old=$(works_at || true)
working= # the release that answers people now
! runs_systemd || [ -z "$old" ] || working=$(runs "callcenter-web@$old")
if [ -n "$working" ]; then was=$working; else was=$(readlink "$opt/current" || true); fi
[ -d "$opt/$was/deploy" ] || was=
name=$(sed -n 's/^ALLOWED_HOSTS=\([^,]*\).*/\1/p' "$etc/env")
if [ "${1:-}" = --back ]; then
  release=$(readlink "$opt/before" || true)
  [ -d "$opt/$release/deploy" ] && [ "$release" != "$was" ] || stop "there is none before this one"
else
  say "The program and its packages"
  release=$("$root/deploy/build.sh")
fi
folder=$opt/$release

if [ "${1:-}" = --back ] && ! knows_hands "$folder" && knows_hands "$opt/$was"; then # its processes say no word
  (folder=$opt/$was; manage_as_owner know_hand --forget > /dev/null)
fi
if [ "${1:-}" != --back ]; then
  say "Tables and rights: the release that works goes on working with them"
  manage_as_owner migrate --verbosity 0
  manage_as_owner make_roles
  ! knows_hands "$opt/${was:-none}" || manage_as_owner know_hand > /dev/null # another key is known before it is used
fi
(cd "$folder" && .venv/bin/python manage.py collectstatic --noinput --verbosity 0)

go_back() { # whatever stopped it: people stay with the release that works, and so does what is started anew
  trap - EXIT
  [ -n "$was" ] || return 0
  point current "$was"
  put_files "$was"
  [ -z "$port" ] || systemctl stop "callcenter-web@$port"
  [ -z "$old" ] || turn_to "$old"
  echo "release.sh: $was goes on; only the tables are the new one's, and it works with them" >&2
}
port=
trap go_back EXIT
point current "$release"
put_files "$release"

if ! runs_systemd; then
  trap - EXIT
  echo "systemd does not run here: the units lie in /etc/systemd/system, nothing was started."
  exit 0
fi

if [ "$working" = "$release" ]; then
  turn_to "$old" # its proxy's file may be another
else
  [ "$old" = 8000 ] && port=8001 || port=8000
  say "Pages: from port ${old:-none} to $port"
  systemctl stop "callcenter-web@$port"
  systemctl start "callcenter-web@$port"
  for _ in $(seq 60); do answers "$port" && break; sleep 1; done
  answers "$port" || stop "its web server does not answer: journalctl -u callcenter-web@$port"
  systemctl enable --quiet "callcenter-web@$port"
  turn_to "$port"
fi
trap - EXIT
[ -z "$was" ] || [ "$was" = "$release" ] || point before "$was"

say "Boards, clock and work"
manage publish_flows --quiet
manage sync_schedule > /dev/null
others="callcenter-live callcenter-ticks callcenter-jobs callcenter-beat"
systemctl enable --quiet callcenter.target callcenter-backup.timer $others
systemctl is-enabled -q callcenter-switchboard 2>/dev/null && others="$others callcenter-switchboard"
for one in $others; do
  [ "$(runs "$one")" = "$release" ] || systemctl restart "$one"
done
systemctl start callcenter.target callcenter-backup.timer

works=${port:-$old}
[ "$works" = 8000 ] && other=8001 || other=8000
if systemctl is-active -q "callcenter-web@$other"; then
  say "Whoever still waits for the old one is answered"
  for _ in $(seq 120); do pgrep -f 'nginx: worker process is shutting down' > /dev/null || break; sleep 1; done
  systemctl stop "callcenter-web@$other"
fi
systemctl disable --quiet "callcenter-web@$other"
knows_hands "$folder" && manage_as_owner know_hand > /dev/null # none of the release before is at work by now

kept=" $(readlink "$opt/current") $(readlink "$opt/before" || true) "
for one in "$opt"/*/RELEASE; do
  one=$(basename "$(dirname "$one")")
  [[ $one == current || $one == before || $kept == *" $one "* ]] || rm -rf "${opt:?}/$one"
done
! systemctl is-active -q callcenter-training || systemctl restart callcenter-training # of what is taken away now
for packages in "$opt"/venv-*; do
  readlink "$opt"/*/.venv | grep -qx "../$(basename "$packages")" || rm -rf "$packages"
done
[ "$working" = "$release" ] && say "$release works already" || say "$release works"
