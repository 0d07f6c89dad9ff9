# A Docker Engine of the tests' own: own data, own socket, ended by its pid. Sourced by ./test and by the benchmarks.

# start_engine FOLDER: starts dockerd below FOLDER and exports BERTH_TEST_DOCKER. Returns when it answers.
start_engine() {
    local root=$1
    mkdir -p "$root"
    # Sockets must have short paths, so the run-time files are not below a folder that may lie deep.
    engine_run=/run/berth-test-$$
    engine_pid_file=$root/dockerd.pid
    engine_found_bridges=$(bridges)
    local socket=$root/docker.sock
    setsid dockerd --data-root "$root/data" --exec-root "$engine_run" --pidfile "$engine_pid_file" -H "unix://$socket" \
        --bip 172.30.255.1/24 --log-level warn >"$root/dockerd.log" 2>&1 </dev/null &
    local pid=$! tries
    for tries in $(seq 600); do
        if curl -fsS -o /dev/null --unix-socket "$socket" http://docker/_ping 2>/dev/null; then
            export BERTH_TEST_DOCKER=unix://$socket
            return 0
        fi
        kill -0 "$pid" 2>/dev/null || [ -s "$engine_pid_file" ] || { tail -n 20 "$root/dockerd.log" >&2; echo "the tests' dockerd ended; the lines above are its log" >&2; return 1; }
        sleep 0.1
    done
    tail -n 20 "$root/dockerd.log" >&2
    echo "the tests' dockerd did not answer within a minute" >&2
    return 1
}

# stop_engine: ends it, and everything that ran in it.
stop_engine() {
    [ -n "${engine_pid_file:-}" ] && [ -s "$engine_pid_file" ] || return 0
    local pid; pid=$(cat "$engine_pid_file")
    kill -TERM "$pid" 2>/dev/null || true
    local tries
    for tries in $(seq 300); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    awk -v run="$engine_run/" -v data="${engine_pid_file%/*}/" 'index($2, run) == 1 || index($2, data) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n1 umount -l 2>/dev/null || true
    rm -rf "$engine_run"
    # An engine leaves the bridges of its networks when it ends.
    bridges | grep -vxF "$engine_found_bridges" | xargs -r -n1 ip link delete 2>/dev/null || true
}

# bridges: the names of the bridges there are, one a line.
bridges() {
    local bridge
    for bridge in /sys/class/net/*/bridge; do
        [ ! -d "$bridge" ] || basename "${bridge%/bridge}"
    done
}
