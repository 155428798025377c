/* SPDX-License-Identifier: MIT */
/*
 * identify: the name of what somebody took for a ramdisk image. Pure.
 */
#ifndef PACKER_IDENTIFY_H
#define PACKER_IDENTIFY_H

#include <stdint.h>

/*
 * What the size bytes at bytes are, with an article ("an ISO 9660 image"), or NULL when they may
 * well begin an initramfs or nothing is known about them.
 */
const char *identify(const unsigned char *bytes, uint64_t size);

#endif
