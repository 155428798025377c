/* SPDX-License-Identifier: MIT */
#include "status.h"

#include "logfmt.h"

#include <string.h>

static const char *const caches[STATUS_CACHES] = {
    [STATUS_UNTOLD] = "",
    [STATUS_PLAIN] = "plain",
    [STATUS_COHERENT] = "coherent",
};

void status_cache_text(const struct status *status, int64_t now_boot_ms, struct text_out *out) {
    text_put(out, caches[status->cache]);
    if (status->cache == STATUS_COHERENT && status->silent_boot_ms)
        text_putf(out, ", no report from the Mac for %lld s", (long long)(now_boot_ms - status->silent_boot_ms) / 1000);
    else if (status->cache == STATUS_PLAIN && !status->silent_boot_ms)
        text_put(out, ", the Mac reports edits; coherent after the next mount");
}

void status_set_since(struct status *status, struct engine_time now) {
    status->since_ms = now.real_ms - (now.boot_ms - status->since_boot_ms);
}

void status_write(const struct status *status, struct text_out *out) {
    logfmt_put(out, "target", status->target);
    logfmt_put(out, "source", status->source);
    logfmt_put(out, "state", status->state);
    logfmt_put_u64(out, "since_ms", status->since_ms > 0 ? (uint64_t)status->since_ms : 0);
    logfmt_put_time(out, "since", status->since_ms);
    logfmt_put_u64(out, "since_boot_ms", (uint64_t)status->since_boot_ms);
    logfmt_put_u64(out, "attempts", status->attempts);
    logfmt_put(out, "made", status->made ? "yes" : "no");
    logfmt_put_u64(out, "behind", status->behind);
    if (status->cache != STATUS_UNTOLD) {
        logfmt_put(out, "cache", caches[status->cache]);
        logfmt_put_u64(out, "silent_boot_ms", (uint64_t)status->silent_boot_ms);
    }
    logfmt_put(out, "verdict", verdict_name(status->verdict.code));
    logfmt_put(out, "cause", status->verdict.cause);
    logfmt_put(out, "fix", status->verdict.fix);
    text_put_char(out, '\n');
}

/* 0: not a number up to `max`. */
static uint64_t number(const char *value, uint64_t max) {
    uint64_t number = 0;

    text_u64(text_of(value), max, &number);
    return number;
}

static void take_cache(struct status *status, const char *value) {
    for (uint32_t i = 0; i < STATUS_CACHES; i++)
        if (strcmp(value, caches[i]) == 0)
            status->cache = i;
}

static void take(struct status *status, struct text key, const char *value) {
    const struct {
        const char *key;
        char *field;
        size_t size;
    } texts[] = {
        {"target", status->target, sizeof status->target},
        {"source", status->source, sizeof status->source},
        {"state", status->state, sizeof status->state},
        {"cause", status->verdict.cause, sizeof status->verdict.cause},
        {"fix", status->verdict.fix, sizeof status->verdict.fix},
    };
    enum verdict_code code = verdict_named(text_of(value));

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (text_is(key, texts[i].key))
            text_copy(text_of(value), texts[i].field, texts[i].size);
    if (text_is(key, "since_ms"))
        status->since_ms = (int64_t)number(value, INT64_MAX);
    else if (text_is(key, "since_boot_ms"))
        status->since_boot_ms = (int64_t)number(value, INT64_MAX);
    else if (text_is(key, "silent_boot_ms"))
        status->silent_boot_ms = (int64_t)number(value, INT64_MAX);
    else if (text_is(key, "cache"))
        take_cache(status, value);
    else if (text_is(key, "attempts"))
        status->attempts = (uint32_t)number(value, UINT32_MAX);
    else if (text_is(key, "behind"))
        status->behind = (uint32_t)number(value, UINT32_MAX);
    else if (text_is(key, "made"))
        status->made = strcmp(value, "yes") == 0;
    else if (text_is(key, "verdict"))
        status->verdict.code = code == VERDICTS ? VERDICT_NONE : code;
}

bool status_read(struct text line, struct status *status) {
    char value[CONFIG_SERVER_SIZE + CONFIG_PATH_SIZE + 4];
    struct text key;

    memset(status, 0, sizeof *status);
    while (logfmt_next(&line, &key, value, sizeof value))
        take(status, key, value);
    return status->target[0] && status->state[0];
}
