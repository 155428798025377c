/* SPDX-License-Identifier: MIT */
#include <stdint.h>

int fclonefileat(int srcfd, int dst_dirfd, const char *dst, uint32_t flags);
