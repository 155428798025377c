/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <sys/types.h>

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size, uint32_t position, int options);
int fsetxattr(int fd, const char *name, const void *value, size_t size, uint32_t position, int options);
ssize_t flistxattr(int fd, char *namebuf, size_t size, int options);
