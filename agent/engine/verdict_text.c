/* SPDX-License-Identifier: MIT */
#include "verdict_text.h"

#include "exports.h"
#include "../settings/mountspec.h"

#include <string.h>

struct meaning {
    const char *name;
    enum config_loglevel level;
    const char *meaning;
};

/* clang-format off */
static const struct meaning meanings[VERDICTS] = {
    [VERDICT_NONE] = {"none", LOGLEVEL_INFO, "no attempt has ended yet"},
    [VERDICT_OK] = {"ok", LOGLEVEL_INFO, "mounted by usermount, and proven to work"},
    [VERDICT_ADOPTED] = {"adopted", LOGLEVEL_INFO, "already mounted from the same source, and works"},
    [VERDICT_NO_ROUTE] = {"no-route", LOGLEVEL_WARN, "the guest has no address or route, or the server's name has no address"},
    [VERDICT_REFUSED] = {"refused", LOGLEVEL_WARN, "nothing listens on the server's ports 111 and 2049"},
    [VERDICT_UNREACHABLE] = {"unreachable", LOGLEVEL_WARN, "the server does not answer in time, or hangs up"},
    [VERDICT_NO_NFS] = {"no-nfs", LOGLEVEL_WARN, "rpcbind answers, but NFS is not registered or its port is closed"},
    [VERDICT_NO_MOUNTD] = {"no-mountd", LOGLEVEL_WARN, "mountd is not registered, or rpcbind does not report its port"},
    [VERDICT_VERSION] = {"version", LOGLEVEL_WARN, "the server does not offer NFS or MOUNT version 3 over TCP"},
    [VERDICT_NOT_EXPORTED] = {"not-exported", LOGLEVEL_WARN, "the server's export list lacks the path"},
    [VERDICT_NEAR_MISS] = {"near-miss", LOGLEVEL_WARN,
        "not exported, but a similar path is: other case, a parent or a subfolder, its /System/Volumes/Data name"},
    [VERDICT_DENIED] = {"denied", LOGLEVEL_WARN, "the path is exported, but MOUNT refuses it"},
    [VERDICT_AUTH] = {"auth", LOGLEVEL_WARN, "the server rejects the caller's credentials or port"},
    [VERDICT_MISSING_FOLDER] = {"missing-folder", LOGLEVEL_WARN, "the path is exported, but the folder is missing on the Mac"},
    [VERDICT_CONFLICT] = {"conflict", LOGLEVEL_WARN, "another file system is on the target"},
    [VERDICT_TARGET] = {"target", LOGLEVEL_ERROR, "the target cannot be created, or is not a directory"},
    [VERDICT_NO_KERNEL_NFS] = {"no-kernel-nfs", LOGLEVEL_ERROR, "the kernel has no NFS client"},
    [VERDICT_BAD_OPTION] = {"bad-option", LOGLEVEL_ERROR, "the kernel refuses a mount option"},
    [VERDICT_STALLED] = {"stalled", LOGLEVEL_WARN, "mounted, but reads of folders or large files time out"},
    [VERDICT_STALE] = {"stale", LOGLEVEL_WARN, "the mount's file handle is dead; the agent mounts again"},
    [VERDICT_DOWN] = {"down", LOGLEVEL_WARN, "the server stopped answering; the mount stays"},
    [VERDICT_INTERNAL] = {"internal", LOGLEVEL_ERROR, "any other failure; the cause names the call and its error"},
};
/* clang-format on */

const char *verdict_name(enum verdict_code code) {
    return meanings[code].name;
}

enum verdict_code verdict_named(struct text name) {
    for (enum verdict_code code = 0; code < VERDICTS; code++)
        if (text_is(name, meanings[code].name))
            return code;
    return VERDICTS;
}

enum config_loglevel verdict_level(enum verdict_code code) {
    return meanings[code].level;
}

const char *verdict_meaning(enum verdict_code code) {
    return meanings[code].meaning;
}

/* exports(5) of macOS. -alldirs: the agent mounts folders below the path for running containers. */
void verdict_export_line(const char *path, struct text_out *out) {
    text_put_exports_path(out, path);
    text_put(out, " -alldirs -mapall=501:20 localhost");
}

static const char *mount_status_name(uint32_t status) {
    static const struct {
        uint32_t status;
        const char *name;
    } names[] = {
        {1, "not owner"},          {2, "no such folder"},    {5, "I/O error"},
        {13, "permission denied"}, {20, "not a folder"},     {22, "invalid argument"},
        {63, "name too long"},     {10004, "not supported"}, {10006, "server fault"},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].status == status)
            return names[i].name;
    return "an unknown status";
}

/* RFC 5531, 9: enum auth_stat. */
static const char *auth_name(uint32_t why) {
    static const char *const names[] = {
        "no reason given",           "bad credentials",
        "rejected credentials",      "bad verifier",
        "rejected verifier",         "too weak: a reserved port is required",
        "bad verifier in the reply", "no reason given",
    };

    return names[why < sizeof names / sizeof names[0] ? why : 0];
}

static void put_versions(uint32_t versions, struct text_out *out) {
    const char *separator = "";

    for (unsigned version = 0; version < 32; version++) {
        if (!(versions >> version & 1))
            continue;
        text_putf(out, "%s%u", separator, version);
        separator = ", ";
    }
    if (!versions)
        text_put(out, "no version");
}

struct words {
    enum step step;
    const struct evidence *evidence;
    const struct verdict_context *context;
};

static void put_errno(const struct words *words, struct text_out *out) {
    const struct step_result *result = words->step < STEPS ? &words->evidence->steps[words->step] : NULL;

    if (result && result->error)
        text_put(out, strerror(result->error));
    else
        text_put(out, result && result->state == STEP_FAILED ? "no error number" : "no answer");
}

static void put_line(const struct words *words, struct text_out *out) {
    char line[2 * CONFIG_PATH_SIZE + 64];
    struct text_out made = text_out(line, sizeof line);

    verdict_export_line(words->context->export, &made);
    text_put_visible(out, line);
}

/* Appends `path`, escaped as in a `mount` value. */
static void put_value(const char *path, struct text_out *out) {
    mountspec_escape(path, ":", out);
}

static void put_data_value(const struct words *words, struct text_out *out) {
    put_value(EXPORTS_DATA_VOLUME, out);
    put_value(words->context->export, out);
}

/* For `gateway`, the address that it led to. */
static const char *server_of(const struct words *words) {
    const char *server = words->context->server;

    return strcmp(server, "gateway") == 0 && words->evidence->address[0] ? words->evidence->address : server;
}

static bool put_plain(struct text word, const struct words *words, struct text_out *out) {
    const struct evidence *evidence = words->evidence;
    const struct verdict_context *context = words->context;
    const struct {
        const char *name;
        const char *value;
    } plain[] = {
        {"server", server_of(words)},
        {"place", context->place},
        {"export", context->export},
        {"target", context->target},
        {"options", context->options},
        {"detail", evidence->detail[0] ? evidence->detail : "no details"},
        {"exports", evidence->export_count ? evidence->exports : "none"},
        {"near", evidence->near_path},
        {"step", words->step < STEPS ? evidence_step_name(words->step) : "watch"},
        {"mount-status", mount_status_name(evidence->mount_status)},
        {"rpc-why", auth_name(evidence->rpc_why)},
    };

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (text_is(word, plain[i].name)) {
            text_put_visible(out, plain[i].value);
            return true;
        }
    }
    return false;
}

static void put_word(struct text word, const struct words *words, struct text_out *out) {
    if (put_plain(word, words, out))
        return;
    if (text_is(word, "errno"))
        put_errno(words, out);
    else if (text_is(word, "line"))
        put_line(words, out);
    else if (text_is(word, "export-value"))
        put_value(words->context->export, out);
    else if (text_is(word, "target-value"))
        put_value(words->context->target, out);
    else if (text_is(word, "near-value"))
        put_value(words->evidence->near_path, out);
    else if (text_is(word, "data-value"))
        put_data_value(words, out);
    else if (text_is(word, "nfs-versions"))
        put_versions(words->evidence->nfs_versions, out);
    else if (text_is(word, "mount-versions"))
        put_versions(words->evidence->mount_versions, out);
}

static void put_sentence(const char *sentence, const struct words *words, struct text_out *out) {
    struct text rest = text_of(sentence);

    while (rest.at) {
        text_put_text(out, text_cut(&rest, '{'));
        if (rest.at)
            put_word(text_cut(&rest, '}'), words, out);
    }
}

void verdict_write(enum verdict_cause cause, enum step step, const struct evidence *evidence,
                   const struct verdict_context *context, struct verdict *verdict) {
    const struct words words = {step, evidence, context};
    struct text_out said = text_out(verdict->cause, sizeof verdict->cause);
    struct text_out advised = text_out(verdict->fix, sizeof verdict->fix);

    verdict->code = verdict_rows[cause].code;
    put_sentence(verdict_rows[cause].cause, &words, &said);
    put_sentence(verdict_rows[cause].fix, &words, &advised);
}
