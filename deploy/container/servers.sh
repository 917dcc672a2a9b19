#!/usr/bin/env bash
# database, queue, proxy or net: one server in the foreground, as deploy/install.sh sets it up on a machine of its own.
set -euo pipefail
secret_of() { sed -n "s#^$1=[a-z]*://[^:]*:\([^@]*\)@.*#\1#p" /run/callcenter/secrets; }

case ${1:-} in
  net) exec sleep infinity ;;
  database)
    programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
    data=/var/lib/postgresql/data
    as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
    install -d -m 0700 -o postgres -g postgres "$data"
    if [ ! -e "$data/PG_VERSION" ]; then
      as_postgres "$programs/initdb" -D "$data" --auth-local=peer --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 > /dev/null
    fi
    settings=(-c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp -c timezone=America/La_Paz
      -c log_error_verbosity=terse -c log_min_error_statement=panic -c log_statement=none -c log_min_duration_statement=-1
      -c shared_preload_libraries=pg_stat_statements)
    as_postgres "$programs/pg_ctl" -D "$data" -w -o "-c listen_addresses='' -c unix_socket_directories=/tmp" start > /dev/null
    ask() { as_postgres psql -h /tmp -qAt -v ON_ERROR_STOP=1 "$@"; }
    [ -n "$(ask -d postgres -c "SELECT 1 FROM pg_roles WHERE rolname = 'callcenter_owner'")" ] ||
      ask -d postgres <<< "CREATE ROLE callcenter_owner LOGIN CREATEROLE PASSWORD '$(secret_of DATABASE_OWNER_URL)'"
    [ -n "$(ask -d postgres -c "SELECT 1 FROM pg_database WHERE datname = 'callcenter'")" ] ||
      ask -d postgres -c "CREATE DATABASE callcenter OWNER callcenter_owner"
    as_postgres "$programs/pg_ctl" -D "$data" -w stop > /dev/null
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$programs/postgres" -D "$data" "${settings[@]}"
    ;;
  queue)
    install -d -m 0700 -o valkey -g valkey /var/lib/valkey
    { echo "user default off"; cat /run/callcenter/queue-user; } | install -m 0600 -o valkey -g valkey /dev/stdin /var/lib/valkey/users.acl
    exec setpriv --reuid=valkey --regid=valkey --init-groups valkey-server --bind 127.0.0.1 --port 6379 --dir /var/lib/valkey \
      --appendonly yes --aclfile /var/lib/valkey/users.acl
    ;;
  proxy)
    name=$(cat /run/callcenter/name)
    install -d /etc/callcenter/tls
    if [ ! -e /etc/callcenter/tls/certificate.pem ]; then # until the centre's own authority signs one
      (umask 0177; openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
        -keyout /etc/callcenter/tls/key.pem -out /etc/callcenter/tls/certificate.pem 2> /dev/null)
    fi
    echo 'upstream callcenter_web { server 127.0.0.1:8000; }' > /etc/callcenter/web.conf
    sed "s/@NAME@/$name/" /etc/callcenter/site.conf > /etc/nginx/sites-enabled/callcenter
    exec nginx -g 'daemon off;'
    ;;
  *) echo "servers: database, queue, proxy or net" >&2; exit 1 ;;
esac
