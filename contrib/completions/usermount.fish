# SPDX-License-Identifier: MIT
# fish completion for usermount

complete -c usermount -n __fish_use_subcommand -f -a start -d 'become a daemon; return when mounted or after `wait`'
complete -c usermount -n __fish_use_subcommand -f -a run -d 'the same in the foreground, for a supervisor'
complete -c usermount -n __fish_use_subcommand -f -a stop -d 'end the daemon and unmount what it mounted'
complete -c usermount -n __fish_use_subcommand -f -a status -d 'one line per mount'
complete -c usermount -n __fish_use_subcommand -f -a wait -d 'return as soon as every mount is up'
complete -c usermount -n __fish_use_subcommand -f -a retry -d 'try at once'
complete -c usermount -n __fish_use_subcommand -f -a probe -d 'diagnose, mount nothing'
complete -c usermount -n __fish_use_subcommand -f -a config -d 'the settings, each with its origin'
complete -c usermount -n __fish_use_subcommand -f -a events -d 'show the Mac\'s edits as they come, until interrupted'

complete -c usermount -l config -r -d 'settings'
complete -c usermount -l cmdline -r -d 'kernel command line'
complete -c usermount -l log -r -d 'log'
complete -c usermount -l run-dir -x -a '(__fish_complete_directories)' -d 'state'
complete -c usermount -l porcelain -d 'stable lines for scripts'
complete -c usermount -l help -d 'this text'
complete -c usermount -l version -d 'the version'
