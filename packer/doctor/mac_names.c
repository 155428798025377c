/* SPDX-License-Identifier: MIT */
/* Written from the manual pages getgrouplist(3), getnetgrent(3), getattrlist(2) and statfs(2) of macOS. */
#include "mac_names.h"

#ifdef __APPLE__

#include "../exports/etcfiles.h"
#include "../exports/judge.h"
#include "../host/host.h"
#include "../host/image.h"
#include "mac.h"

#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/attr.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ASKING_S 5 /* for all names together */

static bool find_user(void *context, const char *name, int32_t uid, struct exports_cred *cred) {
    const struct passwd *user = name ? getpwnam(name) : getpwuid((uid_t)uid);
    int groups[EXPORTS_GROUPS_MAX];
    int count = EXPORTS_GROUPS_MAX;

    (void)context;
    if (!user)
        return false;
    getgrouplist(user->pw_name, (int)user->pw_gid, groups, &count);
    *cred = (struct exports_cred){.uid = (int32_t)user->pw_uid};
    for (int i = 0; i < count && i < EXPORTS_GROUPS_MAX; i++)
        cred->groups[cred->group_count++] = groups[i];
    return true;
}

static bool find_group(void *context, const char *name, int32_t *gid) {
    const struct group *group = getgrnam(name);

    (void)context;
    if (group)
        *gid = (int32_t)group->gr_gid;
    return group != NULL;
}

/* Runs in the child: writes the addresses of a name, one record each. */
static void answer(const char *name, int output) {
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;

    if (getaddrinfo(name, NULL, &hints, &list) != 0)
        _exit(1);
    for (const struct addrinfo *at = list; at; at = at->ai_next) {
        struct exports_address address = {0};
        const void *bytes = at->ai_addr;

        if (at->ai_family == AF_INET) {
            address.family = 4;
            memcpy(address.bytes, &((const struct sockaddr_in *)bytes)->sin_addr, 4);
        } else if (at->ai_family == AF_INET6) {
            address.family = 6;
            memcpy(address.bytes, &((const struct sockaddr_in6 *)bytes)->sin6_addr, 16);
        }
        if (address.family && write(output, &address, sizeof(address)) != (ssize_t)sizeof(address))
            _exit(1);
    }
    _exit(0);
}

/* Reads the child's records until it ends or the time is over. */
static size_t hear(int input, time_t end, struct exports_address *out, size_t max) {
    size_t count = 0;

    while (count < max && time(NULL) < end) {
        struct pollfd waited = {.fd = input, .events = POLLIN};

        if (poll(&waited, 1, 1000) <= 0)
            continue;
        if (read(input, &out[count], sizeof(*out)) != (ssize_t)sizeof(*out))
            break;
        count++;
    }
    return count;
}

static size_t ask(const char *name, time_t end, struct exports_address *out, size_t max) {
    int ends[2];
    size_t count = 0;
    pid_t child;

    if (pipe(ends) < 0)
        return 0;
    child = fork();
    if (child == 0) {
        close(ends[0]);
        answer(name, ends[1]);
    }
    close(ends[1]);
    if (child > 0) {
        count = hear(ends[0], end, out, max);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    close(ends[0]);
    return count;
}

/* /etc/hosts comes first in the system's resolver, and needs no child. */
static size_t find_host(void *context, const char *name, struct exports_address *out, size_t max) {
    static time_t left = ASKING_S;
    struct image_error error;
    size_t size;
    time_t start = time(NULL);
    char *hosts = image_slurp("/etc/hosts", MAC_FILE_MAX_BYTES, &size, &error);
    size_t count = hosts ? etcfiles_host((struct text){hosts, size}, name, out, max) : 0;

    (void)context;
    free(hosts);
    if (count || left <= 0)
        return count;
    count = ask(name, start + left, out, max);
    left -= time(NULL) - start;
    return count;
}

static bool find_netgroup(void *context, const char *name, size_t place, char *host, size_t size) {
    char *member;
    char *user;
    char *domain;
    bool is_found = false;

    (void)context;
    setnetgrent(name);
    for (size_t i = 0; i <= place; i++)
        is_found = getnetgrent(&member, &user, &domain) != 0;
    if (is_found && member)
        snprintf(host, size, "%s", member);
    endnetgrent();
    return is_found && member;
}

static bool find_network(void *context, const char *name, uint32_t *number) {
    const struct netent *network = getnetbyname(name);

    (void)context;
    if (network)
        *number = network->n_net;
    return network != NULL;
}

static enum exports_folder find_folder(void *context, const char *path) {
    static const struct mac here = {.is_rooted = false};

    (void)context;
    return mac_folder(&here, path);
}

/* context is not NULL if the world is_split. */
static bool find_volume(void *context, const char *path, char *out, size_t size) {
    struct statfs seen;

    if (statfs(path, &seen) < 0)
        return false;
    if (context)
        return exports_physical(seen.f_mntonname, out, size);
    return (size_t)snprintf(out, size, "%s", seen.f_mntonname) < size;
}

static bool find_uuid(void *context, const char *volume, unsigned char uuid[16]) {
    struct attrlist wanted = {.bitmapcount = ATTR_BIT_MAP_COUNT, .volattr = ATTR_VOL_INFO | ATTR_VOL_UUID};
    struct {
        uint32_t size;
        unsigned char uuid[16];
    } found;

    (void)context;
    if (getattrlist(volume, &wanted, &found, sizeof(found), 0) < 0 || found.size < sizeof(found))
        return false;
    memcpy(uuid, found.uuid, 16);
    return true;
}

static bool find_mounted(void *context, size_t place, char *out, size_t size) {
    (void)context;
    return host_mounted(place, out, size);
}

void mac_names(struct exports_world *world, bool is_split) {
    static char split;

    *world = (struct exports_world){is_split ? &split : NULL,
                                    is_split,
                                    find_user,
                                    find_group,
                                    find_host,
                                    find_netgroup,
                                    find_network,
                                    find_folder,
                                    find_volume,
                                    find_uuid,
                                    find_mounted};
}

#else

void mac_names(struct exports_world *world, bool is_split) {
    *world = (struct exports_world){.is_split = is_split};
}

#endif
