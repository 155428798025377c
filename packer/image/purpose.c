/* SPDX-License-Identifier: MIT */
#include "purpose.h"

#include <errno.h>
#include <string.h>

#define MACHINES_MAX 512u /* greater than every e_machine value in use */

struct count {
    bool has_modules;
    bool has_module;
    bool has_builtin;
    uint32_t machines[MACHINES_MAX];
};

static bool has_any(const struct tree *tree, const char *const *paths) {
    tree_id inode;

    for (; *paths; paths++)
        if (tree_lookup(tree, *paths, true, &inode) == TREE_OK)
            return true;
    return false;
}

/* The programs that the kernel, busybox init or OpenRC start first decide before any count does. */
static uint16_t first_machine(const struct tree *tree) {
    static const char *const paths[] = {"/bin/busybox", "/sbin/init", "/sbin/openrc", "/sbin/rc", "/bin/sh",
                                        "/init",        NULL};

    for (const char *const *path = paths; *path; path++) {
        struct tree_stat stat;
        tree_id inode;

        if (tree_lookup(tree, *path, true, &inode) != TREE_OK)
            continue;
        tree_stat(tree, inode, &stat);
        if (stat.machine)
            return stat.machine;
    }
    return 0;
}

static bool ends_with_module(const char *path, const char *name) {
    const char *at = strstr(path, name);

    /* nfs.ko, nfs.ko.gz, ... */
    return at && (at[strlen(name)] == '\0' || at[strlen(name)] == '.');
}

static int count_name(void *context, const char *path, tree_id inode, const struct tree_stat *stat) {
    struct count *count = context;
    bool modules = strncmp(path, "lib/modules/", 12) == 0 || strncmp(path, "usr/lib/modules/", 16) == 0;

    (void)inode;
    if (stat->machine && stat->machine < MACHINES_MAX && (stat->mode & 0111))
        count->machines[stat->machine]++;
    if (modules) {
        count->has_modules = true;
        count->has_module = count->has_module || ends_with_module(path, "/nfs.ko");
        count->has_builtin = count->has_builtin || stat->mentions;
    }
    return 0;
}

static uint16_t most_frequent(const struct count *count) {
    uint16_t best = 0;

    for (uint16_t machine = 1; machine < MACHINES_MAX; machine++)
        if (count->machines[machine] > count->machines[best])
            best = machine;
    return best;
}

int census_take(const struct tree *tree, struct census *census) {
    static const char *const openrc[] = {"/sbin/openrc", "/sbin/rc", "/usr/sbin/openrc", "/usr/sbin/rc", NULL};
    static const char *const docker[] = {"/etc/init.d/docker", "/usr/bin/docker", "/usr/bin/dockerd", NULL};
    static const char *const rpcbind[] = {"/sbin/rpcbind", "/usr/sbin/rpcbind", "/usr/bin/rpcbind", NULL};
    static const char *const busybox[] = {"/bin/busybox", "/sbin/busybox", "/usr/bin/busybox", NULL};
    struct count count = {0};

    *census = (struct census){
        .has_openrc = has_any(tree, openrc),
        .has_docker = has_any(tree, docker),
        .has_rpcbind = has_any(tree, rpcbind),
        .has_busybox = has_any(tree, busybox),
        .machine = first_machine(tree),
    };
    if (tree_walk(tree, count_name, &count))
        return -ENOMEM;
    if (census->machine == 0)
        census->machine = most_frequent(&count);
    if (count.has_builtin)
        census->nfs = CENSUS_NFS_BUILTIN;
    else if (count.has_module)
        census->nfs = CENSUS_NFS_MODULE;
    else if (count.has_modules)
        census->nfs = CENSUS_NFS_ABSENT;
    return 0;
}

const char *census_nfs_name(enum census_nfs nfs) {
    static const char *const names[] = {
        [CENSUS_NFS_UNKNOWN] = "unknown",
        [CENSUS_NFS_BUILTIN] = "built in",
        [CENSUS_NFS_MODULE] = "module",
        [CENSUS_NFS_ABSENT] = "absent",
    };

    return nfs <= CENSUS_NFS_ABSENT ? names[nfs] : "unknown";
}
