#!/usr/bin/env bash
# Brings the centre up in containers, or up to the release that was checked out: images, secrets (once), tables, all processes.
# Without a click that fails only deploy/release.sh upgrades.
#
#     deploy/container/up.sh centro.comteco.example      # podman and podman-compose, or ENGINE=docker COMPOSE="docker compose"
set -euo pipefail
cd "$(dirname "$0")/../.."
engine=${ENGINE:-podman}
read -ra compose <<< "${COMPOSE:-podman-compose}"
here=$PWD/deploy/container
site=$here/site
name=${1:-$(cat "$site/name" 2>/dev/null || true)}
say() { printf '\n== %s\n' "$*"; }
stop() { printf 'up.sh: %s\n' "$*" >&2; exit 1; }
secret() { head -c 48 /dev/urandom | base64 | tr -d '\n=+/' | cut -c1-48; }
[[ $name =~ ^[a-z0-9.-]+$ ]] || stop "name the host people type: deploy/container/up.sh centro.comteco.example"
command -v "$engine" > /dev/null || stop "$engine is not here"

say "Images"
release=$(git describe --tags --always)
"$engine" build -q -f $here/Containerfile --target servers -t callcenter-servers .
"$engine" build -q -f $here/Containerfile --target program --build-arg "RELEASE=$release" -t callcenter-program .

say "Secrets"
mkdir -p -m 0700 "$site"
umask 0177
echo "$name" > "$site/name"
if [ ! -e "$site/env" ]; then
  cat > "$site/env" <<ENV
CALLCENTER_ENV=production
SECRET_KEY=$(secret)
FACTOR_KEYS=$(secret)
ALLOWED_HOSTS=$name
PUBLIC_URL=https://$name
DATABASE_URL=postgres://callcenter:$(secret)@127.0.0.1:5432/callcenter
REDIS_URL=redis://callcenter:$(secret)@127.0.0.1:6379
ENV
  echo "DATABASE_OWNER_URL=postgres://callcenter_owner:$(secret)@127.0.0.1:5432/callcenter" > "$site/owner"
fi
umask 0022
"$engine" run --rm --network none --env-file "$site/env" callcenter-program manage.py queue_user --file > "$site/queue-user"
chmod 0644 "$site/name" "$site/queue-user" # read inside by whoever starts there

of() { "$engine" ps -aq --filter label=com.docker.compose.project=callcenter --filter "label=com.docker.compose.service=$1"; }
end() { of "$1" | xargs -r "$engine" stop -t 60 > /dev/null; of "$1" | xargs -r "$engine" rm --force > /dev/null; }
processes=(web live ticks jobs beat) profile=()
[ -z "$(of switchboard)" ] || { processes+=(switchboard); profile=(--profile switchboard); } # one that was started is started again

say "Servers"
servers=$("$engine" image inspect -f '{{.Id}}' callcenter-servers)
for one in queue database proxy; do # of an image that changed they are made anew; what they keep lies in volumes
  old=$(of "$one" | xargs -r "$engine" inspect -f '{{.Image}}')
  [ -z "$old" ] || [ "$old" = "$servers" ] || end "$one"
done
"${compose[@]}" -p callcenter -f $here/compose.yaml up -d net proxy database queue

say "Tables, rights, styles"
manage() { "${compose[@]}" -p callcenter -f $here/compose.yaml --profile manage run --rm manage manage.py "$@"; }
for _ in $(seq 10); do manage migrate --verbosity 0 && has_tables=yes && break; sleep 2; done # the servers begin meanwhile
[ -n "${has_tables:-}" ] || stop "the tables could not be made: why stands above. Nothing that worked was touched."
manage make_roles
manage publish_flows --quiet
manage sync_schedule > /dev/null
manage collectstatic --noinput --verbosity 0

say "Processes: for some seconds clicks fail where others worked before"
for one in "${processes[@]}"; do # each of the new image before the next one ends: pages are away for as long as they take to begin
  end "$one"
  "${compose[@]}" -p callcenter -f $here/compose.yaml "${profile[@]}" up -d "$one"
done
manage know_hand > /dev/null # none of the release before is at work by now
