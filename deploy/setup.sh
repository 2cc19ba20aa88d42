#!/bin/sh
# Set the project up in this folder: system packages, a locked virtual environment, the PJSUA2
# wheel and the classifier. Safe to run again; a second run takes seconds.
# With --tests also what the tests need: SIP peers, a database server and a browser.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# --- platform -------------------------------------------------------------------------------
[ -r /etc/os-release ] || die "no /etc/os-release: this is not a supported system.
  Supported: Debian 12 and 13, Ubuntu 24.04 (README.md, table 'Where it runs')."
. /etc/os-release
case "${ID:-}-${VERSION_ID:-}" in
  debian-12|debian-13|ubuntu-24.04) ;;
  *) die "${PRETTY_NAME:-this system} is not supported.
  Supported: Debian 12 and 13, Ubuntu 24.04 (README.md, table 'Where it runs')." ;;
esac

python=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
  if command -v "$candidate" >/dev/null 2>&1 &&
     "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || die "no Python 3.11, 3.12 or 3.13 found. Mend: apt-get install python3 python3-venv"

# --- system packages ------------------------------------------------------------------------
packages="libopus0 libsrtp2-1 libspeexdsp1"
[ "${1:-}" = --tests ] && packages="$packages baresip-core sip-tester kamailio openssl postgresql chromium"
"$python" -c 'import ensurepip' 2>/dev/null || packages="$packages python3-venv"
missing=
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
    missing="$missing $package"
done
if [ -n "$missing" ]; then
  [ "$(id -u)" = 0 ] || die "system packages are missing. Mend:
  sudo apt-get install --no-install-recommends$missing
then run the same command again."
  say "Installing system packages:$missing"
  apt-get update -qq
  # A package that starts a server (kamailio, postgresql) must not start it here.
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod +x "$policy"; made_policy=1; }
  status=0
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
    >/dev/null || status=$?
  [ -z "${made_policy:-}" ] || rm -f "$policy"
  [ "$status" = 0 ] || die "apt-get could not install:$missing"
fi

# --- virtual environment ----------------------------------------------------------------------
stamp=.venv/.locked
lock=$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
  say "Installing Python packages into .venv (about 1 GB, half a minute to a few minutes)"
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    --prefer-binary -r requirements.lock
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  printf '%s' "$lock" >"$stamp"
fi

# --- telephony, knowledge ----------------------------------------------------------------------
.venv/bin/python -m sip.build
.venv/bin/voicebot train --if-stale
