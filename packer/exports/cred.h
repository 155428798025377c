/* SPDX-License-Identifier: MIT */
/*
 * cred: whom -mapall and -maproot name. Pure. Source: exports(5), and how nfsd takes it: a user alone brings
 * his groups and must be known; with a colon, numbers need not be known, unknown groups are left out, and one must be
 * left.
 */
#ifndef PACKER_EXPORTS_CRED_H
#define PACKER_EXPORTS_CRED_H

#include "world.h"

enum exports_cred_answer { EXPORTS_CRED_FINE, EXPORTS_CRED_NO_USER, EXPORTS_CRED_NO_GROUP };

enum exports_cred_answer exports_cred_read(const struct exports_world *world, const char *value,
                                           struct exports_cred *cred);

/* Who serves without a mapping: nobody. */
extern const struct exports_cred exports_nobody;

bool exports_same_cred(const struct exports_cred *a, const struct exports_cred *b);

#endif
