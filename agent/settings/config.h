/* SPDX-License-Identifier: MIT */
/*
 * config: the settings, from three layers: built-in defaults, /etc/usermount.conf, the kernel command line.
 *
 * PURE. Text in, settings out. A later layer wins, key by key; the first `mount` of a layer replaces the
 * mounts of the earlier ones. Bad input never fails a layer: it is reported, and what stood before stays.
 *
 *     struct config config;
 *     config_defaults(&config);
 *     config_file(&config, text, len, report, ctx);       (the packer stops here: it only wants the reports)
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

/* Where a value stands; CONFIG_LAYERS is for what a command line gave. `line` counts from 1, `column` counts bytes from
 * 1; both 0 for a default. */
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

/* `[SERVER:]/EXPORT[:/TARGET[:OPTIONS]]`, unescaped. `server` is empty where the key `server` counts,
 * until config_finish() fills it in; an IPv6 address stands without its brackets. */
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
    uint32_t watch_ms; /* 0: no watching */
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
    CONFIG_LONG_FILE, /* over CONFIG_FILE_MAX: this line and those behind it are not read */
    CONFIG_BAD_BYTE,  /* NUL or a control character */
    CONFIG_COMMENT,   /* a "#" in a path that the file takes for a comment */
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
    CONFIG_BAD_OPTION, /* this and the next seven: options_check() refuses it */
    CONFIG_OPTION_LIST,
    CONFIG_OPTION_OWNER,
    CONFIG_OPTION_DOCKER,
    CONFIG_OPTION_UDP,
    CONFIG_OPTION_VERSION,
    CONFIG_OPTION_OURS,
    CONFIG_OPTIONS_MANY,
    CONFIG_TOO_MANY,     /* over CONFIG_MOUNTS_MAX */
    CONFIG_SAME_TARGET,  /* two mounts on one target; the first stays */
    CONFIG_NESTED_TARGET /* a target inside another mount's; the outer one stays */
};

/* A fault in the input; `key` and `value` are the offending text, shortened, and may hold any byte but NUL. */
struct config_fault {
    struct config_origin origin;
    enum config_reason reason;
    char key[32];
    char value[64];
};

typedef void config_report(void *ctx, const struct config_fault *fault);

/* The table of keys, in the order of enum config_key: what help, man pages and usermount.conf must say. */
struct config_key_info {
    const char *name;
    const char *fallback; /* the default, as written in the file; "" for none */
    const char *meaning;
};
const struct config_key_info *config_key_info(enum config_key key);

void config_defaults(struct config *config);

/* The file's text: `key = value` lines, "#" comments, LF or CR LF; at most CONFIG_FILE_MAX bytes of it are read.
 * `report` is called once for each fault. */
void config_file(struct config *config, const char *text, size_t len, config_report *report, void *ctx);

/* /proc/cmdline's text: `usermount.key=value` among everything else (cmdline.h). */
void config_cmdline(struct config *config, const char *text, size_t len, config_report *report, void *ctx);

/* Once, after the last layer: fills in servers, and drops mounts whose targets collide. */
void config_finish(struct config *config, config_report *report, void *ctx);

/* Set one key from its text, as a layer would; the reason, or CONFIG_OK. Nothing changes on a fault.
 * `origin.layer` decides what a `mount` replaces. */
enum config_reason config_set(struct config *config, enum config_key key, struct text value,
                              struct config_origin origin);

/* The value as the file would write it, escaped; for CONFIG_MOUNT that of mounts[index]. */
void config_value(const struct config *config, enum config_key key, uint32_t index, struct text_out *out);

const char *config_layer_name(enum config_layer layer);
const char *config_reason_text(enum config_reason reason);

/* "usermount.conf line 3 column 1", "kernel command line column 7", "the default",
 * "the command line". */
void config_place(const struct config_origin *origin, struct text_out *out);

/* "usermount.conf line 3 column 1: unable to use wait=abc: not a number of seconds". */
void config_fault_text(const struct config_fault *fault, struct text_out *out);

/* A number that is equal for configurations that ask for the same; origins do not count. */
uint64_t config_fingerprint(const struct config *config);

#endif
