# The agents of all users end before their program is taken away; each tells its pages, and lets go of the card.
stop_agents() {
    stopped=
    for process in /proc/[0-9]*; do
        case $(readlink "$process/exe" || :) in
            # The second has been running since before an upgrade.
            /usr/bin/jpki-bridge | "/usr/bin/jpki-bridge (deleted)") ;;
            *) continue ;;
        esac
        # In a container the same path is another program.
        # shellcheck disable=SC3013 # every sh of a Linux system knows -ef
        [ "$process/root" -ef / ] || continue
        kill -TERM "${process#/proc/}" 2>/dev/null && stopped="$stopped $process"
    done
    # They take milliseconds; who takes longer than five seconds is left to end by itself.
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
        running=
        for process in $stopped; do
            [ -e "$process/exe" ] && running=yes
        done
        [ -n "$running" ] || break
        sleep 0.2
    done
}
