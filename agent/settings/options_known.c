/* SPDX-License-Identifier: MIT */
#include "options_known.h"

/* mount(2)'s flags, with their values in linux/fs.h: the packer also runs on systems that do not define them. */
enum {
    FLAG_RDONLY = 1,
    FLAG_NOSUID = 2,
    FLAG_NODEV = 4,
    FLAG_NOEXEC = 8,
    FLAG_SYNCHRONOUS = 16,
    FLAG_DIRSYNC = 128,
    FLAG_NOATIME = 1024,
    FLAG_NODIRATIME = 2048,
    FLAG_RELATIME = 1 << 21,
    FLAG_STRICTATIME = 1 << 24
};

/* clang-format off */
#define SET(name, bits, undo) {name, OPTION_SET, "", bits, undo, false}
#define CLEAR(name, bits) {name, OPTION_CLEAR, "", bits, 0, false}
#define KIND(name, kind, slot) {name, OPTION_##kind, slot, 0, 0, false}
#define DATA(name) KIND(name, DATA, name)
#define YOUNG(name, slot) {name, OPTION_DATA, slot, 0, 0, true}
#define BOTH(name) DATA(name), KIND("no" name, DATA, name)
#define HELPER(name) KIND(name, HELPER, "")
#define VERSION(name) KIND(name, VERSION, "vers")
#define OURS(name) KIND(name, OURS, "")
#define DOCKER(name) KIND(name, DOCKER, "")

static const struct option_known known[] = {
    SET("ro", FLAG_RDONLY, 0), CLEAR("rw", FLAG_RDONLY),
    SET("nosuid", FLAG_NOSUID, 0), CLEAR("suid", FLAG_NOSUID),
    SET("nodev", FLAG_NODEV, 0), CLEAR("dev", FLAG_NODEV),
    SET("noexec", FLAG_NOEXEC, 0), CLEAR("exec", FLAG_NOEXEC),
    SET("sync", FLAG_SYNCHRONOUS, 0), CLEAR("async", FLAG_SYNCHRONOUS),
    SET("dirsync", FLAG_DIRSYNC, 0),
    SET("noatime", FLAG_NOATIME, FLAG_RELATIME | FLAG_STRICTATIME), CLEAR("atime", FLAG_NOATIME),
    SET("nodiratime", FLAG_NODIRATIME, 0), CLEAR("diratime", FLAG_NODIRATIME),
    SET("relatime", FLAG_RELATIME, FLAG_NOATIME | FLAG_STRICTATIME), CLEAR("norelatime", FLAG_RELATIME),
    SET("strictatime", FLAG_STRICTATIME, FLAG_NOATIME | FLAG_RELATIME), CLEAR("nostrictatime", FLAG_STRICTATIME),
    DATA("hard"), KIND("soft", DATA, "hard"), YOUNG("softerr", "hard"),
    YOUNG("softreval", "softreval"), YOUNG("nosoftreval", "softreval"),
    BOTH("acl"), BOTH("lock"), BOTH("ac"), BOTH("cto"), BOTH("rdirplus"), BOTH("sharecache"),
    BOTH("resvport"), BOTH("fsc"),
    HELPER("intr"), HELPER("nointr"), /* no effect since 2.6.25 (nfs(5)) */
    HELPER("defaults"), HELPER("auto"), HELPER("noauto"), HELPER("user"), HELPER("nouser"), HELPER("_netdev"),
    HELPER("nofail"), HELPER("bg"), HELPER("fg"), HELPER("retry"),
    KIND("port", NFS_PORT, "port"), KIND("mountport", MOUNT_PORT, "mountport"),
    KIND("tcp", PROTO, "proto"), KIND("proto", PROTO, "proto"), KIND("mountproto", PROTO, "mountproto"),
    KIND("udp", UDP, ""),
    VERSION("vers"), VERSION("nfsvers"), VERSION("v3"), VERSION("v2"), VERSION("v4"), VERSION("v4.0"), VERSION("v4.1"),
    VERSION("v4.2"), VERSION("minorversion"), KIND("mountvers", VERSION, "mountvers"),
    OURS("addr"), OURS("mountaddr"), OURS("mounthost"), OURS("clientaddr"),
    DATA("rsize"), DATA("wsize"), DATA("bsize"), DATA("timeo"), DATA("retrans"), DATA("actimeo"), DATA("acregmin"),
    DATA("acregmax"), DATA("acdirmin"), DATA("acdirmax"), DATA("namlen"), DATA("sec"), DATA("lookupcache"),
    DATA("local_lock"), DATA("sloppy"), BOTH("posix"),
    YOUNG("nconnect", "nconnect"), YOUNG("max_connect", "max_connect"), YOUNG("write", "write"),
    YOUNG("xprtsec", "xprtsec"), YOUNG("trunkdiscovery", "trunkdiscovery"), YOUNG("notrunkdiscovery", "trunkdiscovery"),
    DOCKER("cached"), DOCKER("delegated"), DOCKER("consistent"), DOCKER("default"), DOCKER("z"), DOCKER("Z"),
    DOCKER("nocopy"), DOCKER("rshared"), DOCKER("rslave"), DOCKER("rprivate"), DOCKER("shared"), DOCKER("slave"),
    DOCKER("private"),
};
/* clang-format on */

const struct option_known *options_known(struct text name) {
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (text_is(name, known[i].name))
            return &known[i];
    return NULL;
}
