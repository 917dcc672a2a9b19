#!/usr/bin/env bash
# Makes the folder of the release that stands in /srv/callcenter, with its packages, and says its name. One that is there
# stays as it is; nothing that works is touched. A release that would pass another one over is refused.
set -euo pipefail

root=/srv/callcenter
opt=/opt/callcenter
export PYTHONDONTWRITEBYTECODE=1

was=$(readlink "$opt/current" || true)
if [ -n "$was" ] && at=$(git -C "$root" rev-parse -q --verify "$was^{commit}"); then # one works with the next one's tables, no further
  mapfile -t between < <(git -C "$root" tag --merged HEAD --no-merged "$at" --sort=creatordate)
  if [ "${#between[@]}" -gt 1 ]; then
    echo "build.sh: ${between[0]} comes before ${between[-1]}: git -C $root checkout ${between[0]}" >&2
    exit 1
  fi
fi
release=$(git -C "$root" rev-parse --short=12 HEAD)
if [ ! -e "$opt/$release" ]; then
  making=$opt/$release.part
  rm -rf "$making"
  mkdir -p "$making"
  git -C "$root" archive HEAD | tar -x -C "$making"
  git -C "$root" describe --tags --always > "$making/RELEASE"
  packages=venv-$(sha256sum "$making/requirements.lock" | cut -c1-12) # shared by all releases that ask for the same
  if [ ! -e "$opt/$packages" ]; then
    make --no-print-directory -C "$making" .venv/runs >&2
    mv "$making/.venv" "$opt/$packages" # its programs are asked by `python -m`, which does not mind where it lies
  fi
  ln -s "../$packages" "$making/.venv"
  ln -s /etc/callcenter/env "$making/.env"
  (
    cd "$making"
    .venv/bin/python -m callcenter.catalogues
    make --no-print-directory manual || echo "The manual is not made: the help of the pages leads nowhere in this release."
    rm -rf .venv-manual
    .venv/bin/python -m compileall -q -j 0 -x '/tests/' .
  ) >&2
  mv "$making" "$opt/$release"
fi
echo "$release"
