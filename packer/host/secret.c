/* SPDX-License-Identifier: MIT */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int secret_fill(void *bytes, size_t size) {
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    size_t done = 0;
    int rc = 0;

    if (fd < 0)
        return -errno;
    while (rc == 0 && done < size) {
        ssize_t got = read(fd, (char *)bytes + done, size - done);

        if (got > 0)
            done += (size_t)got;
        else if (got == 0 || errno != EINTR)
            rc = got ? -errno : -EIO;
    }
    close(fd);
    return rc;
}
