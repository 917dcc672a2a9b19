#!/usr/bin/env bash
# Training beside an installed site: the same program on invented customers, at a port of its own, new each night.
#
#     deploy/training.sh [PORT]      # 8443; twice does no harm
#     deploy/training.sh --off       # takes it away again
#
# It has a user, servers and data of its own, and reaches neither the site's nor anything beyond this machine. Everybody
# signs in there with the demo's names and password, which stand on its sign-in page.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd -P)
etc=/etc/callcenter
site=/etc/nginx/sites-enabled/callcenter-training
units="callcenter-training.service callcenter-training-anew.service callcenter-training-anew.timer"

stop() { printf 'training.sh: %s\n' "$*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || stop "run it as root"
[ -d /run/systemd/system ] || stop "systemd does not run here"
name=$(sed -n 's/^ALLOWED_HOSTS=\([^,]*\).*/\1/p' "$etc/env" 2>/dev/null || true)
[ -n "$name" ] || stop "there is no site yet: deploy/install.sh comes first"

if [ "${1:-}" = --off ]; then
  systemctl disable --quiet --now callcenter-training-anew.timer callcenter-training.service 2>/dev/null || true
  for one in $units; do rm -f "/etc/systemd/system/$one"; done
  rm -f "$site" "$etc/training"
  rm -rf /var/lib/callcenter-training
  sed -i '/^TRAINING_URL=/d' "$etc/env"
  systemctl daemon-reload
  systemctl reload nginx
  echo "training.sh: it is gone; the pages stop showing the way to it when they are started anew"
  exit 0
fi

port=${1:-8443}
[[ $port =~ ^[0-9]{4,5}$ ]] || stop "name a port of four or five digits"
id callcenter-training > /dev/null 2>&1 ||
  useradd --system --home-dir /var/lib/callcenter-training --shell /usr/sbin/nologin callcenter-training
secret=$(sed -n 's/^SECRET_KEY=//p' "$etc/training" 2>/dev/null || true)
[ -n "$secret" ] || secret=$(head -c 48 /dev/urandom | base64 | tr -d '\n=+/' | cut -c1-48)
(
  umask 0077
  cat > "$etc/training" <<ENV
CALLCENTER_ENV=demo
TRAINING=yes
CALLCENTER_HOME=/var/lib/callcenter-training
SECRET_KEY=$secret
ALLOWED_HOSTS=$name
PUBLIC_URL=https://$name:$port
BEHIND_HTTPS=yes
DEMO_SWITCHBOARD=yes
REPORT_SOURCE_HOSTS=
ENV
)
for one in $units; do install -m 0644 "$here/systemd/$one" "/etc/systemd/system/$one"; done
sed "s/@NAME@/$name/; s/@PORT@/$port/" "$here/nginx/training.conf" > "$site"
nginx -t -q || { rm "$site"; stop "nginx does not take its file"; }
systemctl daemon-reload
systemctl enable --quiet --now callcenter-training-anew.timer
systemctl enable --quiet callcenter-training.service
systemctl restart callcenter-training.service
systemctl reload nginx
if ! grep -q "^TRAINING_URL=https://$name:$port/$" "$etc/env"; then
  sed -i '/^TRAINING_URL=/d' "$etc/env"
  echo "TRAINING_URL=https://$name:$port/" >> "$etc/env"
  echo "training.sh: agents' pages show the way to it once they are started anew (the next release, or systemctl restart 'callcenter-web@*')"
fi
echo "training.sh: in two minutes at https://$name:$port/; it begins anew each night at 3:30"
