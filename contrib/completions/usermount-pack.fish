# SPDX-License-Identifier: MIT
# fish completion for usermount-pack

complete -c usermount-pack -n __fish_use_subcommand -f -l help -d 'The verbs and exit codes'
complete -c usermount-pack -n __fish_use_subcommand -f -l version -d 'The version'
complete -c usermount-pack -n __fish_use_subcommand -f -a add -d 'put the agent into the image, or replace the one in it'
complete -c usermount-pack -n __fish_use_subcommand -f -a remove -d 'restore the original image, bit for bit'
complete -c usermount-pack -n __fish_use_subcommand -f -a status -d 'show whether the image is packed, and with which agent'
complete -c usermount-pack -n __fish_use_subcommand -f -a inspect -d 'list the segments and entries that the kernel sees'
complete -c usermount-pack -n __fish_use_subcommand -f -a verify -d 'check the whole image as strictly as any kernel does'
complete -c usermount-pack -n __fish_use_subcommand -f -a doctor -d 'check the Mac\'s exports, nfs.conf, nfsd and Docker'
complete -c usermount-pack -n __fish_use_subcommand -f -a events -d 'tell guests about edits on this Mac, until interrupted'

complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l set -x -a 'mount= server= options= wait= strict= probe_timeout= retry_max= watch= conflict= containers= events= events_port= loglevel= enable=' -d 'set a key in the configuration; may be repeated'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l config -r -d 'use this configuration, not the standard one'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l agent -r -d 'use this agent, not the installed one'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l gzip -d 'compress the added segment'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l no-backup -d 'do not keep IMAGE.orig'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l force -d 'pack even an image without OpenRC or NFS'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l if-needed -d 'do nothing if the image already holds this agent'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -s o -r -d 'write to OUT and leave IMAGE alone'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l porcelain -d 'print key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from add' -l help -d 'the options of add'

complete -c usermount-pack -n '__fish_seen_subcommand_from remove' -s o -r -d 'write to OUT and leave IMAGE alone'
complete -c usermount-pack -n '__fish_seen_subcommand_from remove' -l porcelain -d 'print key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from remove' -l help -d 'the options of remove'

complete -c usermount-pack -n '__fish_seen_subcommand_from status' -l porcelain -d 'print key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from status' -l help -d 'the options of status'

complete -c usermount-pack -n '__fish_seen_subcommand_from inspect' -l list -d 'list every file as the kernel unpacks it'
complete -c usermount-pack -n '__fish_seen_subcommand_from inspect' -l porcelain -d 'print key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from inspect' -l help -d 'the options of inspect'

complete -c usermount-pack -n '__fish_seen_subcommand_from verify' -l porcelain -d 'print key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from verify' -l help -d 'the options of verify'

complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -f
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l config -r -d 'use this configuration, not the standard one'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l fix -d 'add the missing lines, between marker lines'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l unfix -d 'remove the lines that --fix added'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l root -x -a '(__fish_complete_directories)' -d 'check the Mac\'s files below DIR'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l porcelain -d 'print key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from doctor' -l help -d 'the options of doctor'

complete -c usermount-pack -n '__fish_seen_subcommand_from events' -x -a '(__fish_complete_directories)'
complete -c usermount-pack -n '__fish_seen_subcommand_from events' -l port -x -d 'listen on 127.0.0.1:N instead of port 20490'
complete -c usermount-pack -n '__fish_seen_subcommand_from events' -l exclude -x -d 'ignore these folders; may be repeated'
complete -c usermount-pack -n '__fish_seen_subcommand_from events' -l porcelain -d 'print key=value lines for scripts'
complete -c usermount-pack -n '__fish_seen_subcommand_from events' -l help -d 'the options of events'
