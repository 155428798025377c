# SPDX-License-Identifier: MIT
# fish completion for usermount-pack

complete -c usermount-pack -n __fish_use_subcommand -f -l help -d 'The verbs and exit codes'
complete -c usermount-pack -n __fish_use_subcommand -f -l version -d 'The version'
complete -c usermount-pack -n __fish_use_subcommand -f -a add -d 'put the agent into the image, or a new one in place of the old'
complete -c usermount-pack -n __fish_use_subcommand -f -a remove -d 'give back the original image, bit for bit'
complete -c usermount-pack -n __fish_use_subcommand -f -a status -d 'say whether the image is packed, and with what'
complete -c usermount-pack -n __fish_use_subcommand -f -a inspect -d 'show what the kernel sees: segments, entries, overrides'
complete -c usermount-pack -n __fish_use_subcommand -f -a verify -d 'read all of it, as strictly as the strictest kernel'
complete -c usermount-pack -n __fish_use_subcommand -f -a doctor -d 'look at the Mac\'s side: exports, nfs.conf, nfsd, Docker'
complete -c usermount-pack -n __fish_use_subcommand -f -a events -d 'tell guests of edits as they are made; runs until it is ended'

complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l set -x -a 'mount= server= options= wait= strict= probe_timeout= retry_max= watch= conflict= containers= events= events_port= loglevel= enable=' -d 'a line of the configuration; may be repeated'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l config -r -d 'the configuration instead of the standard one'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l agent -r -d 'the agent instead of the one that came along'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l gzip -d 'compress what is added'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l no-backup -d 'do not keep IMAGE.orig'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l force -d 'even if no OpenRC or no NFS is found inside'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l if-needed -d 'do nothing, at once, where that is in the image already'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -s o -r -d 'write to OUT and leave IMAGE alone'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l porcelain -d 'key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l help -d 'the options of add'

complete -c usermount-pack -n '__fish_seen_subcommand_from remove' -s o -r -d 'write to OUT and leave IMAGE alone'
complete -c usermount-pack -n '__fish_seen_subcommand_from remove' -l porcelain -d 'key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from remove' -l help -d 'the options of remove'

complete -c usermount-pack -n '__fish_seen_subcommand_from status' -l porcelain -d 'key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from status' -l help -d 'the options of status'

complete -c usermount-pack -n '__fish_seen_subcommand_from inspect' -l list -d 'every file, as the kernel would have it'
complete -c usermount-pack -n '__fish_seen_subcommand_from inspect' -l porcelain -d 'key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from inspect' -l help -d 'the options of inspect'

complete -c usermount-pack -n '__fish_seen_subcommand_from verify' -l porcelain -d 'key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from verify' -l help -d 'the options of verify'

complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -f
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l config -r -d 'the configuration instead of the standard one'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l fix -d 'write what is missing, between marker lines'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l unfix -d 'take out what --fix wrote'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l root -x -a '(__fish_complete_directories)' -d 'look at a Mac\'s files below DIR'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l porcelain -d 'key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l help -d 'the options of doctor'

complete -c usermount-pack -n '__fish_seen_subcommand_from events' -x -a '(__fish_complete_directories)'
complete -c usermount-pack -n '__fish_seen_subcommand_from events' -l port -x -d 'listen on this port of 127.0.0.1, not on 20490'
complete -c usermount-pack -n '__fish_seen_subcommand_from events' -l exclude -x -d 'tell of nothing in these folders; may be repeated'
complete -c usermount-pack -n '__fish_seen_subcommand_from events' -l porcelain -d 'key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from events' -l help -d 'the options of events'
