#!/usr/bin/env bash
# Installs the call centre on a bare Debian 12 or newer, with PostgreSQL, Valkey (or Redis) and nginx on the same machine:
#
#     git clone … /srv/callcenter && /srv/callcenter/deploy/install.sh centro.comteco.example
#
# Twice does no harm: what is there stays, secrets and certificate too; what a release brings is put in place, and only
# what it changes is started anew. It says each step, and stops at the first that fails.
set -euo pipefail

name=${1:-}
root=/srv/callcenter
etc=/etc/callcenter
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
command -v apt-get >/dev/null || stop "this is not Debian"
[ "$(cd "$(dirname "$0")/.." && pwd -P)" = "$root" ] || stop "the program lies in $root: clone it there"

say "Packages of Debian"
apt-get update -qq
queue=redis-server
apt-cache show valkey-server >/dev/null 2>&1 && queue=valkey-server
apt-get install -y -qq --no-install-recommends \
  ca-certificates make openssl python3 python3-venv postgresql postgresql-client "$queue" nginx >/dev/null
queue_conf=/etc/${queue%-server}/${queue%-server}.conf
queue_user=${queue%-server}

say "User and folders"
id callcenter >/dev/null 2>&1 || useradd --system --home-dir "$home" --shell /usr/sbin/nologin callcenter
install -d -m 0755 "$etc"
install -d -m 0750 -o callcenter -g callcenter "$home" /var/backups/callcenter

say "The program's packages"
make --no-print-directory -C "$root" .venv/runs
(cd "$root" && .venv/bin/python -m callcenter.catalogues)

say "Settings and secrets"
if [ ! -e "$root/.env" ]; then
  (
    umask 0177
    {
      echo "CALLCENTER_ENV=production"
      echo "CALLCENTER_HOME=$home"
      echo "SECRET_KEY=$(secret)"
      echo "FACTOR_KEYS=$(secret)"
      echo "ALLOWED_HOSTS=$name"
      echo "PUBLIC_URL=https://$name"
      echo "DATABASE_URL=postgres://callcenter:$(secret)@127.0.0.1:5432/callcenter"
      echo "REDIS_URL=redis://callcenter:$(secret)@127.0.0.1:6379"
    } > "$root/.env"
  )
fi
chown root:callcenter "$root/.env"
chmod 0640 "$root/.env"
if [ ! -e "$etc/owner" ]; then # who owns the database: for migrate, make_roles and restore, not for the application
  (umask 0177; echo "DATABASE_OWNER_URL=postgres://callcenter_owner:$(secret)@127.0.0.1:5432/callcenter" > "$etc/owner")
fi
cat > /usr/local/sbin/callcenter-manage <<'MANAGE'
#!/usr/bin/env bash
# manage.py as the application's user; for root also with who owns the database, which migrate and restore need.
set -euo pipefail
cd /srv/callcenter
set -a; . /etc/callcenter/owner; set +a
exec runuser -u callcenter -- .venv/bin/python manage.py "$@"
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
timezone = 'America/La_Paz'
CONF
if runs_systemd; then systemctl start postgresql; else pg_ctlcluster "$version" main start 2>/dev/null || true; fi
for _ in $(seq 60); do runuser -u postgres -- pg_isready -q && break; sleep 1; done
owner_password=$(sed -n 's#^DATABASE_OWNER_URL=postgres://[^:]*:\([^@]*\)@.*#\1#p' "$etc/owner")
as_postgres() { runuser -u postgres -- psql -qAt -v ON_ERROR_STOP=1 "$@"; }
as_postgres -c 'SELECT pg_reload_conf()' > /dev/null # nothing in that file asks for a restart
if [ -z "$(as_postgres -c "SELECT 1 FROM pg_roles WHERE rolname = 'callcenter_owner'")" ]; then
  as_postgres <<< "CREATE ROLE callcenter_owner LOGIN CREATEROLE PASSWORD '$owner_password'"
fi
if [ -z "$(as_postgres -c "SELECT 1 FROM pg_database WHERE datname = 'callcenter'")" ]; then
  as_postgres -c "CREATE DATABASE callcenter OWNER callcenter_owner"
fi

say "The queue"
users=$(dirname "$queue_conf")/users.acl
others="user default off"
[ ! -e "$users" ] || others=$(grep -v '^user callcenter ' "$users" || true)
ours=$(callcenter-manage queue_user --file)
put "$users" 0600 "$queue_user:$queue_user" <<< "$others"$'\n'"$ours"
if ! grep -q "^aclfile $users" "$queue_conf"; then
  printf '\n# -- the call centre\nappendonly yes\naclfile %s\n' "$users" >> "$queue_conf"
  changed=yes
fi
if runs_systemd; then
  systemctl "${changed:+re}start" "$queue"
elif [ -n "$changed" ] || ! pgrep -x "$queue" >/dev/null; then
  pkill -x "$queue" || true
  runuser -u "$queue_user" -- "/usr/bin/$queue" "$queue_conf" --daemonize yes >/dev/null
fi

say "Tables, rights, flows, clock"
callcenter-manage migrate --verbosity 0
callcenter-manage make_roles
callcenter-manage publish_flows --quiet
callcenter-manage sync_schedule > /dev/null
(cd "$root" && .venv/bin/python manage.py collectstatic --noinput --verbosity 0)

say "Proxy"
if [ ! -e "$etc/tls/certificate.pem" ]; then # until the centre's own authority signs one
  install -d -m 0755 "$etc/tls"
  (umask 0177; openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
    -keyout "$etc/tls/key.pem" -out "$etc/tls/certificate.pem" 2>/dev/null)
  chmod 0644 "$etc/tls/certificate.pem"
fi
sed "s/@NAME@/$name/" "$root/deploy/nginx/callcenter.conf" > /etc/nginx/sites-available/callcenter
ln -sf ../sites-available/callcenter /etc/nginx/sites-enabled/callcenter
rm -f /etc/nginx/sites-enabled/default
nginx -t -q
if runs_systemd; then systemctl reload-or-restart nginx; else nginx -s reload 2>/dev/null || nginx; fi

say "Processes"
install -m 0644 "$root"/deploy/systemd/callcenter* /etc/systemd/system/
for unit in postgresql@ nginx; do
  install -D -m 0644 "$root/deploy/systemd/comes-back.conf" "/etc/systemd/system/$unit.service.d/callcenter.conf"
done
if runs_systemd; then
  systemctl daemon-reload
  systemctl enable --quiet callcenter.target callcenter-backup.timer \
    callcenter-web callcenter-live callcenter-ticks callcenter-jobs callcenter-beat
  systemctl restart callcenter-web callcenter-live callcenter-ticks callcenter-jobs callcenter-beat
  systemctl start callcenter.target callcenter-backup.timer
  answers() { "$root/.venv/bin/python" -c 'import sys, httpx
told = {"Host": sys.argv[1], "X-Forwarded-Proto": "https"}
sys.exit(httpx.get("http://127.0.0.1:8000/livez", headers=told).status_code != 200)' "$name" 2>/dev/null; }
  for _ in $(seq 60); do answers && break; sleep 1; done
  answers || stop "the web server does not answer: journalctl -u callcenter-web"
else
  echo "systemd does not run here: the units lie in /etc/systemd/system, nothing was started."
fi

say "How it stands"
callcenter-manage doctor || true
cat <<DONE

Next, twice (what gives power over others takes two):  callcenter-manage createsuperuser
Then https://$name/ and the first things in the admin: docs/operations.md
DONE
