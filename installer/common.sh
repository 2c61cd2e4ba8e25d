# shellcheck shell=bash
# What the builds of all packages share: where things are, the version, the moment, and how programs are built so that
# two builds are identical. Sourced by them; it does nothing by itself.
# shellcheck disable=SC2034 # those who source it use what it sets

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target_folder=${CARGO_TARGET_DIR:-$top/target}

# The programs that are shipped: each with the package it comes from.
programs=(jpki-bridge:jpki-bridge jpki-prompt:jpki-prompt jpki-verify:jpki-trust)

# What a build is asked for; the same options everywhere.
programs_folder=
output_folder=$target_folder/packages
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' "$top/Cargo.toml")
homepage=$(sed -n 's/^homepage = "\(.*\)"/\1/p' "$top/Cargo.toml")
maintainer="The JPKI Bridge developers <maintainers@${homepage#https://}>"

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Reads --output, --programs and --version into the variables above.
read_options() {
    while [ $# -gt 0 ]; do
        case $1 in
            --output) output_folder=${2:?--output needs a folder} ;;
            --programs) programs_folder=$(realpath "${2:?--programs needs a folder}") ;;
            --version) version=${2:?--version needs a version} ;;
            *)
                cat >&2 <<TEXT
Usage: $0 [--output FOLDER] [--programs FOLDER] [--version VERSION]

  --output    where the package goes (default: $output_folder)
  --programs  package the programs in this folder instead of building them
  --version   the package's version (default: that of Cargo.toml, $version)
TEXT
                exit 2
                ;;
        esac
        shift 2
    done
    mkdir -p "$output_folder"
    output_folder=$(cd "$output_folder" && pwd)
}

# Ends with a sentence that names what is missing, and the Debian package that has it: `need rpmbuild rpm …`.
need() {
    while [ $# -gt 0 ]; do
        command -v "$1" >/dev/null || fail "$1 is missing: apt-get install $2 (installer/setup.sh --packages installs all)"
        shift 2
    done
}

# The moment that everything in a package is dated with (reproducible-builds.org/specs/source-date-epoch): that of the
# commit, so that the same commit gives the same package at any time.
set_moment() {
    if [ -z "${SOURCE_DATE_EPOCH-}" ]; then
        SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct) ||
            fail "this is no git checkout: set SOURCE_DATE_EPOCH to the moment of the release, in seconds since 1970"
    fi
    export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8
    umask 022
}

# The moment in a form that date knows: GNU's date, or the Mac's.
moment() { date --date="@$SOURCE_DATE_EPOCH" "$1" 2>/dev/null || date -r "$SOURCE_DATE_EPOCH" "$1"; }

# Dates everything below a folder alike.
date_alike() { find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }

# Prints a file with its @WORDS@ replaced.
fill_in() {
    sed -e "s|@VERSION@|$version|g" -e "s|@HOMEPAGE@|$homepage|g" -e "s|@MAINTAINER@|$maintainer|g" \
        -e "s|@DATE@|$(moment +%F)|g" -e "s|@YEAR@|$(moment +%Y)|g" "$1"
}

# Keeps the paths of this machine out of the programs: a build elsewhere gives the same bytes. To be called in a subshell
# with the build: what isn't shipped is built as always.
remap_paths() {
    local flags=() from to
    while read -r from to; do
        flags+=("--remap-path-prefix=$from=$to")
        CFLAGS="${CFLAGS-} -ffile-prefix-map=$from=$to"
    done <<PATHS
$(rustc --print sysroot) /rust
${CARGO_HOME:-$HOME/.cargo} /cargo
$top /jpki-bridge
$target_folder /target
PATHS
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${flags[*]}")
    export CARGO_ENCODED_RUSTFLAGS CFLAGS CARGO_INCREMENTAL=0 CARGO_TARGET_DIR="$target_folder"
    # Smaller yet, for four times the time: worth it for what a thousand desktops download.
    export CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1
}

# Writes manual pages, completions and licences into a folder, for programs of the target named. What writes them isn't
# shipped: building it for speed would cost more than it gives.
write_papers() {
    (cd "$top" && cargo run --locked --quiet --target-dir "$target_folder" --package jpki-papers -- "$1" --target "$2")
}
