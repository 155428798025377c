/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* accept4() */
#include "view.h"

#include "../system/clock.h"
#include "../engine/logfmt.h"

#include <errno.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define VIEWERS_MAX 4

static int viewers[VIEWERS_MAX];
static unsigned count;

/* Through the directory's descriptor: its path may be too long for an address. */
static struct sockaddr_un address_of(int dir, uint32_t mount) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/events.%u", dir, mount);
    return address;
}

int view_listen(int dir, uint32_t mount) {
    struct sockaddr_un address = address_of(dir, mount);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -errno;
    unlink(address.sun_path);
    if (fchmod(fd, 0600) == 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        chmod(address.sun_path, 0600) == 0 && listen(fd, VIEWERS_MAX) == 0)
        return fd;
    int error = errno;
    close(fd);
    return -error;
}

int view_connect(int dir, uint32_t mount) {
    struct sockaddr_un address = address_of(dir, mount);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int error = errno;
    close(fd);
    return -error;
}

void view_accept(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0 && count < VIEWERS_MAX)
        viewers[count++] = fd;
    else if (fd >= 0)
        close(fd);
}

static void write_line(const char *target, const struct view_line *line, int64_t now_us, char buffer[VIEW_LINE_BYTES]) {
    static const char *const did[VIEW_DIDS] = {
        [VIEW_REFRESHED] = "refreshed",
        [VIEW_RAISED] = "raised",
        [VIEW_OWN] = "own",
        [VIEW_FORGOT] = "forgot",
    };
    const struct note *note = line->note;
    struct text_out out = text_out(buffer, VIEW_LINE_BYTES);

    logfmt_put(&out, "mount", target);
    logfmt_put(&out, "path", note->path);
    if (note->flags & STREAM_IS_BELOW)
        logfmt_put(&out, "what", "below");
    else
        logfmt_put(&out, "what", note->flags & STREAM_IS_GONE ? "gone" : "changed");
    logfmt_put(&out, "did", line->error ? "nothing" : did[line->did]);
    if (line->error)
        logfmt_put(&out, "cause", strerror(-line->error));
    logfmt_put_u64(&out, "took_us", (uint64_t)(now_us - note->came_us));
}

void view_tell(int listener, const char *target, const struct view_line *line) {
    static char buffer[VIEW_LINE_BYTES];
    unsigned kept = 0;

    if (listener < 0 || count == 0)
        return;
    write_line(target, line, clock_us(), buffer);
    for (unsigned i = 0; i < count; i++) {
        if (send(viewers[i], buffer, strlen(buffer), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EPIPE)
            close(viewers[i]);
        else
            viewers[kept++] = viewers[i];
    }
    count = kept;
}
