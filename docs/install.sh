#!/bin/sh
# Installs a release of migspec for Linux or macOS, after a comparison of its SHA-256 hash.
#
#     sh install.sh [VERSION]
#
# MIGSPEC_INSTALL_DIR is the folder of the binary (default: ~/.local/bin), MIGSPEC_SHA256 the hash that the archive must
# have. Without it, the hash comes from the file SHA256SUMS of the release.
set -eu

repository=https://github.com/migspec/migspec
version=${1:-latest}
folder=${MIGSPEC_INSTALL_DIR:-$HOME/.local/bin}

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    *) fail "no release for $(uname -s) on $(uname -m): build it from the source: $repository" ;;
esac
case "$version" in
    latest) base=${MIGSPEC_RELEASES:-$repository/releases}/latest/download ;;
    *) base=${MIGSPEC_RELEASES:-$repository/releases}/download/v${version#v} ;;
esac

archive=migspec-$target.tar.gz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
get() {
    curl --proto '=https,file' --fail --silent --show-error --location --output "$work/$1" "$base/$1" ||
        fail "cannot download $base/$1"
}

get "$archive"
expected=${MIGSPEC_SHA256:-}
if [ -z "$expected" ]; then
    get SHA256SUMS
    expected=$(awk -v name="$archive" '$2 == name { print $1 }' "$work/SHA256SUMS")
    [ -n "$expected" ] || fail "SHA256SUMS does not list $archive"
fi
if command -v sha256sum > /dev/null; then
    found=$(sha256sum "$work/$archive" | cut -d ' ' -f 1)
else
    found=$(shasum -a 256 "$work/$archive" | cut -d ' ' -f 1)
fi
[ "$found" = "$expected" ] || fail "the hash of $archive is $found, expected $expected; nothing was installed"

tar -xzf "$work/$archive" -C "$work" migspec
mkdir -p "$folder"
# In one step: a running binary is not overwritten.
cp "$work/migspec" "$folder/.migspec.new"
chmod 755 "$folder/.migspec.new"
mv -f "$folder/.migspec.new" "$folder/migspec"
echo "installed $("$folder/migspec" --version) in $folder"
case ":$PATH:" in
    *":$folder:"*) ;;
    *) echo "add $folder to PATH" ;;
esac
