/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "children.h"

#include "../system/worker.h"
#include "actor.h"
#include "jails.h"
#include "reader.h"
#include "scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTES_BYTES 262144 /* notes that may wait for the actor */

void children_init(struct children *children) {
    *children = (struct children){.words = -1, .notes = -1, .asks = -1};
}

static int make_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : -errno;
}

static void close_one(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_pair(int ends[2]) {
    close_one(&ends[0]);
    close_one(&ends[1]);
}

static void run_reader(void *argument) {
    reader_run(argument);
}

int children_read(struct children *children, int stream, const char *export) {
    const int size = NOTES_BYTES;
    int words[2] = {-1, -1}, notes[2] = {-1, -1};
    int error = make_pair(words);

    error = error ? error : make_pair(notes);
    if (!error) {
        setsockopt(notes[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size); /* the default works too */
        struct reader reader = {.stream = stream, .notes = notes[1], .daemon = words[1], .export = export};
        const struct worker_spawn spawn = {
            .run = run_reader,
            .argument = &reader,
            .jail = &jail_network,
            .keep = {stream, notes[1], words[1]},
            .keep_count = 3,
        };
        error = worker_spawn(&spawn, &children->reader);
    }
    close(stream);
    close_one(&words[1]);
    close_one(&notes[1]);
    if (error) {
        close_one(&words[0]);
        close_one(&notes[0]);
    }
    children->words = words[0];
    children->notes = notes[0];
    return error;
}

/* The scanner's arguments. For each byte that it receives, it fills the table and sends the byte back. */
struct scanning {
    int asks;
    int proc;
    pid_t asker; /* the actor, whose own watches do not count */
    uint32_t device;
    const char *target;
    struct watches *watches;
};

static void prepare_scanner(void *argument) {
    struct scanning *scanning = argument;
    struct stat status;
    int root = open(scanning->target, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    scanning->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (scanning->proc < 0 || root < 0 || fstat(root, &status) != 0)
        _exit(1);
    close(root);
    scanning->device = watches_device(status.st_dev);
}

static void run_scanner(void *argument) {
    const struct scanning *scanning = argument;
    char byte;

    while (recv(scanning->asks, &byte, 1, 0) == 1 &&
           scanner_scan(scanning->proc, scanning->device, scanning->asker, scanning->watches) == 0)
        send(scanning->asks, &byte, 1, MSG_NOSIGNAL);
}

static void prepare_actor(void *argument) {
    signal(SIGALRM, SIG_DFL); /* an edit's deadline must end it, whatever the daemon's setting is */
    if (actor_open(argument) != 0)
        _exit(1);
}

static void run_actor(void *argument) {
    actor_run(argument);
}

static int spawn_actor(struct actor *actor, pid_t *pid) {
    const struct worker_spawn spawn = {
        .run = run_actor,
        .prepare = prepare_actor,
        .argument = actor,
        .jail = &jail_actor,
        .keep = {actor->notes, actor->daemon, actor->scanner, actor->viewers},
        .keep_count = 4,
    };

    return worker_spawn(&spawn, pid);
}

static int spawn_scanner(struct scanning *scanning, pid_t *pid) {
    const struct worker_spawn spawn = {
        .run = run_scanner,
        .prepare = prepare_scanner,
        .argument = scanning,
        .jail = &jail_scanner,
        .keep = {scanning->asks},
        .keep_count = 1,
    };

    return worker_spawn(&spawn, pid);
}

int children_act(struct children *children, const char *target, int viewers, bool raise) {
    static struct actor actor; /* only the child writes to most of it */
    int asks[2] = {-1, -1}, scans[2] = {-1, -1};
    struct watches *watches =
        mmap(NULL, sizeof *watches, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); /* all zeros: empty */
    int error = watches == MAP_FAILED ? -errno : make_pair(asks);

    if (!error && raise)
        error = make_pair(scans);
    if (!error) {
        actor = (struct actor){.notes = children->notes, .daemon = asks[1], .scanner = scans[0], .viewers = viewers};
        actor.target = target;
        actor.watches = watches;
        error = spawn_actor(&actor, &children->actor);
    }
    if (!error && raise) {
        struct scanning scanning = {.asks = scans[1], .asker = children->actor, .target = target, .watches = watches};
        error = spawn_scanner(&scanning, &children->scanner);
    }
    if (watches != MAP_FAILED)
        munmap(watches, sizeof *watches);
    close_pair(scans);
    close_one(&asks[1]);
    close_one(&children->notes);
    children->asks = asks[0];
    return error;
}

static void end_one(pid_t *pid) {
    if (*pid > 0)
        kill(*pid, SIGKILL);
    *pid = 0; /* the loop reaps it as an unknown child */
}

void children_end(struct children *children) {
    end_one(&children->reader);
    end_one(&children->actor);
    end_one(&children->scanner);
    close_one(&children->words);
    close_one(&children->notes);
    close_one(&children->asks);
}

void children_end_actor(struct children *children) {
    if (children->actor > 0)
        kill(children->actor, SIGKILL);
    close_one(&children->asks);
}

bool children_ended(struct children *children, pid_t pid) {
    pid_t *const all[] = {&children->reader, &children->actor, &children->scanner};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (*all[i] != pid)
            continue;
        *all[i] = 0;
        return true;
    }
    return false;
}
