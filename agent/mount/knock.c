/* SPDX-License-Identifier: MIT */
#include "knock.h"

#include "../probe/socket.h"

#include <string.h>
#include <unistd.h>

void knock_clear_wishes(struct knock_table *table) {
    for (uint32_t i = 0; i < table->count; i++)
        table->knocks[i].wanted = false;
}

static struct knock *find(struct knock_table *table, const char *address, uint16_t port) {
    for (uint32_t i = 0; i < table->count; i++)
        if (table->knocks[i].port == port && strcmp(table->knocks[i].address, address) == 0)
            return &table->knocks[i];
    return NULL;
}

void knock_want(struct knock_table *table, const char *address, uint16_t port) {
    struct knock *knock = find(table, address, port);

    if (!knock) {
        if (table->count == KNOCK_MAX || strlen(address) >= sizeof knock->address)
            return;
        knock = &table->knocks[table->count++];
        *knock = (struct knock){.port = port, .fd = -1};
        memcpy(knock->address, address, strlen(address) + 1);
    }
    knock->wanted = true;
}

static void hang_up(struct knock *knock) {
    if (knock->fd >= 0)
        close(knock->fd);
    knock->fd = -1;
}

static void drop_unwanted(struct knock_table *table) {
    uint32_t kept = 0;

    for (uint32_t i = 0; i < table->count; i++) {
        if (table->knocks[i].wanted)
            table->knocks[kept++] = table->knocks[i];
        else
            hang_up(&table->knocks[i]);
    }
    table->count = kept;
}

/* Replaces a connect that has had no answer since the last round. The kernel would send its own second SYN only after
 * a second. */
static void start(struct knock *knock) {
    hang_up(knock);
    knock->fd = probe_socket_dial(knock->address, knock->port);
}

void knock_round(struct knock_table *table, int64_t now_ms) {
    drop_unwanted(table);
    if (table->count == 0) {
        table->due_ms = -1;
        return;
    }
    if (table->due_ms > now_ms)
        return;
    for (uint32_t i = 0; i < table->count; i++)
        start(&table->knocks[i]);
    table->due_ms = now_ms + KNOCK_MS;
}

uint32_t knock_poll(const struct knock_table *table, struct pollfd *fds) {
    uint32_t count = 0;

    for (uint32_t i = 0; i < table->count; i++)
        if (table->knocks[i].fd >= 0)
            fds[count++] = (struct pollfd){.fd = table->knocks[i].fd, .events = POLLOUT};
    return count;
}

const struct knock *knock_answer(struct knock_table *table, const struct pollfd *fd) {
    if (!fd->revents)
        return NULL;
    for (uint32_t i = 0; i < table->count; i++) {
        struct knock *knock = &table->knocks[i];
        if (knock->fd != fd->fd)
            continue;
        int error = probe_socket_error(knock->fd);
        hang_up(knock);
        return error == 0 ? knock : NULL;
    }
    return NULL;
}
