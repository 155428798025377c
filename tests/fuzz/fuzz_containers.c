/* SPDX-License-Identifier: MIT */
/* Another namespace's mount table and control groups, from any bytes: what is found lies in the share. */
#include "../../agent/containers/find.h"
#include "../../agent/containers/id.h"

#include <stdlib.h>
#include <string.h>

#define OWN                                                                                                            \
    "20 1 0:18 / / rw - tmpfs tmpfs rw\n"                                                                              \
    "60 20 0:40 / /Users rw - nfs 192.168.65.1:/Users rw\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct containers_bind *bind) {
    if (bind->subpath[0] != '\0' && bind->subpath[0] != '/')
        abort();
    if (bind->flags & MOUNTINFO_SHARED || memchr(bind->subpath, '\0', sizeof bind->subpath) == NULL)
        abort();
}

static void find(struct text table, const struct containers_origin *origin) {
    static struct containers_bind bind;
    static struct mountinfo entry;

    for (struct text rest = table; containers_find(table, &rest, origin, &bind);) {
        check(&bind);
        uint32_t count = 0;
        for (struct text inner = table; containers_find_inner(&inner, &bind, &entry); count++)
            if (entry.point[0] != '/')
                abort();
        if (count > bind.inner)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct containers_origin origin;
    struct text table = {(const char *)data, size};
    char id[CONTAINERS_ID_SIZE];

    if (!containers_origin(text_of(OWN), "/Users", "192.168.65.1:/Users", &origin))
        abort();
    find(table, &origin);
    if (containers_origin(table, "/Users", "192.168.65.1:/Users", &origin))
        find(table, &origin);
    if (containers_id(table, id) != (id[0] != '\0') || memchr(id, '/', strlen(id)))
        abort();
    return 0;
}
