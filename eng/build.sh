# Shared by ./start and ./test: installs Debian packages that are missing, and publishes the three programs to out/.

# need_packages PROGRAM=PACKAGE ...: installs each package whose program (or, with a leading /, file) is not there.
need_packages() {
    local missing=() pair
    for pair in "$@"; do
        case "$pair" in
            /*) [ -e "${pair%%=*}" ] || missing+=("${pair#*=}") ;;
            *) PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}") ;;
        esac
    done
    [ ${#missing[@]} = 0 ] && return
    command -v apt-get >/dev/null || { echo "these Debian packages are needed and there is no apt-get to install them: ${missing[*]}" >&2; exit 1; }
    echo "==> installing ${missing[*]}" >&2
    [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mmin -1440 -print -quit 2>/dev/null)" ] || apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# with_compiler DOTNET-COMMAND ...: with one compiler for all projects, which saves a third of the time. It stays until end_compiler.
compiler=berth-build-$$
with_compiler() { UseSharedCompilation=true "$@" -nodeReuse:false -p:SharedCompilationId="$compiler"; }
end_compiler() {
    grep -lsz -- "^-pipename:$compiler\$" /proc/[0-9]*/cmdline | cut -d/ -f3 | xargs -r kill || true
    rm -f "/tmp/$compiler"
}

# The state of everything that goes into the programs, as one hash.
source_hash() {
    { find src eng Directory.*.props Directory.*.targets global.json -type f -not -path '*/bin/*' -not -path '*/obj/*' -print0 | sort -z | xargs -0 sha256sum; dotnet --version; } | sha256sum | cut -d' ' -f1
}

# Publishes berthd, berth-router and berth to out/, unless what is there was made from these very sources.
build_programs() {
    command -v dotnet >/dev/null || { echo "the .NET SDK 10 is needed: install it first" >&2; exit 1; }
    local hash; hash=$(source_hash)
    [ "$(cat out/.built 2>/dev/null)" = "$hash" ] && return
    echo "==> building Berth" >&2
    local next=out.next
    rm -rf "$next"
    local project
    for project in Server Router Cli; do
        with_compiler dotnet publish "src/Berth.$project" -c Release -o "$next" -v quiet --nologo >&2 || { end_compiler; return 1; }
    done
    end_compiler
    echo "$hash" >"$next/.built"
    rm -rf out && mv "$next" out
}
