/* SPDX-License-Identifier: MIT */
/* /etc/passwd, group, hosts, networks and netgroup from any bytes: every name that the bytes begin with is asked for.
 */
#include "../../packer/exports/etcfiles.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct text rest = {(const char *)data, size};
    struct text name = text_cut(&rest, '\n');
    struct exports_address addresses[4];
    struct exports_cred cred = {0};
    struct text user;
    char word[64];
    char host[8];
    int32_t gid;
    uint32_t number;

    if (!text_copy(name, word, sizeof(word)))
        return 0;
    if (etcfiles_user(rest, word, 0, &cred, &user)) {
        if (!text_is(user, word) || cred.group_count != 1)
            abort();
        etcfiles_memberships(rest, user, &cred);
        if (cred.group_count > EXPORTS_GROUPS_MAX)
            abort();
    }
    etcfiles_group(rest, word, &gid);
    if (etcfiles_host(rest, word, addresses, 4) > 4)
        abort();
    etcfiles_network(rest, word, &number);
    for (size_t i = 0; etcfiles_netgroup(rest, word, i, host, sizeof(host)); i++)
        if (!*host || i > size)
            abort();
    return 0;
}
