/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "mountstats.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define TARGET_BYTES 1025

/* Whether the counter at `place` grows with use: NFSIOS_INODEREVALIDATE, _DENTRYREVALIDATE, _VFSOPEN, _VFSLOOKUP and
 * _VFSACCESS of linux/nfs_iostat.h. */
static bool is_use(unsigned place) {
    return place <= 1 || (place >= 4 && place <= 6);
}

/* "device SOURCE mounted on TARGET with fstype nfs statvers=1.1" */
static bool is_mount(struct text line, const char *target) {
    char point[TARGET_BYTES];
    struct text rest = line;

    text_cut(&rest, ' ');
    text_cut(&rest, ' ');
    if (!text_is(text_cut(&rest, ' '), "mounted") || !text_is(text_cut(&rest, ' '), "on") ||
        !text_unescape(text_cut(&rest, ' '), point, sizeof point) || strcmp(point, target) != 0)
        return false;
    return text_is(text_cut(&rest, ' '), "with") && text_is(text_cut(&rest, ' '), "fstype") &&
           text_has_prefix(rest, "nfs");
}

void mountstats_line(struct mountstats *stats, struct text line, const char *target) {
    uint64_t number;

    line = text_trim(line);
    if (text_has_prefix(line, "device ")) {
        stats->ours = is_mount(line, target);
        stats->found |= stats->ours;
        return;
    }
    if (!stats->ours || !text_has_prefix(line, "events:"))
        return;
    stats->uses = 0;
    text_cut(&line, ':');
    line = text_trim(line);
    for (unsigned place = 0; line.len > 0; place++)
        if (text_u64(text_cut(&line, ' '), UINT64_MAX, &number) && is_use(place))
            stats->uses += number;
}

void mountstats_read(struct mountstats *stats, const char *target) {
    static char buffer[8192];
    size_t kept = 0;
    ssize_t n;
    int fd = open("/proc/self/mountstats", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    while ((n = read(fd, buffer + kept, sizeof buffer - kept)) > 0) {
        struct text rest = {buffer, kept + (size_t)n};
        while (rest.len > 0 && memchr(rest.at, '\n', rest.len))
            mountstats_line(stats, text_cut(&rest, '\n'), target);
        kept = rest.len < sizeof buffer ? rest.len : 0; /* drops a line that is too long */
        memmove(buffer, rest.at ? rest.at : buffer, kept);
    }
    close(fd);
}
