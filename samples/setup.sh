# setup: what samples/play and tests/run share: packages, steps, and no process left behind.  For sourcing, by bash.

# What building needs on Debian 12.
build_packages=(gcc libc6-dev cmake ninja-build pkg-config libssl-dev zlib1g-dev liburing-dev libmsgpack-dev libsdl2-dev
    libstb-dev)

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Everything that steps print is kept here; the caller names it before the first step.
log=
open_log() {
    log=$1
    mkdir -p "$(dirname "$log")" && : > "$log" || die "Cannot write $log"
}

# step NAME COMMAND...: one line on the screen, the rest in the log; if it fails, what it printed follows, through
# the filter that $details names.  The command gets no input, and what it leaves running is ended.
step() {
    local name=$1 start=$SECONDS status=0 first
    shift
    printf '== %s\n' "$name" >> "$log"
    first=$(($(wc -l < "$log") + 1))
    printf '%s ... ' "$name"
    spawn "$@" >> "$log" 2>&1
    wait "$spawned" || status=$?
    end "$spawned"
    step_ended "$start" "$status" "$first"
    return "$status"
}

step_ended() {
    if [ "$2" = 0 ]; then
        printf 'done, %d s\n' $((SECONDS - $1))
    else
        printf 'FAILED after %d s; all of it is in %s\n' $((SECONDS - $1)) "$log"
        tail -n "+$3" "$log" | "${details:-cat}"
    fi
}

# need_packages PACKAGE...: installs those that are missing.  With none missing it asks nobody and no network.
need_packages() {
    local missing=() as_root=() package start=$SECONDS status=0 first
    if ! command -v dpkg-query > /dev/null; then
        echo "This is no Debian, nothing is installed.  Needed, by the names there: $*"
        return
    fi
    for package; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo > /dev/null || die "Packages are missing; as root: apt-get install ${missing[*]}"
        as_root=(sudo)
        [ -t 0 ] || as_root=(sudo -n) # nobody there to type a password
    fi
    # Not a step: sudo needs the terminal, and apt is not to be killed half way.
    first=$(($(wc -l < "$log") + 1))
    printf 'Installing %s ... ' "${missing[*]}"
    "${as_root[@]}" sh -c '
        export DEBIAN_FRONTEND=noninteractive
        apt-get -q update
        exec apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 --no-install-recommends install "$@"' \
        apt "${missing[@]}" < /dev/null >> "$log" 2>&1 || status=$?
    step_ended "$start" "$status" "$first"
    [ "$status" = 0 ] || die "Packages are missing; as root: apt-get install ${missing[*]}"
}

# unpack_packages FOLDER PACKAGE...: puts what is in those packages under FOLDER, for programs that are to be run, but
# not to be installed: Debian starts a server that is, now and whenever the machine starts.  Asks for no root.
unpack_packages() {
    local folder=$1 missing=() package
    shift
    if ! command -v dpkg-deb > /dev/null; then
        echo "This is no Debian, nothing is unpacked.  Needed, by the names there: $*"
        return
    fi
    for package; do
        [ -e "$folder/.apt/$package" ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    export -f fetch_packages
    step "Unpacking ${missing[*]}" bash -c 'fetch_packages "$@"' bash "$folder" "${missing[@]}"
}

# With lists and a cache of its own, because those of the system are root's.
fetch_packages() {
    local apt=$1/.apt package
    mkdir -p "$apt"/{lists,cache/archives}/partial && cd "$apt" || return
    set -- "${@:2}"
    local options=(-q -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=)
    apt-get "${options[@]}" update && apt-get "${options[@]}" download "$@" || return
    for package; do
        dpkg-deb -x "$package"_*.deb .. && touch "$package" && rm "$package"_*.deb || return
    done
    rm -r lists cache
}

# Each command that runs beside us has a process group of its own, which ends when we do.
groups=()
spawned=
spawn() {
    setsid "$@" < /dev/null &
    spawned=$!
    groups+=("$spawned")
}

# Ends a spawned command, with all it started.
end() {
    local group rest=()
    kill -- "-$1" 2> /dev/null
    for group in "${groups[@]}"; do
        [ "$group" = "$1" ] || rest+=("$group")
    done
    groups=("${rest[@]}")
}

end_all() {
    local group
    for group in "${groups[@]}"; do
        # It may have no group yet, if it has only just begun.
        kill -- "-$group" 2> /dev/null || kill "$group" 2> /dev/null
    done
    wait
}
trap end_all EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
