# SPDX-License-Identifier: MIT
# bash completion for usermount-pack; macOS' bash 3.2 has no mapfile, and splits the list of -W at IFS.

_usermount_pack_take() {
    local IFS=$'\n'

    # shellcheck disable=SC2207 # split at line ends, as compgen writes them
    COMPREPLY=($(compgen "$@"))
}

_usermount_pack() {
    local word=${COMP_WORDS[COMP_CWORD]} words=

    COMPREPLY=()
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    --set)
        words='mount= server= options= wait= strict= probe_timeout= retry_max= watch= conflict= containers= events= events_port= loglevel= enable='
        compopt -o nospace 2>/dev/null
        ;;
    --port | --exclude)
        return
        ;;
    --root)
        _usermount_pack_take -d -- "$word"
        return
        ;;
    --config | --agent | -o)
        _usermount_pack_take -f -- "$word"
        return
        ;;
    *)
        case $COMP_CWORD-${COMP_WORDS[1]} in
        1-*) words='add remove status inspect verify doctor events --help --version' ;;
        *-add) words='--set --config --agent --gzip --no-backup --force --if-needed -o --porcelain --help' ;;
        *-remove) words='-o --porcelain --help' ;;
        *-status) words='--porcelain --help' ;;
        *-inspect) words='--list --porcelain --help' ;;
        *-verify) words='--porcelain --help' ;;
        *-doctor) words='--config --fix --unfix --root --porcelain --help' ;;
        *-events) words='--port --exclude --porcelain --help' ;;
        esac
        case $COMP_CWORD-$word in
        1-* | *--*) ;;
        *)
            case ${COMP_WORDS[1]} in
            doctor) ;;
            events) _usermount_pack_take -d -- "$word" ;;
            *) _usermount_pack_take -f -- "$word" ;;
            esac
            return
            ;;
        esac
        ;;
    esac
    _usermount_pack_take -W "${words// /$'\n'}" -- "$word"
}

complete -o filenames -F _usermount_pack usermount-pack
