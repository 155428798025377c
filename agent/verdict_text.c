/* SPDX-License-Identifier: MIT */
#include "verdict_text.h"

#include <string.h>

/* The words in braces are filled in by put_word(). */
static const char *const causes[VERDICT_CAUSES] = {
    [CAUSE_NONE] = "no attempt has ended yet",
    [CAUSE_OK] = "mounted",
    [CAUSE_ADOPTED] = "was already mounted from the same source",
    [CAUSE_NO_ADDRESS] = "{server} has no address yet: {detail}",
    [CAUSE_NO_ROUTE] = "no route to {server}",
    [CAUSE_REFUSED] = "{server} refuses connections to rpcbind (port 111) and NFS (port 2049)",
    [CAUSE_CONNECT] = "{server} cannot be reached at {step}: {errno}",
    [CAUSE_SILENT] = "{server} does not answer at {step} in the time allowed",
    [CAUSE_HUNG_UP] = "{server} hung up at {step}: {errno}",
    [CAUSE_NO_RPCBIND] =
        "NFS answers on {server}, but rpcbind (port 111), which knows mountd's port, does not: {errno}",
    [CAUSE_RPCBIND_SILENT] = "NFS answers on {server}, but rpcbind (port 111), which knows mountd's port, is silent",
    [CAUSE_RPCBIND_REJECTS] =
        "NFS answers on {server}, but rpcbind (port 111), which knows mountd's port, rejects the guest ({rpc-why})",
    [CAUSE_NOT_REGISTERED] = "rpcbind answers on {server}, but no NFS is registered",
    [CAUSE_MOUNTD_NOT_REGISTERED] = "rpcbind answers on {server}, but no mountd is registered on TCP",
    [CAUSE_PORT_REFUSED] = "{server} refuses the port that rpcbind names for {step}",
    [CAUSE_NO_PROGRAM] = "{server} does not serve the program asked for at {step}",
    [CAUSE_NFS_VERSIONS] = "{server} offers NFS {nfs-versions} on TCP, not 3",
    [CAUSE_MOUNT_VERSIONS] = "{server} offers MOUNT {mount-versions} on TCP, not 3",
    [CAUSE_MISMATCH] = "{server} does not speak version 3 at {step}",
    [CAUSE_NEAR] = "{export} is not exported, but {near} is ({near-kind})",
    [CAUSE_NOT_LISTED] = "{export} is not in the exports that {server} shows: {exports}; or it is, for other hosts",
    [CAUSE_MNT_DENIED] = ("{export} is exported, but MOUNT says {mount-status}: it is not for localhost, or a "
                          "reserved port is required"),
    [CAUSE_AUTH] = "{server} rejects the credentials at {step} ({rpc-why})",
    [CAUSE_GETATTR_DENIED] = "MOUNT gives {export}, but NFS denies its attributes: a reserved port is required",
    [CAUSE_STALE] = "the handle of {export} is dead: the export was made anew on the Mac",
    [CAUSE_TARGET] = "{target} cannot be used: {detail}: {errno}",
    [CAUSE_TARGET_TAKEN] = "{target} cannot be used: {detail}",
    [CAUSE_NO_KERNEL_NFS] = "this kernel has no NFS client",
    [CAUSE_BAD_OPTION] = "the kernel refuses the mount option {refused}",
    [CAUSE_BUSY] = "the kernel says that {target} is busy",
    [CAUSE_CONFLICT] = "another file system is on {target}: {detail}",
    [CAUSE_KERNEL_DENIED] = "the probe may mount {export}, but the kernel may not",
    [CAUSE_KERNEL_REFUSED] = "{server} refused the kernel's connection after the probe's was accepted",
    [CAUSE_STALLED] = "{target} is mounted, but {step} does not answer: {errno}; large replies are lost",
    [CAUSE_DOWN] = "{server} stopped answering; the mount stays and the kernel reconnects",
    [CAUSE_INTERNAL] = "{step} failed: {detail}: {errno}",
};

struct row {
    const char *name;
    enum config_loglevel level;
    const char *meaning;
    const char *fix;
};

static const struct row rows[VERDICTS] = {
    [VERDICT_NONE] = {"none", LOGLEVEL_INFO, "no attempt has ended yet", ""},
    [VERDICT_OK] = {"ok", LOGLEVEL_INFO, "mounted by usermount, and proven to work", ""},
    [VERDICT_ADOPTED] = {"adopted", LOGLEVEL_INFO, "was already mounted from the same source, and works", ""},
    [VERDICT_NO_ROUTE] = {"no-route", LOGLEVEL_WARN, "the guest has no address or route, or the name none",
                          "the guest's network is not up yet; if this stays, restart Docker"},
    [VERDICT_REFUSED] = {"refused", LOGLEVEL_WARN, "nothing listens on the server's ports 111 and 2049",
                         "NFS is not running on the Mac: sudo nfsd enable && sudo nfsd start"},
    [VERDICT_UNREACHABLE] = {"unreachable", LOGLEVEL_WARN, "no answer within the deadline",
                             "a firewall or VPN on the Mac drops it: allow nfsd, rpcbind and mountd"},
    [VERDICT_NO_NFS] = {"no-nfs", LOGLEVEL_WARN, "rpcbind answers, but NFS is not registered or its port is closed",
                        "nfsd has no valid exports: sudo nfsd checkexports, then sudo nfsd update"},
    [VERDICT_NO_MOUNTD] = {"no-mountd", LOGLEVEL_WARN, "mountd is not registered, or rpcbind does not tell its port",
                           "nfsd has no valid exports: sudo nfsd checkexports, then sudo nfsd restart"},
    [VERDICT_VERSION] = {"version", LOGLEVEL_WARN, "NFS or MOUNT version 3 is not on offer over TCP",
                         "serve NFS version 3 over TCP: nfs.server.tcp = 1 in /etc/nfs.conf, then sudo nfsd restart"},
    [VERDICT_NOT_EXPORTED] = {"not-exported", LOGLEVEL_WARN, "the server's export list lacks the path",
                              "add to /etc/exports: {line}  then: sudo nfsd update"},
    [VERDICT_NEAR_MISS] =
        {"near-miss", LOGLEVEL_WARN,
         "not exported, but a path like it is: other case, a folder above or in it, its /System/Volumes/Data name",
         "{near-fix}  then: sudo nfsd update"},
    [VERDICT_DENIED] = {"denied", LOGLEVEL_WARN, "the path is exported, but MOUNT says no",
                        "export it to localhost ({line}) and set nfs.server.mount.require_resv_port = 0 in "
                        "/etc/nfs.conf, then: sudo nfsd restart"},
    [VERDICT_AUTH] = {"auth", LOGLEVEL_WARN, "the server rejects the caller's credentials or port",
                      "set nfs.server.require_resv_port = 0 in /etc/nfs.conf, then: sudo nfsd restart"},
    [VERDICT_CONFLICT] = {"conflict", LOGLEVEL_WARN, "another file system is on the target",
                          "remove {target} from Docker's Preferences, File Sharing, and restart Docker"},
    [VERDICT_TARGET] = {"target", LOGLEVEL_ERROR, "the target cannot be created, or is not a directory",
                        "choose another target: mount = {export}:/TARGET"},
    [VERDICT_NO_KERNEL_NFS] = {"no-kernel-nfs", LOGLEVEL_ERROR, "the kernel has no NFS client",
                               "this image's kernel cannot mount NFS: use a Docker for Mac version that can"},
    [VERDICT_BAD_OPTION] = {"bad-option", LOGLEVEL_ERROR, "the kernel refuses a mount option",
                            "take the option out of usermount.conf: usermount-pack add --set options=..."},
    [VERDICT_STALLED] = {"stalled", LOGLEVEL_WARN, "mounted, but directory or large reads do not answer",
                         "large replies are lost: check the Mac's VPN and MTU, or add rsize=32768 to options"},
    [VERDICT_STALE] = {"stale", LOGLEVEL_WARN, "the mount's handle is dead; it is mounted anew",
                       "nothing to do: it is mounted anew"},
    [VERDICT_DOWN] = {"down", LOGLEVEL_WARN, "the server stopped answering; the mount stays",
                      "see that nfsd runs on the Mac: sudo nfsd status"},
    [VERDICT_INTERNAL] = {"internal", LOGLEVEL_ERROR, "anything else: the call and errno are named",
                          "run usermount probe in the guest, and report its output with this line"},
};

const char *verdict_name(enum verdict_code code) {
    return rows[code].name;
}

enum verdict_code verdict_named(struct text name) {
    for (enum verdict_code code = 0; code < VERDICTS; code++)
        if (text_is(name, rows[code].name))
            return code;
    return VERDICTS;
}

enum config_loglevel verdict_level(enum verdict_code code) {
    return rows[code].level;
}

const char *verdict_meaning(enum verdict_code code) {
    return rows[code].meaning;
}

/* exports(5) of macOS. -alldirs: containers that run already mount folders below the path. A path with blanks stands in
 * double quotes; "\" escapes inside them. */
void verdict_export_line(const char *path, struct text_out *out) {
    bool plain = strpbrk(path, " \t\"\\#") == NULL;

    if (!plain)
        text_put_char(out, '"');
    for (const char *c = path; *c; c++) {
        if (*c == '"' || *c == '\\')
            text_put_char(out, '\\');
        text_put_char(out, *c);
    }
    text_put(out, plain ? " -alldirs -mapall=501:20 localhost" : "\" -alldirs -mapall=501:20 localhost");
}

static const char *const near_kinds[NEAR_MISSES] = {
    [NEAR_NONE] = "",
    [NEAR_CASE] = "other case",
    [NEAR_PARENT] = "a folder above it",
    [NEAR_CHILD] = "a folder in it",
    [NEAR_SYSTEM_VOLUME] = "the same folder under its other name",
};

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

/* A parent's export can be mounted below its top where it says -alldirs; a second line for a folder in it would be
 * refused (exports(5): one file system, one set of lines per host). */
static const char *const near_fixes[NEAR_MISSES] = {
    [NEAR_NONE] = "",
    [NEAR_CASE] = "set mount = {near}:{target} or add to /etc/exports: {line}",
    [NEAR_PARENT] = "add -alldirs to the line of {near} in /etc/exports, or put in its place: {line}",
    [NEAR_CHILD] = "set mount = {near} or put in its place in /etc/exports: {line}",
    [NEAR_SYSTEM_VOLUME] = "set mount = {near}:{target} or add to /etc/exports: {line}",
};

struct words {
    const struct evidence *evidence;
    const struct verdict_context *context;
};

static void put_errno(const struct words *words, struct text_out *out) {
    enum step step = evidence_fault(words->evidence);
    int error = step < STEPS ? words->evidence->steps[step].error : 0;

    text_put(out, error ? strerror(error) : "no answer");
}

static void put_line(const struct words *words, struct text_out *out) {
    char line[CONFIG_PATH_SIZE + 64];
    struct text_out made = text_out(line, sizeof line);

    verdict_export_line(words->context->export, &made);
    text_put_visible(out, line);
}

static void put_sentence(const char *sentence, const struct words *words, struct text_out *out);

static void put_word(struct text word, const struct words *words, struct text_out *out) {
    const struct evidence *evidence = words->evidence;
    const struct verdict_context *context = words->context;
    enum step step = evidence_fault(evidence);
    const struct {
        const char *name;
        const char *value;
    } plain[] = {
        {"server", context->server},
        {"export", context->export},
        {"target", context->target},
        {"options", context->options[0] ? context->options : "none"},
        {"detail", evidence->detail[0] ? evidence->detail : "no details"},
        {"exports", evidence->export_count ? evidence->exports : "none"},
        {"near", evidence->near_path},
        {"near-kind", near_kinds[evidence->near]},
        {"step", step < STEPS ? evidence_step_name(step) : "watch"},
        {"mount-status", mount_status_name(evidence->mount_status)},
        {"rpc-why", auth_name(evidence->rpc_why)},
    };

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (text_is(word, plain[i].name)) {
            text_put_visible(out, plain[i].value);
            return;
        }
    }
    if (text_is(word, "near-fix"))
        put_sentence(near_fixes[evidence->near], words, out); /* it holds plain words only */
    else if (text_is(word, "errno"))
        put_errno(words, out);
    else if (text_is(word, "refused"))
        text_put_visible(out, evidence->detail[0] ? evidence->detail : context->options);
    else if (text_is(word, "line"))
        put_line(words, out);
    else if (text_is(word, "nfs-versions"))
        put_versions(evidence->nfs_versions, out);
    else if (text_is(word, "mount-versions"))
        put_versions(evidence->mount_versions, out);
}

static void put_sentence(const char *sentence, const struct words *words, struct text_out *out) {
    struct text rest = text_of(sentence);

    while (rest.at) {
        text_put_text(out, text_cut(&rest, '{'));
        if (rest.at)
            put_word(text_cut(&rest, '}'), words, out);
    }
}

void verdict_write(enum verdict_code code, enum verdict_cause cause, const struct evidence *evidence,
                   const struct verdict_context *context, struct verdict *verdict) {
    const struct words words = {evidence, context};
    struct text_out said = text_out(verdict->cause, sizeof verdict->cause);
    struct text_out advised = text_out(verdict->fix, sizeof verdict->fix);

    verdict->code = code;
    put_sentence(causes[cause], &words, &said);
    put_sentence(rows[code].fix, &words, &advised);
}
