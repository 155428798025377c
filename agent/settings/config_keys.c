/* SPDX-License-Identifier: MIT */
#include "config_keys.h"

#define HOUR_MS 3600000

/* clang-format off */

static const char *const no_yes[] = {"no", "yes", NULL};
static const char *const conflicts[] = {[CONFLICT_REFUSE] = "refuse", [CONFLICT_OVER] = "over", NULL};
static const char *const containers[] = {
    [CONTAINERS_HEAL] = "heal", [CONTAINERS_REPORT] = "report", [CONTAINERS_OFF] = "off", NULL};
static const char *const events[] = {[EVENTS_AUTO] = "auto", [EVENTS_REFRESH] = "refresh", [EVENTS_OFF] = "off", NULL};
static const char *const loglevels[] = {
    [LOGLEVEL_ERROR] = "error", [LOGLEVEL_WARN] = "warn", [LOGLEVEL_INFO] = "info", [LOGLEVEL_DEBUG] = "debug", NULL};

#define AT(field) .offset = offsetof(struct config, field)

const struct config_key_row config_rows[CONFIG_KEYS] = {
    [CONFIG_MOUNT] = {{"mount", "/Users", "what to mount: [SERVER:]/EXPORT[:/TARGET[:OPTIONS]]; may be given 32 times"},
        .type = TYPE_MOUNT},
    [CONFIG_SERVER] = {{"server", "192.168.65.1", "server of mounts without one; gateway: the default route's"},
        .type = TYPE_SERVER, AT(server)},
    [CONFIG_OPTIONS] = {{"options", "", "mount options for every mount, after the built-in ones; later wins"},
        .type = TYPE_OPTIONS, AT(options)},
    [CONFIG_WAIT] = {{"wait", "30", "longest time that start holds the boot, in seconds; 0: none"},
        .type = TYPE_SECONDS, AT(wait_ms), .max_ms = HOUR_MS},
    [CONFIG_STRICT] = {{"strict", "no", "yes: the service fails if the boot cannot mount"},
        .type = TYPE_CHOICE, AT(strict), .choices = no_yes},
    [CONFIG_PROBE_TIMEOUT] = {{"probe_timeout", "2", "seconds for a whole probe"},
        .type = TYPE_SECONDS, AT(probe_timeout_ms), .min_ms = 100, .max_ms = 60000},
    [CONFIG_RETRY_MAX] = {{"retry_max", "2", "longest pause between two attempts, in seconds"},
        .type = TYPE_SECONDS, AT(retry_max_ms), .min_ms = 100, .max_ms = HOUR_MS},
    [CONFIG_WATCH] = {{"watch", "5", "seconds between two checks of a mount that is up; 0: no checks"},
        .type = TYPE_SECONDS, AT(watch_ms), .max_ms = HOUR_MS},
    [CONFIG_CONFLICT] = {{"conflict", "refuse", "another file system on the target: refuse, or mount over it"},
        .type = TYPE_CHOICE, AT(conflict), .choices = conflicts},
    [CONFIG_CONTAINERS] = {
        {"containers", "heal", "running containers after a late or fresh mount: heal, report or off"},
        .type = TYPE_CHOICE, AT(containers), .choices = containers},
    [CONFIG_EVENTS] = {{"events", "auto", "edits on the Mac: auto, refresh (raise no inotify events) or off"},
        .type = TYPE_CHOICE, AT(events), .choices = events},
    [CONFIG_EVENTS_PORT] = {{"events_port", "20490", "TCP port of the server on which usermount-pack events listens"},
        .type = TYPE_PORT, AT(events_port)},
    [CONFIG_LOGLEVEL] = {{"loglevel", "info", "error, warn, info or debug"},
        .type = TYPE_CHOICE, AT(loglevel), .choices = loglevels},
    [CONFIG_ENABLE] = {{"enable", "yes", "no: the service starts, logs that, and does nothing"},
        .type = TYPE_CHOICE, AT(enable), .choices = no_yes},
};

const struct config_key_info *config_key_info(enum config_key key) {
    return &config_rows[key].info;
}
