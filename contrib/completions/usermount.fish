# SPDX-License-Identifier: MIT
# fish completion for usermount

complete -c usermount -n __fish_use_subcommand -f -a start -d 'become a daemon; return once mounted, or after `wait`'
complete -c usermount -n __fish_use_subcommand -f -a run -d 'stay in the foreground, for a supervisor'
complete -c usermount -n __fish_use_subcommand -f -a stop -d 'end the daemon and undo its mounts'
complete -c usermount -n __fish_use_subcommand -f -a status -d 'show one line per mount'
complete -c usermount -n __fish_use_subcommand -f -a wait -d 'return once every mount is up'
complete -c usermount -n __fish_use_subcommand -f -a retry -d 'retry at once'
complete -c usermount -n __fish_use_subcommand -f -a probe -d 'diagnose without mounting'
complete -c usermount -n __fish_use_subcommand -f -a config -d 'show the settings, each with its origin'
complete -c usermount -n __fish_use_subcommand -f -a events -d 'show the Mac\'s edits as they come, until interrupted'

complete -c usermount -l config -r -d 'settings'
complete -c usermount -l cmdline -r -d 'kernel command line'
complete -c usermount -l log -r -d 'log'
complete -c usermount -l run-dir -x -a '(__fish_complete_directories)' -d 'state'
complete -c usermount -l porcelain -d 'stable lines for scripts'
complete -c usermount -l help -d 'this text'
complete -c usermount -l version -d 'the version'
