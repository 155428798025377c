/* SPDX-License-Identifier: MIT */
/*
 * secret: random bytes for file names and for the keys of hash tables. Edge. Source: random(4) of Linux and of macOS.
 */
#ifndef PACKER_SECRET_H
#define PACKER_SECRET_H

#include <stddef.h>

/* Fills size bytes from /dev/urandom. Returns 0 or -errno. */
int secret_fill(void *bytes, size_t size);

#endif
