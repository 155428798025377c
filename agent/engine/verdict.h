/* SPDX-License-Identifier: MIT */
/*
 * verdict: turns evidence into one code, the cause, and what to do.
 *
 * PURE. The codes are stable: scripts rely on them. If the evidence fits two causes, the text names both.
 */
#ifndef USERMOUNT_VERDICT_H
#define USERMOUNT_VERDICT_H

#include "../settings/config.h"
#include "evidence.h"

#define VERDICT_TEXT_SIZE 640

enum verdict_code {
    VERDICT_NONE, /* no attempt has ended yet */
    VERDICT_OK,
    VERDICT_ADOPTED,
    VERDICT_NO_ROUTE,
    VERDICT_REFUSED,
    VERDICT_UNREACHABLE,
    VERDICT_NO_NFS,
    VERDICT_NO_MOUNTD,
    VERDICT_VERSION,
    VERDICT_NOT_EXPORTED,
    VERDICT_NEAR_MISS,
    VERDICT_DENIED,
    VERDICT_AUTH,
    VERDICT_MISSING_FOLDER,
    VERDICT_CONFLICT,
    VERDICT_TARGET,
    VERDICT_NO_KERNEL_NFS,
    VERDICT_BAD_OPTION,
    VERDICT_STALLED,
    VERDICT_STALE,
    VERDICT_DOWN,
    VERDICT_INTERNAL,
    VERDICTS
};

/* Both texts are one line without control bytes, whatever the network sent. `fix` is empty after a success. */
struct verdict {
    enum verdict_code code;
    char cause[VERDICT_TEXT_SIZE];
    char fix[VERDICT_TEXT_SIZE];
};

/* What the texts can name. Nothing is NULL. */
struct verdict_context {
    const char *server; /* as configured */
    const char *export;
    const char *target;
    const char *options; /* the options that the user added */
    const char *place;   /* where the server is set: "usermount.conf line 3 column 1" */
};

const char *verdict_name(enum verdict_code code);

/* The code of that name; VERDICTS: unknown. */
enum verdict_code verdict_named(struct text name);

/* The level of its log line. */
enum config_loglevel verdict_level(enum verdict_code code);

/* One line that explains the code, for docs/verdicts.md. */
const char *verdict_meaning(enum verdict_code code);

/* Judges an attempt. VERDICT_OK: every step that `goal` needs is done. VERDICT_INTERNAL: one is not done, and nothing
 * tells why. */
void verdict_of(const struct evidence *evidence, enum evidence_goal goal, const struct verdict_context *context,
                struct verdict *verdict);

/* Makes the verdict `code` without a look at the steps. `evidence` fills in the texts, and may be NULL. */
void verdict_make(enum verdict_code code, const struct evidence *evidence, const struct verdict_context *context,
                  struct verdict *verdict);

/* Appends the line for `path` in the Mac's /etc/exports, quoted as exports(5) requires. */
void verdict_export_line(const char *path, struct text_out *out);

#endif
