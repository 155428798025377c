/* SPDX-License-Identifier: MIT */
/*
 * cred: parses the credential of -mapall and -maproot. Pure. USER must be known, and has all of its groups. In
 * USER:GROUP[:GROUP]... numbers need not be known; nfsd skips unknown groups, and requires one known group. Sources:
 * exports(5) of macOS; parsecred() of nfsd/mountd.c, apple-oss-distributions/NFS.
 */
#ifndef PACKER_EXPORTS_CRED_H
#define PACKER_EXPORTS_CRED_H

#include "world.h"

/* NO_USER: the user is unknown. NO_GROUP: none of the groups is known. */
enum exports_cred_answer { EXPORTS_CRED_FINE, EXPORTS_CRED_NO_USER, EXPORTS_CRED_NO_GROUP };

/* Parses value, up to the first blank, into *cred. Looks up names in world. */
enum exports_cred_answer exports_cred_read(const struct exports_world *world, const char *value,
                                           struct exports_cred *cred);

/* The credential without a mapping: nobody. */
extern const struct exports_cred exports_nobody;

bool exports_same_cred(const struct exports_cred *a, const struct exports_cred *b);

#endif
