# SPDX-License-Identifier: MIT
# bash completion for usermount; macOS' bash 3.2 has no mapfile, and splits the list of -W at IFS.

_usermount_take() {
    local IFS=$'\n'

    # shellcheck disable=SC2207 # split at line ends, as compgen writes them
    COMPREPLY=($(compgen "$@"))
}

_usermount() {
    local word=${COMP_WORDS[COMP_CWORD]}
    local words='start run stop status wait retry probe config events --config --cmdline --log --run-dir --porcelain --help --version'

    case ${COMP_WORDS[COMP_CWORD - 1]} in
    --config | --cmdline | --log) _usermount_take -f -- "$word" ;;
    --run-dir) _usermount_take -d -- "$word" ;;
    *) _usermount_take -W "${words// /$'\n'}" -- "$word" ;;
    esac
}

complete -o filenames -F _usermount usermount
