/* SPDX-License-Identifier: MIT */
#include "probe_memory.h"

#include <rpc/rpc.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

enum { BLOCKS_MAX = 65536, CLIENTS_MAX = 8 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
CLIENT *client_kept(int fd, const struct netbuf *address, rpcprog_t program, rpcvers_t version, u_int send, u_int recv);

static bool on;
static void *blocks[BLOCKS_MAX];
static size_t block_count;
static CLIENT *clients[CLIENTS_MAX];
static size_t client_count;
static struct clnt_ops kept_ops;
static void (*destroy)(CLIENT *client);

static void *keep(void *block) {
    if (on && block) {
        if (block_count == BLOCKS_MAX)
            abort();
        blocks[block_count++] = block;
    }
    return block;
}

static void forget(const void *block) {
    for (size_t i = on ? block_count : 0; i > 0; i--)
        if (blocks[i - 1] == block) {
            blocks[i - 1] = blocks[--block_count];
            return;
        }
}

void *__wrap_malloc(size_t size) {
    return keep(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size) {
    return keep(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size) {
    forget(block);
    return keep(__real_realloc(block, size));
}

void __wrap_free(void *block) {
    forget(block);
    __real_free(block);
}

static void client_destroyed(CLIENT *client) {
    for (size_t i = 0; i < client_count; i++)
        if (clients[i] == client)
            clients[i] = NULL;
    destroy(client);
}

/* Takes clnt_vc_create()'s place in probe/rpc.c: libtirpc keeps locks by descriptor, which must go with the client. */
CLIENT *client_kept(int fd, const struct netbuf *address, rpcprog_t program, rpcvers_t version, u_int send,
                    u_int recv) {
    CLIENT *client = clnt_vc_create(fd, address, program, version, send, recv);

    if (!client)
        return NULL;
    if (client_count == CLIENTS_MAX)
        abort();
    destroy = client->cl_ops->cl_destroy;
    kept_ops = *client->cl_ops;
    kept_ops.cl_destroy = client_destroyed;
    client->cl_ops = &kept_ops;
    clients[client_count++] = client;
    return client;
}

/* The first run makes what the libraries keep for the life of the process. */
void memory_begin(void) {
    static unsigned runs;

    on = runs++ > 0;
}

void memory_end(void) {
    for (size_t i = 0; i < client_count; i++)
        if (clients[i])
            destroy(clients[i]);
    client_count = 0;
    on = false;
    while (block_count > 0)
        __real_free(blocks[--block_count]);
}
