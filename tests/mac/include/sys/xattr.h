/* SPDX-License-Identifier: MIT */
/* Extended attributes, of them what the packer calls, from the manual pages: the package lacks Apple's own header. */
#ifndef TESTS_MAC_XATTR_H
#define TESTS_MAC_XATTR_H

#include <stdint.h>
#include <sys/types.h>

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size, uint32_t position, int options);
int fsetxattr(int fd, const char *name, const void *value, size_t size, uint32_t position, int options);
ssize_t flistxattr(int fd, char *names, size_t size, int options);

#endif
