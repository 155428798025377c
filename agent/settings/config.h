/* SPDX-License-Identifier: MIT */
/*
 * config: the settings, from three layers: built-in defaults, /etc/usermount.conf, the kernel command line.
 *
 * PURE: text in, settings out. A later layer wins, key by key. The first `mount` of a layer replaces the mounts of the
 * earlier layers. Bad input never fails a layer: the parser reports it, and the value from before stays.
 *
 *     struct config config;
 *     config_defaults(&config);
 *     config_file(&config, text, len, report, ctx);       (the packer stops here: it needs the reports alone)
 *     config_cmdline(&config, text, len, report, ctx);
 *     config_finish(&config, report, ctx);
 */
#ifndef USERMOUNT_CONFIG_H
#define USERMOUNT_CONFIG_H

#include "../common/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_MOUNTS_MAX 32
#define CONFIG_LINE_MAX 2048  /* bytes of one line of the file, and of a whole kernel command line */
#define CONFIG_FILE_MAX 65536 /* bytes of the file: 32 mounts of the longest line */
#define CONFIG_SERVER_SIZE 256
#define CONFIG_PATH_SIZE 1025 /* MNTPATHLEN (RFC 1813, 5.1.1) and a NUL */
#define CONFIG_OPTIONS_SIZE 512

enum config_layer { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_CMDLINE, CONFIG_LAYERS };

/* Where a value comes from. CONFIG_LAYERS: the program's own command line. `line` counts from 1, and `column` counts
 * bytes from 1; both are 0 for a default. */
struct config_origin {
    enum config_layer layer;
    uint32_t line;
    uint32_t column;
};

enum config_key {
    CONFIG_MOUNT,
    CONFIG_SERVER,
    CONFIG_OPTIONS,
    CONFIG_WAIT,
    CONFIG_STRICT,
    CONFIG_PROBE_TIMEOUT,
    CONFIG_RETRY_MAX,
    CONFIG_WATCH,
    CONFIG_CONFLICT,
    CONFIG_CONTAINERS,
    CONFIG_EVENTS,
    CONFIG_EVENTS_PORT,
    CONFIG_LOGLEVEL,
    CONFIG_ENABLE,
    CONFIG_KEYS
};

enum config_conflict { CONFLICT_REFUSE, CONFLICT_OVER };
enum config_containers { CONTAINERS_HEAL, CONTAINERS_REPORT, CONTAINERS_OFF };
enum config_events { EVENTS_AUTO, EVENTS_REFRESH, EVENTS_OFF };
enum config_loglevel { LOGLEVEL_ERROR, LOGLEVEL_WARN, LOGLEVEL_INFO, LOGLEVEL_DEBUG };

/* `[SERVER:]/EXPORT[:/TARGET[:OPTIONS]]`, unescaped. Without SERVER, `server` is empty until config_finish() copies the
 * value of the key `server`. An IPv6 address has no brackets. */
struct config_mount {
    char server[CONFIG_SERVER_SIZE];
    char export[CONFIG_PATH_SIZE];
    char target[CONFIG_PATH_SIZE];
    char options[CONFIG_OPTIONS_SIZE];
    struct config_origin origin;
    struct config_origin server_origin; /* of the setting that names the server; set by config_finish() */
};

struct config {
    uint32_t mount_count;
    char server[CONFIG_SERVER_SIZE]; /* or "gateway" */
    char options[CONFIG_OPTIONS_SIZE];
    uint32_t wait_ms;
    uint32_t probe_timeout_ms;
    uint32_t retry_max_ms;
    uint32_t watch_ms; /* 0: no checks */
    uint32_t strict;
    uint32_t enable;
    uint32_t conflict;   /* enum config_conflict */
    uint32_t containers; /* enum config_containers */
    uint32_t events;     /* enum config_events */
    uint32_t events_port;
    uint32_t loglevel; /* enum config_loglevel */
    struct config_origin origin[CONFIG_KEYS];
    struct config_mount mounts[CONFIG_MOUNTS_MAX]; /* those beyond mount_count are never written */
};

enum config_reason {
    CONFIG_OK,
    CONFIG_BAD_LINE,  /* no "=" */
    CONFIG_LONG_LINE, /* over CONFIG_LINE_MAX */
    CONFIG_LONG_FILE, /* over CONFIG_FILE_MAX: this line and the next ones are not read */
    CONFIG_BAD_BYTE,  /* NUL or a control character */
    CONFIG_COMMENT,   /* a "#" that may belong to a path or begin a comment */
    CONFIG_UNKNOWN_KEY,
    CONFIG_NO_VALUE,
    CONFIG_BAD_QUOTES, /* a quote is not closed, or text follows it */
    CONFIG_BAD_ESCAPE,
    CONFIG_BAD_SECONDS, /* not a number of seconds in the key's range */
    CONFIG_BAD_CHOICE,  /* not one of the key's words */
    CONFIG_BAD_PORT,    /* not a number from 1 to 65535 */
    CONFIG_BAD_SERVER,
    CONFIG_SERVER_PORT, /* SERVER:PORT */
    CONFIG_URL,         /* nfs://SERVER/EXPORT */
    CONFIG_FSTAB,       /* SERVER:/EXPORT /TARGET ... */
    CONFIG_EXPORTS,     /* a line of the Mac's /etc/exports */
    CONFIG_BAD_PATH,    /* not absolute, too long, or with a "." or ".." in it */
    CONFIG_BAD_MOUNT,
    CONFIG_NO_TARGET,  /* the target is /, by name or because the export is */
    CONFIG_BAD_OPTION, /* this and the next seven are options_check()'s */
    CONFIG_OPTION_LIST,
    CONFIG_OPTION_OWNER,
    CONFIG_OPTION_DOCKER,
    CONFIG_OPTION_UDP,
    CONFIG_OPTION_VERSION,
    CONFIG_OPTION_OURS,
    CONFIG_OPTIONS_MANY,
    CONFIG_TOO_MANY,     /* over CONFIG_MOUNTS_MAX */
    CONFIG_SAME_TARGET,  /* two mounts on one target; the first stays */
    CONFIG_NESTED_TARGET /* one target lies inside the other; the first mount stays */
};

/* A fault in the input. `key` and `value` are the start of the faulty text and may hold any byte but NUL. */
struct config_fault {
    struct config_origin origin;
    enum config_reason reason;
    char key[32];
    char value[64];
};

typedef void config_report(void *ctx, const struct config_fault *fault);

/* A key, with the words that the help, the man page and usermount.conf give it. */
struct config_key_info {
    const char *name;
    const char *fallback; /* the default, as the file would write it; "": none */
    const char *meaning;
};

/* Never NULL. */
const struct config_key_info *config_key_info(enum config_key key);

void config_defaults(struct config *config);

/* Reads the file's text: `key = value` lines, "#" comments, LF or CR LF, at most CONFIG_FILE_MAX bytes. Calls `report`
 * once for each fault. */
void config_file(struct config *config, const char *text, size_t len, config_report *report, void *ctx);

/* Reads the text of /proc/cmdline: `usermount.key=value` among other words (cmdline.h). */
void config_cmdline(struct config *config, const char *text, size_t len, config_report *report, void *ctx);

/* Call it once, after the last layer. It fills in the servers, and drops a mount whose target collides with an earlier
 * one. */
void config_finish(struct config *config, config_report *report, void *ctx);

/* Sets one key from its text. Returns CONFIG_OK, or a reason and changes nothing. `origin.layer` decides which mounts a
 * `mount` replaces. */
enum config_reason config_set(struct config *config, enum config_key key, struct text value,
                              struct config_origin origin);

/* Appends the value as the file would write it, escaped. CONFIG_MOUNT: the value of mounts[index]. */
void config_value(const struct config *config, enum config_key key, uint32_t index, struct text_out *out);

const char *config_layer_name(enum config_layer layer);
const char *config_reason_text(enum config_reason reason);

/* Appends "usermount.conf line 3 column 1", "kernel command line column 7", "the default" or "the command line". */
void config_place(const struct config_origin *origin, struct text_out *out);

/* Appends "usermount.conf line 3 column 1: unable to use wait=abc: not a number of seconds in this key's range". */
void config_fault_text(const struct config_fault *fault, struct text_out *out);

/* A hash of all values. Where they come from does not count. */
uint64_t config_fingerprint(const struct config *config);

#endif
