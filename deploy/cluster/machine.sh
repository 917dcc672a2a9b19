#!/usr/bin/env bash
# Puts the release that stands in /srv/callcenter to work on one machine of many, as root on Debian 13 or newer:
#
#     git clone … /srv/callcenter, write /etc/callcenter/env, then
#     /srv/callcenter/deploy/cluster/machine.sh tables              on one, before all others: what /etc/callcenter/owner owns
#     /srv/callcenter/deploy/cluster/machine.sh web 10.0.0.21       pages and boards, answered at that address
#     /srv/callcenter/deploy/cluster/machine.sh work [switchboard]  clock, ticks and jobs, and the link where there is one
#
# Again, after `git checkout` of the next release, in the same order and one machine after the other, it brings them to the new release: what is
# asked of a machine is answered, and the others answer meanwhile. Twice starts nothing anew.
set -euo pipefail

root=/srv/callcenter
etc=/etc/callcenter
opt=/opt/callcenter
home=/var/lib/callcenter
export DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1

say() { printf '\n== %s\n' "$*"; }
stop() { printf 'machine.sh: %s\n' "$*" >&2; exit 1; }

address=127.0.0.1
case "$#/${1:-}/${2:-}" in
  2/web/*) [[ $2 =~ ^[0-9a-fA-F.:]+$ ]] || stop "web, and the address at which the machines in front reach it"
    address=$2 units="callcenter-web@8000 callcenter-live" ;;
  1/tables/) units= ;;
  1/work/) units="callcenter-ticks callcenter-jobs callcenter-beat" ;;
  2/work/switchboard) units="callcenter-ticks callcenter-jobs callcenter-beat callcenter-switchboard" ;;
  *) stop "machine.sh tables, machine.sh web ADDRESS, or machine.sh work [switchboard]" ;;
esac
[ "$(id -u)" = 0 ] || stop "run it as root"
[ "$(cd "$(dirname "$0")/../.." && pwd -P)" = "$root" ] || stop "the program lies in $root: clone it there"
[ -e "$etc/env" ] || stop "$etc/env comes first, the same on every machine: docs/many-machines.md"
[ "$1" != tables ] || [ -e "$etc/owner" ] || stop "$etc/owner comes first: DATABASE_OWNER_URL=…, DATABASE_POOLER_URL=…"
[ -z "$(systemctl list-unit-files --no-legend callcenter.target)" ] || stop "install.sh made a whole site of this machine"

say "Packages of Debian, user and folders"
apt-get update -qq
apt-get install -y -qq --no-install-recommends ca-certificates git make python3 python3-venv systemd-timesyncd >/dev/null
id callcenter >/dev/null 2>&1 || useradd --system --home-dir "$home" --shell /usr/sbin/nologin callcenter
install -d -m 0755 "$opt" "$opt/static"
install -d -m 0750 -o callcenter -g callcenter "$home"
chown root:callcenter "$etc/env"
chmod 0640 "$etc/env"
install -m 0644 "$root/deploy/cluster/sysctl.conf" /etc/sysctl.d/callcenter.conf
sysctl -q -p /etc/sysctl.d/callcenter.conf

say "The program and its packages"
release=$("$root/deploy/build.sh")
if [ "$1" = tables ]; then # the release that works goes on working with them
  say "Tables and rights"
  id callcenter-owner >/dev/null 2>&1 || useradd --system --gid callcenter --home-dir /nonexistent --shell /usr/sbin/nologin callcenter-owner
  chown root: "$etc/owner"
  chmod 0600 "$etc/owner"
  cd "$opt/$release"
  (
    set -a; . "$etc/owner"; set +a
    for command in "migrate --verbosity 0" make_roles know_hand; do
      # shellcheck disable=SC2086  # a command and what it is told
      runuser -u callcenter-owner -- deploy/python manage.py $command
    done
  )
  for command in "publish_flows --quiet" sync_schedule; do
    # shellcheck disable=SC2086
    runuser -u callcenter -- deploy/python manage.py $command > /dev/null
  done
  say "The tables are those of $release"
  exit 0
fi
cd "$opt/$release" # what fails here changes nothing for anybody
if [ "$1" = web ]; then deploy/python manage.py collectstatic --noinput --verbosity 0; else deploy/python manage.py check; fi
ln -sfn "$release" "$opt/current.new" && mv -T "$opt/current.new" "$opt/current"
cat > /usr/local/sbin/callcenter-manage <<'MANAGE'
#!/bin/sh
# manage.py as the application's user, who owns no table.
cd /opt/callcenter/current && exec runuser -u callcenter -- deploy/python manage.py "$@"
MANAGE
chmod 0755 /usr/local/sbin/callcenter-manage

say "What works here"
for unit in $units; do
  name=${unit/@*/@}.service
  sed "s/--host 127.0.0.1/--host $address/; s/^PartOf=.*//; s/WantedBy=.*/WantedBy=multi-user.target/" \
    "$opt/current/deploy/systemd/$name" > "/etc/systemd/system/$name"
done
systemctl daemon-reload
for unit in $units; do
  systemctl enable --quiet "$unit"
  pid=$(systemctl show -P MainPID "$unit")
  [ "$pid" != 0 ] && [ "$(readlink "/proc/$pid/cwd")" = "$opt/$release" ] || systemctl restart "$unit"
done
if [ "$1" = web ]; then
  [[ $address != *:* ]] || address="[$address]"
  answers() { # as the machines in front ask
    "$opt/current/.venv/bin/python" -c 'import sys, httpx
told = {"Host": sys.argv[1], "X-Forwarded-Proto": "https"}
sys.exit(httpx.get(f"http://{sys.argv[2]}:8000/livez", headers=told).status_code != 200)' \
      "$(sed -n 's/^ALLOWED_HOSTS=\([^,]*\).*/\1/p' "$etc/env")" "$address" 2> /dev/null
  }
  for _ in $(seq 60); do answers && break; sleep 1; done
  answers || stop "its pages do not answer: journalctl -u callcenter-web@8000"
fi
for one in "$opt"/*/RELEASE; do # but for one that still works here, of the other trade
  one=$(basename "$(dirname "$one")")
  [ "$one" = current ] || [ "$one" = "$release" ] || [[ " $(readlink /proc/[0-9]*/cwd | tr '\n' ' ')" == *" $opt/$one "* ]] || rm -rf "${opt:?}/$one"
done
for packages in "$opt"/venv-*; do
  readlink "$opt"/*/.venv | grep -qx "../$(basename "$packages")" || rm -rf "$packages"
done
say "$release works"
