#!/usr/bin/env bash
# Installs the call centre on a bare Debian 13 or newer, with PostgreSQL, Valkey and nginx on the same machine:
#
#     git clone … /srv/callcenter && /srv/callcenter/deploy/install.sh centro.comteco.example
#
# and brings it up to the release that was checked out, while people work. Twice does no harm: what is there stays, secrets and
# certificate too, and nothing is started anew but what a release changes. It says each step, and stops at the first that
# fails.
set -euo pipefail

root=/srv/callcenter
etc=/etc/callcenter
opt=/opt/callcenter
name=${1:-$(sed -n 's/^ALLOWED_HOSTS=\([^,]*\).*/\1/p' "$etc/env" 2>/dev/null || true)}
home=/var/lib/callcenter
export DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1

say() { printf '\n== %s\n' "$*"; }
stop() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }
secret() { head -c 48 /dev/urandom | base64 | tr -d '\n=+/' | cut -c1-48; }
# put FILE MODE OWNER: writes what comes in; `changed` is empty where the same stood there.
put() {
  local fresh
  changed=
  fresh=$(mktemp "$1.XXXXXX")
  cat > "$fresh"
  if cmp -s "$fresh" "$1"; then rm "$fresh"; return; fi
  chown "$3" "$fresh"
  chmod "$2" "$fresh"
  mv "$fresh" "$1"
  changed=yes
}
runs_systemd() { [ -d /run/systemd/system ]; }

[[ $name =~ ^[a-z0-9.-]+$ ]] || stop "name the host people type: deploy/install.sh centro.comteco.example"
[ "$(id -u)" = 0 ] || stop "run it as root"
debian=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-99}" || true)
[[ $debian =~ ^debian\ ([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 13 ] || stop "Debian 13 or newer is needed: its nginx, Valkey and Python"
[ "$(cd "$(dirname "$0")/.." && pwd -P)" = "$root" ] || stop "the program lies in $root: clone it there"

say "Packages of Debian"
apt-get update -qq
apt-get install -y -qq --no-install-recommends \
  ca-certificates git logrotate make openssl python3 python3-venv postgresql postgresql-client valkey-server nginx \
  systemd-timesyncd >/dev/null
queue=valkey-server
queue_conf=/etc/valkey/valkey.conf
queue_user=valkey

say "User and folders"
id callcenter >/dev/null 2>&1 || useradd --system --home-dir "$home" --shell /usr/sbin/nologin callcenter
# Who changes tables and keeps copies: a taken page, of the other user, reads no secret of the owner and deletes no copy.
id callcenter-owner >/dev/null 2>&1 || useradd --system --gid callcenter --home-dir /nonexistent --shell /usr/sbin/nologin callcenter-owner
install -d -m 0755 "$etc" "$opt" "$opt/static"
install -d -m 0750 -o callcenter -g callcenter "$home"
install -d -m 0750 -o callcenter-owner -g callcenter /var/backups/callcenter
[ -e "$home/last-backup" ] || : > "$home/last-backup"
chown -R callcenter-owner:callcenter /var/backups/callcenter "$home/last-backup"

say "Logs"
install -d /etc/systemd/journald.conf.d
put /etc/systemd/journald.conf.d/callcenter.conf 0644 root: <<'CONF'
[Journal]
Storage=persistent
SystemMaxUse=2G
MaxRetentionSec=90day
CONF
[ -z "$changed" ] || ! runs_systemd || systemctl restart systemd-journald

say "Settings and secrets"
if [ ! -e "$etc/env" ]; then
  (
    umask 0177
    {
      echo "CALLCENTER_ENV=production"
      echo "CALLCENTER_HOME=$home"
      echo "SECRET_KEY=$(secret)"
      echo "FACTOR_KEYS=$(secret)"
      echo "STATIC_ROOT=$opt/static"
      echo "ALLOWED_HOSTS=$name"
      echo "PUBLIC_URL=https://$name"
      echo "DATABASE_URL=postgres://callcenter:$(secret)@127.0.0.1:5432/callcenter"
      echo "REDIS_URL=redis://callcenter:$(secret)@127.0.0.1:6379"
    } > "$etc/env"
  )
fi
chown root:callcenter "$etc/env"
chmod 0640 "$etc/env"
if [ ! -e "$etc/owner" ]; then # who owns the database: for what callcenter-manage gives it to, not for the application
  (umask 0177; echo "DATABASE_OWNER_URL=postgres://callcenter_owner:$(secret)@127.0.0.1:5432/callcenter" > "$etc/owner")
fi
if [ ! -e "$etc/queue-owner" ]; then # who may change what users of the queue may
  (umask 0177; secret > "$etc/queue-owner")
fi
cat > /usr/local/sbin/callcenter-manage <<'MANAGE'
#!/usr/bin/env bash
# manage.py as the application's user. What changes tables runs as another one, with who owns the database; restore, whose
# files are the application's, has both. What brings a site back is for one that is stopped.
set -euo pipefail
cd /opt/callcenter/current
user=callcenter
is_stopped() {
  ! systemctl is-active -q callcenter.target 2>/dev/null || { echo "$1: systemctl stop callcenter.target comes first" >&2; exit 1; }
}
case "${1:-}" in
  migrate | make_roles | know_hand) user=callcenter-owner ;;
  after_restore) is_stopped "$1"; user=callcenter-owner ;;
  backup) exec runuser -u callcenter-owner -- deploy/python manage.py "$@" ;;
  restore)
    [[ " $* " = *" --only-check "* ]] || is_stopped "$1" # which reads a copy, and no more
    [ ! -d "${2:-}" ] || { chgrp -R callcenter -- "$2" && chmod -R g+rX -- "$2"; } ;; # it was its keeper's alone
  *) exec runuser -u callcenter -- deploy/python manage.py "$@" ;;
esac
set -a; . /etc/callcenter/owner; set +a
exec runuser -u "$user" -- deploy/python manage.py "$@"
MANAGE
chmod 0755 /usr/local/sbin/callcenter-manage

say "PostgreSQL"
version=$(ls /etc/postgresql | sort -n | tail -1)
put "/etc/postgresql/$version/main/conf.d/callcenter.conf" 0644 postgres: <<'CONF'
# Its log quotes no row and no statement: no retention reaches there.
log_error_verbosity = terse
log_min_error_statement = panic
log_statement = none
log_min_duration_statement = -1
shared_preload_libraries = 'pg_stat_statements'  # slow ones are counted there, without their values
timezone = 'America/La_Paz'
CONF
if runs_systemd; then systemctl start postgresql; else pg_ctlcluster "$version" main start 2>/dev/null || true; fi
for _ in $(seq 60); do runuser -u postgres -- pg_isready -q && break; sleep 1; done
owner_password=$(sed -n 's#^DATABASE_OWNER_URL=postgres://[^:]*:\([^@]*\)@.*#\1#p' "$etc/owner")
as_postgres() { runuser -u postgres -- psql -qAt -v ON_ERROR_STOP=1 "$@"; }
if [ -n "$changed" ]; then # pg_stat_statements begins with the next start; nobody's click waits for one
  has_site=$(as_postgres -c "SELECT 1 FROM pg_database WHERE datname = 'callcenter'")
  if [ -n "$has_site" ] || ! runs_systemd; then as_postgres -c 'SELECT pg_reload_conf()' > /dev/null; else systemctl restart postgresql; fi
  for _ in $(seq 60); do runuser -u postgres -- pg_isready -q && break; sleep 1; done
fi
as_postgres -c 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements' # in its own database: a copy of ours needs none
if [ -z "$(as_postgres -c "SELECT 1 FROM pg_roles WHERE rolname = 'callcenter_owner'")" ]; then
  as_postgres <<< "CREATE ROLE callcenter_owner LOGIN CREATEROLE PASSWORD '$owner_password'"
fi
if [ -z "$(as_postgres -c "SELECT 1 FROM pg_database WHERE datname = 'callcenter'")" ]; then
  as_postgres -c "CREATE DATABASE callcenter OWNER callcenter_owner"
fi

say "The program and its packages"
release=$("$root/deploy/build.sh")

say "The queue"
users=$(dirname "$queue_conf")/users.acl
owner="user callcenter_owner on #$(tr -d '\n' < "$etc/queue-owner" | sha256sum | cut -d' ' -f1) ~* &* +@all"
ours=$(cd "$opt/$release" && .venv/bin/python manage.py queue_user --file)
others="user default off"
[ ! -e "$users" ] || others=$(grep -v '^user \(callcenter\|callcenter_owner\) ' "$users" || true)
put "$users" 0600 "$queue_user:$queue_user" <<< "$others"$'\n'"$owner"$'\n'"$ours"
if ! grep -q "^aclfile $users" "$queue_conf"; then
  printf '\n# -- the call centre\nappendonly yes\naclfile %s\n' "$users" >> "$queue_conf"
  ! runs_systemd || systemctl stop "$queue"
fi
if runs_systemd; then
  systemctl start "$queue"
elif ! pgrep -x "$queue" > /dev/null; then
  runuser -u "$queue_user" -- "/usr/bin/$queue" "$queue_conf" --daemonize yes >/dev/null
fi
takes_its_users() { REDISCLI_AUTH=$(cat "$etc/queue-owner") valkey-cli --user callcenter_owner ACL LOAD 2>&1 | grep -qx OK; }
if ! takes_its_users; then # in the server that runs: nobody's click waits for a restart
  sleep 2
  takes_its_users || ! runs_systemd || systemctl restart "$queue" # it began before its file named its owner
  takes_its_users || stop "the queue does not take its users: $users"
fi

say "Proxy"
if [ ! -e "$etc/tls/certificate.pem" ]; then # until the centre's own authority signs one
  install -d -m 0755 "$etc/tls"
  (umask 0177; openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
    -keyout "$etc/tls/key.pem" -out "$etc/tls/certificate.pem" 2>/dev/null)
  chmod 0644 "$etc/tls/certificate.pem"
fi
rm -f /etc/nginx/sites-enabled/default
for unit in postgresql@ nginx; do
  install -D -m 0644 "$root/deploy/systemd/comes-back.conf" "/etc/systemd/system/$unit.service.d/callcenter.conf"
done

"$root/deploy/release.sh"

say "How it stands"
callcenter-manage doctor || true
cat <<DONE

Next, twice (what gives power over others takes two):  callcenter-manage createsuperuser
Then https://$name/ and the first things in the admin: docs/operations.md
DONE
