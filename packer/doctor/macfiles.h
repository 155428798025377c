/* SPDX-License-Identifier: MIT */
/*
 * macfiles: single facts out of the small files of a Mac: property lists, and Docker for Mac's lists of shared folders.
 * Pure.
 */
#ifndef PACKER_MACFILES_H
#define PACKER_MACFILES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The string behind <key>KEY</key> in an XML property list of size bytes, into out of out_size bytes. False: there is
 * none, it is longer, or the list is a binary one.
 */
bool macfiles_plist(const char *text, size_t size, const char *key, char *out, size_t out_size);

/* "10.15.7" or "17.09.1-ce-mac42" as numbers; what is missing is 0. False: it does not begin with a number. */
struct macfiles_version {
    unsigned int major;
    unsigned int minor;
};
bool macfiles_version(const char *text, struct macfiles_version *version);

enum macfiles_shares {
    MACFILES_UNKNOWN,   /* not the file it should be */
    MACFILES_NOT_SAID,  /* it lists no folders: Docker's defaults hold */
    MACFILES_SHARED,    /* a folder that holds path, or lies in it, is shared */
    MACFILES_NOT_SHARED /* folders are listed, and none is near path */
};

/*
 * Docker for Mac's shares, as its database has them up to 17.09 (com.docker.driver.amd64-linux/mounts): a line
 * "MAC'S FOLDER:VM'S FOLDER" each. path is the VM's.
 */
enum macfiles_shares macfiles_mounts(const char *text, size_t size, const char *path);

/* The same out of settings.json or settings-store.json: the top level's "filesharingDirectories". */
enum macfiles_shares macfiles_settings(const char *text, size_t size, const char *path);

#endif
