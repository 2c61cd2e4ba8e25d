#!/usr/bin/env bash
# Installs what building and running JPKI Bridge from source needs on Debian 12 (or a system like it), with --tests
# what its tests need too, and with --packages what builds and tries its packages. It can be run again at any time: what
# is there is left alone.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: installer/setup.sh [--tests] [--packages]

  (no option)  what the build needs: a C compiler, pcsclite, the libraries of the consent window, Japanese fonts
  --tests      also what the tests run for real: pcscd with a virtual reader, OpenSC, other verifiers of
               signatures, PostgreSQL, Apache with mod_auth_openidc, Chromium, Firefox, Node.js
  --packages   also what builds the packages for Linux and Windows, and tries them out
TEXT
}

build_packages=(
    build-essential pkg-config ca-certificates
    libpcsclite-dev libfontconfig-dev libxkbcommon-dev libxkbcommon-x11-0 libx11-xcb1 libxcursor1 libxi6 libxrandr2
    fonts-noto-cjk
)
test_packages=(
    pcscd vsmartcard-vpcd opensc openssl
    poppler-utils qpdf xmlsec1 libxml2-utils
    postgresql apache2-bin libapache2-mod-auth-openidc
    chromium firefox-esr
    nodejs node-typescript python3-venv
    xvfb xauth x11-utils xdotool imagemagick
    dbus-daemon at-spi2-core xfce4-panel xfconf
    iproute2 procps util-linux faketime
    shellcheck python3 desktop-file-utils appstream dpkg-dev rpm
)
package_packages=(
    dpkg-dev rpm debootstrap
    gcc-mingw-w64-x86-64 rustc-web rust-web-src wixl msitools faketime wine wine64
    xvfb xdotool imagemagick
)

# An independent maker and reader of signed PDFs that Debian doesn't have, in a folder of its own.
pyhanko_version=0.38.0
pyhanko_cli_version=0.6.0
pyhanko_folder="${XDG_CACHE_HOME:-$HOME/.cache}/jpki-bridge/pyhanko"

# Makes requests of the portal's description of its APIs, in a folder of its own.
schemathesis_version=4.32.5
schemathesis_folder="${XDG_CACHE_HOME:-$HOME/.cache}/jpki-bridge/schemathesis"

# Judges the accessibility of web pages.
axe_version=4.14.1
axe_folder="${XDG_CACHE_HOME:-$HOME/.cache}/jpki-bridge/axe"

# A certified relying party, which signs people in at the portal.
openid_client_version=6.8.9
openid_client_folder="${XDG_CACHE_HOME:-$HOME/.cache}/jpki-bridge/openid-client"

# The oldest Rust the workspace builds with; Cargo.toml has the word.
rust_needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "$0")/../Cargo.toml")

# Some packages of Node.js bring npm along, Debian's doesn't.
command -v npm >/dev/null || test_packages+=(npm)

packages=("${build_packages[@]}")
for_tests=
for option in "$@"; do
    case $option in
        --tests) packages+=("${test_packages[@]}") for_tests=yes ;;
        --packages) packages+=("${package_packages[@]}") ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done

if [ ${#missing[@]} -eq 0 ]; then
    echo "Debian packages: all ${#packages[@]} are installed."
else
    echo "Debian packages to install: ${missing[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "Run this as root, or install sudo." >&2; exit 1; }
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
    echo "Debian packages: ${#missing[@]} installed."
fi

# A package of Node.js in a folder of its own.
from_npm() {
    local name=$1 version=$2 folder=$3
    if [ "$(cat "$folder/installed" 2>/dev/null)" = "$version" ]; then
        echo "$name: $version is installed."
        return
    fi
    rm -rf "$folder"
    npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error "$name@$version"
    echo "$version" >"$folder/installed"
    echo "$name: $version installed."
}

if [ -n "$for_tests" ]; then
    wanted="$pyhanko_version $pyhanko_cli_version"
    if [ "$(cat "$pyhanko_folder/installed" 2>/dev/null)" = "$wanted" ]; then
        echo "pyHanko: $pyhanko_version is installed."
    else
        rm -rf "$pyhanko_folder"
        /usr/bin/python3 -m venv "$pyhanko_folder"
        "$pyhanko_folder/bin/pip" install --quiet --disable-pip-version-check \
            "pyHanko==$pyhanko_version" "pyhanko-cli==$pyhanko_cli_version"
        echo "$wanted" >"$pyhanko_folder/installed"
        echo "pyHanko: $pyhanko_version installed."
    fi
    if [ "$(cat "$schemathesis_folder/installed" 2>/dev/null)" = "$schemathesis_version" ]; then
        echo "schemathesis: $schemathesis_version is installed."
    else
        rm -rf "$schemathesis_folder"
        /usr/bin/python3 -m venv "$schemathesis_folder"
        "$schemathesis_folder/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$schemathesis_version"
        echo "$schemathesis_version" >"$schemathesis_folder/installed"
        echo "schemathesis: $schemathesis_version installed."
    fi
    from_npm axe-core "$axe_version" "$axe_folder"
    from_npm openid-client "$openid_client_version" "$openid_client_folder"
fi

if ! command -v cargo >/dev/null; then
    cat >&2 <<TEXT
Rust is missing. Install Rust $rust_needed or newer with rustup: https://rustup.rs
Then open a new terminal and run this again.
TEXT
    exit 1
fi
rust_found=$(rustc --version | cut -d' ' -f2)
if [ "$(printf '%s\n%s\n' "$rust_needed" "${rust_found%%-*}" | sort --version-sort | head -n 1)" != "$rust_needed" ]; then
    echo "Rust $rust_found is too old; $rust_needed or newer is needed: rustup update stable" >&2
    exit 1
fi
echo "Rust: $rust_found (at least $rust_needed is needed)."
