/* SPDX-License-Identifier: MIT */
/*
 * macfiles: reads single facts from a Mac's property lists, and from Docker for Mac's lists of shared folders. Pure.
 * Sources: plist(5); RFC 8259 (JSON).
 */
#ifndef PACKER_MACFILES_H
#define PACKER_MACFILES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the string after <key>KEY</key> in an XML property list of size bytes to out of out_size bytes. Returns false
 * if there is none, if it does not fit, or if the property list is binary.
 */
bool macfiles_plist(const char *text, size_t size, const char *key, char *out, size_t out_size);

/* Parses "10.15.7" or "17.09.1-ce-mac42". A missing minor number is 0. Returns false if text begins with no number. */
struct macfiles_version {
    unsigned int major;
    unsigned int minor;
};
bool macfiles_version(const char *text, struct macfiles_version *version);

enum macfiles_shares {
    MACFILES_UNKNOWN,   /* the file is damaged or another one */
    MACFILES_NOT_SAID,  /* the file does not list folders, so Docker uses its defaults */
    MACFILES_SHARED,    /* Docker shares path, a folder above it, or a folder inside it */
    MACFILES_NOT_SHARED /* the file lists other folders only */
};

/*
 * Looks for path, a folder of the VM, in the database of Docker for Mac up to 17.09
 * (com.docker.driver.amd64-linux/mounts). Each line is "FOLDER OF THE MAC:FOLDER OF THE VM".
 */
enum macfiles_shares macfiles_mounts(const char *text, size_t size, const char *path);

/* Looks for path in "filesharingDirectories" at the top level of settings.json or settings-store.json. */
enum macfiles_shares macfiles_settings(const char *text, size_t size, const char *path);

#endif
