/* SPDX-License-Identifier: MIT */
/* The least that mounts: bare SERVER /EXPORT TARGET. One mount(2), with the ports known and the mission's options. */
#include <stdio.h>
#include <sys/mount.h>

int main(int argc, char **argv) {
    char source[256], data[256];

    if (argc != 4)
        return 2;
    snprintf(source, sizeof source, "%s:%s", argv[1], argv[2]);
    snprintf(data, sizeof data, "vers=3,proto=tcp,mountproto=tcp,port=2049,mountport=20048,hard,nolock,noacl,addr=%s",
             argv[1]);
    if (mount(source, argv[3], "nfs", MS_NOATIME, data) == 0)
        return 0;
    perror("bare: unable to mount");
    return 1;
}
