/* SPDX-License-Identifier: MIT */
/*
 * secret: numbers that nobody can guess beforehand, for hash tables. Edge.
 */
#ifndef PACKER_SECRET_H
#define PACKER_SECRET_H

#include <stdint.h>

/* Fills key from /dev/urandom. Where there is none: from the time and the process, which is still no one's to choose.
 */
void secret_fill(uint64_t key[2]);

#endif
