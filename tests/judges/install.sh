#!/usr/bin/env bash
# Installs the judges that are missing: packages of Python and npm into .judges, programs with the system's packages.
# A second run finds everything and takes no time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
judges=$root/.judges
mkdir -p "$judges"

# The folder depends on nothing but the pinned versions.
fresh() { # fresh NAME FILE...: whether .judges/NAME was installed from exactly these files
  cat "${@:2}" | cmp --silent - "$judges/$1.pinned"
}
keep() { cat "${@:2}" > "$judges/$1.pinned"; }

if ! fresh venv "$here/requirements.txt"; then
  rm -rf "$judges/venv"
  python3 -m venv "$judges/venv"
  "$judges/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  keep venv "$here/requirements.txt"
fi
if ! fresh npm "$here/package.json" "$here/package-lock.json"; then
  mkdir -p "$judges/npm"
  cp "$here/package.json" "$here/package-lock.json" "$judges/npm/"
  npm ci --prefix "$judges/npm" --silent --no-audit --no-fund
  # npm packs no links. Newer versions of it do not run the script that makes them.
  for server in "$judges"/npm/node_modules/postgres-*; do
    [ ! -d "$server" ] || (cd "$server" && node scripts/hydrate-symlinks.js)
  done
  keep npm "$here/package.json" "$here/package-lock.json"
fi

# The packager of the extension for VS Code, and the library that the extension contains.
extension=$root/docs/editors/vscode
if ! fresh vscode "$extension/package.json" "$extension/package-lock.json"; then
  mkdir -p "$judges/vscode"
  cp "$extension/package.json" "$extension/package-lock.json" "$judges/vscode/"
  npm ci --prefix "$judges/vscode" --silent --no-audit --no-fund --ignore-scripts --omit=optional
  keep vscode "$extension/package.json" "$extension/package-lock.json"
fi

packages=()
command -v chromium > /dev/null || packages+=(chromium)
command -v cvc5 > /dev/null || packages+=(cvc5)
command -v nvim > /dev/null || packages+=(neovim)
# Debian installs the server's programs outside the path; the tests find them there.
compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || command -v initdb > /dev/null || packages+=(postgresql)
[ -x /usr/sbin/pgbouncer ] || command -v pgbouncer > /dev/null || packages+=(pgbouncer)
if [ ${#packages[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null
fi

# Terraform is in no distribution.
version=1.11.4
sum=1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc
if ! command -v terraform > /dev/null && [ ! -x "$judges/bin/terraform" ]; then
  zip=$judges/terraform.zip
  curl --fail --silent --show-error --location --output "$zip" \
    "https://releases.hashicorp.com/terraform/$version/terraform_${version}_linux_amd64.zip"
  echo "$sum  $zip" | sha256sum --check --quiet
  mkdir -p "$judges/bin"
  python3 -m zipfile -e "$zip" "$judges/bin"
  chmod +x "$judges/bin/terraform"
  rm "$zip"
fi
