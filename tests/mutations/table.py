# SPDX-License-Identifier: MIT
"""The product broken on purpose, a small way at a time, and which test has to notice it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    what: str    # what the product does no longer
    file: str
    old: str     # found exactly once in the file
    new: str
    test: str    # unit/NAME: a program of the unit tests; else what pytest runs
    quick: bool = False  # part of `make check`


MUTATIONS = [
    Mutation("pads the base before the payload", "packer/plan.c",
             "return newc_align(base_bytes) - base_bytes;", "return 0 * base_bytes;",
             "tests/cli/test_pack.py", quick=True),
    Mutation("replaces the image in one step", "packer/draft.c",
             "static int put(const struct draft *draft) {\n    return rename(",
             "static int put(const struct draft *draft) {\n    return unlink(draft->target) < 0 ? -1 : rename(",
             "tests/cli/test_pack_safety.py::test_killed_at_every_system_call"),
    Mutation("leaves a running packer's files alone", "packer/leftover.c",
             "if (host_lock(fd) == 0 && fstat", "if (host_lock(fd) <= 0 && fstat",
             "tests/cli/test_pack_safety.py::test_a_running_packer_s_files_and_other_people_s_are_not_swept", quick=True),
    Mutation("looks again whether the target may be replaced", "packer/draft.c",
             "image_check(like, error) < 0 || target_check(draft->target, error) < 0", "image_check(like, error) < 0",
             "tests/cli/test_pack_safety.py::test_what_came_into_the_target_s_place_meanwhile_is_not_replaced"),
    Mutation("compares the base's hash before it removes", "packer/cmd_remove.c",
             "if (memcmp(job->sha256, packed->manifest.base_sha256, DIGEST_BYTES) != 0)",
             "if (memcmp(job->sha256, packed->manifest.base_sha256, DIGEST_BYTES) != 0 && !packed)",
             "tests/cli/test_pack.py::test_a_changed_base_is_refused", quick=True),
    Mutation("reads a raw archive only where it is aligned, as the kernel does", "packer/segment.c",
             "if (bytes[walk.offset] == '0' && walk.offset % 4 == 0)", "if (bytes[walk.offset] == '0')",
             "unit/test_segment", quick=True),
    Mutation("refuses sets of codes that are not complete, as the kernel does", "packer/deflate.c",
             "return sum == 1u << CODE_BITS;", "return sum <= 1u << CODE_BITS;",
             "tests/cli/test_pack_corpus.py", quick=True),
    Mutation("refuses what Docker for Mac's kernels would leave empty", "packer/cmd_common.c",
             "} else if (lost.count) {", "} else if (lost.count && !image) {",
             "tests/cli/test_pack.py::test_what_mobys_kernel_would_leave_empty_is_refused", quick=True),
    Mutation("skips a further hard link of a name that exists, as Linux 4 does", "packer/tree_apply.c",
             "if (tree->options.as_linux_4 && result->quirk != TREE_QUIRK_NONE) {",
             "if (tree->options.as_linux_4 && result->quirk == TREE_QUIRK_REPEATED) {", "unit/test_tree", quick=True),
    Mutation("looks a path up anew where a name was removed", "packer/tree.c",
             "    tree->trail->length = 0;\n", "", "unit/test_tree", quick=True),
    Mutation("has a limit for the steps of all paths", "packer/tree_apply.c",
             "tree->trail->steps > tree->options.steps", "tree->trail->steps > UINT64_MAX - 1", "unit/test_tree", quick=True),
    Mutation("does without rpcbind", "openrc/usermount.initd",
             "use rpcbind net", "need rpcbind net",
             "tests/guest/test_openrc_words.py", quick=True),
    Mutation("starts before docker", "openrc/usermount.initd",
             "before docker containerd", "before containerd",
             "tests/guest/test_openrc_words.py", quick=True),
    Mutation("mounts with nolock", "agent/options.h",
             "noacl,nolock,noatime", "noacl,noatime",
             "unit/test_options", quick=True),
    Mutation("asks for the near miss before it says not exported", "agent/verdict.c",
             "    ONE(MNT, FAILED, 0, near_case, NEAR_CASE),\n",
             "    ONE(MNT, FAILED, 0, unlisted, NOT_LISTED),\n    ONE(MNT, FAILED, 0, near_case, NEAR_CASE),\n",
             "unit/test_verdict", quick=True),
    Mutation("limits the pause between two attempts", "agent/backoff.c",
             "return delay_ms < max_ms ? delay_ms : max_ms;", "return delay_ms;",
             "unit/test_backoff", quick=True),
    Mutation("proves a mount before it says that it is up", "agent/mount_fsm.c",
             "ROW(TRYING),\n        [FSM_DONE]    = GO(PROVING, PROVE)", "ROW(TRYING),\n        [FSM_DONE]    = GO(UP, WATCH)",
             "unit/test_mount_fsm", quick=True),
    Mutation("writes one line for one event, whatever a name holds", "agent/logfmt.c",
             'text_put(out, "\\\\n");', 'text_put(out, "\\n");',
             "unit/test_logfmt", quick=True),
    Mutation("mends a container's bind only where it is of the target's file system", "agent/containers_find.c",
             "entry->major != origin->major || entry->minor != origin->minor ||", "entry->major != origin->major ||",
             "unit/test_containers_find", quick=True),
    Mutation("brings only a mount of its own to the containers", "agent/engine.c",
             "if (engine->mounts[index].fresh && engine->config->containers", "if (engine->config->containers",
             "unit/test_engine_containers", quick=True),
    Mutation("jails the probe", "agent/jail.c",
             "return set_filter();", "(void)set_filter;\n    return 0;",
             "tests/net/test_probe_jail.py::test_the_probe_is_nobody_without_any_privilege"),
    Mutation("ends a probe at its deadline", "agent/cmd_probe.c",
             "if (poll(&pfd, 1, (int)timeout_ms) == 0) {", "if (poll(&pfd, 1, 20 * (int)timeout_ms) == 0) {",
             "tests/net/test_probe_hostile.py::test_a_server_that_misbehaves_costs_one_deadline_at_most"),
    Mutation("gives up a worker that does not end", "agent/daemon_world.c",
             "&tasks[work], &mount->evidence, deadline_ms);", "&tasks[work], &mount->evidence, deadline_ms + 3600000);",
             "tests/guest/test_scripted_servers.py -k silent"),
    Mutation("takes a dead mount away although somebody is in it", "agent/mounter.c",
             "return unmount(job, MNT_DETACH);", "return unmount(job, 0);",
             "tests/guest/test_server_faults.py::test_an_export_made_anew_is_mounted_anew_as_its_old_handle_is_dead"),
]
