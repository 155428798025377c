/* SPDX-License-Identifier: MIT */
/*
 * secret: bytes that nobody can guess beforehand: names of files, keys of hash tables. Edge.
 */
#ifndef PACKER_SECRET_H
#define PACKER_SECRET_H

#include <stddef.h>

/* Fills size bytes from /dev/urandom, which macOS and Linux have. 0 or -errno. */
int secret_fill(void *bytes, size_t size);

#endif
