/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "logfmt.h"
#include "../settings/options.h"

#include <string.h>

/* Room for a target, the two texts of a verdict and some numbers, with escapes. */
#define LINE_SIZE (CONFIG_PATH_SIZE + CONFIG_SERVER_SIZE + 4 * VERDICT_TEXT_SIZE)

static struct text_out begin(char line[LINE_SIZE], const struct engine_mount *mount, const char *event) {
    struct text_out out = text_out(line, LINE_SIZE);

    logfmt_put(&out, "mount", mount->config->target);
    logfmt_put(&out, "event", event);
    logfmt_put(&out, "verdict", verdict_name(mount->verdict.code));
    return out;
}

static void put_verdict(struct text_out *out, const struct verdict *verdict) {
    logfmt_put(out, "cause", verdict->cause);
    if (verdict->fix[0])
        logfmt_put(out, "fix", verdict->fix);
}

static void emit(struct engine *engine, enum config_loglevel level, const char *line) {
    engine->world->log(engine->world->ctx, level, line);
}

/* Texts that exist only while a verdict is written. */
struct words {
    char added[2 * CONFIG_OPTIONS_SIZE];
    char place[64];
};

static struct verdict_context context_of(const struct engine *engine, const struct engine_mount *mount,
                                         struct words *words) {
    struct text_out added = text_out(words->added, sizeof words->added);
    struct text_out place = text_out(words->place, sizeof words->place);

    options_added(engine->config->options, mount->config->options, &added);
    config_place(&mount->config->server_origin, &place);
    return (struct verdict_context){
        .server = mount->config->server,
        .export = mount->config->export,
        .target = mount->config->target,
        .options = words->added,
        .place = words->place,
    };
}

/* Sets the mount's verdict. VERDICT_NONE: by its evidence. True: the code has changed. */
static bool judge(struct engine *engine, struct engine_mount *mount, enum verdict_code code) {
    struct words words;
    struct verdict_context context = context_of(engine, mount, &words);
    enum verdict_code before = mount->verdict.code;

    if (code == VERDICT_NONE)
        verdict_of(&mount->evidence, GOAL_MOUNT, &context, &mount->verdict);
    else
        verdict_make(code, &mount->evidence, &context, &mount->verdict);
    return mount->verdict.code != before;
}

static bool is_power_of_two(uint32_t n) {
    return n > 0 && (n & (n - 1)) == 0;
}

static const char *proof_name(uint8_t read) {
    static const char *const names[PROVE_READS] = {
        [PROVE_READ_NOTHING] = "small replies only",
        [PROVE_READ_LONG_DIRECTORY] = "long directory",
        [PROVE_READ_FILE] = "file read",
    };

    return names[read];
}

void engine_log_up(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];
    char line[LINE_SIZE], source[CONFIG_SERVER_SIZE + CONFIG_PATH_SIZE + 4];
    struct text_out made = text_out(source, sizeof source);

    judge(engine, mount, mount->fresh ? VERDICT_OK : VERDICT_ADOPTED);
    struct text_out out = begin(line, mount, mount->fresh ? "up" : "adopted");
    engine->world->source(engine->world->ctx, index, &made);
    logfmt_put(&out, "source", source);
    logfmt_put_u64(&out, "attempts", mount->attempts);
    logfmt_put_u64(&out, "elapsed_ms", (uint64_t)(engine->now.mono_ms - mount->attempt_ms));
    logfmt_put(&out, "proven", proof_name(mount->evidence.prove_read));
    emit(engine, LOGLEVEL_INFO, line);
    mount->repeats = 0;
    mount->since_boot_ms = engine->now.boot_ms;
}

/* Logs the 1st, 2nd, 4th, 8th … of equal verdicts in a row. */
static void report(struct engine *engine, uint32_t index, bool changed) {
    struct engine_mount *mount = &engine->mounts[index];
    char line[LINE_SIZE];

    mount->repeats = changed ? 1 : mount->repeats + 1;
    if (changed)
        mount->since_boot_ms = engine->now.boot_ms;
    if (!is_power_of_two(mount->repeats))
        return;
    struct text_out out = begin(line, mount, "failed");
    logfmt_put_u64(&out, "attempt", mount->attempts);
    put_verdict(&out, &mount->verdict);
    emit(engine, verdict_level(mount->verdict.code), line);
}

void engine_log_failed(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];

    report(engine, index, judge(engine, mount, VERDICT_NONE));
}

void engine_log_conflict(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];

    report(engine, index, judge(engine, mount, VERDICT_CONFLICT));
}

static void tell(struct engine *engine, uint32_t index, enum verdict_code code, const char *event) {
    struct engine_mount *mount = &engine->mounts[index];
    char line[LINE_SIZE];

    judge(engine, mount, code);
    mount->since_boot_ms = engine->now.boot_ms;
    struct text_out out = begin(line, mount, event);
    put_verdict(&out, &mount->verdict);
    emit(engine, verdict_level(code), line);
}

void engine_log_down(struct engine *engine, uint32_t index) {
    tell(engine, index, VERDICT_DOWN, "down");
}

void engine_log_back(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];
    char line[LINE_SIZE];
    int64_t down_ms = engine->now.mono_ms - mount->down_ms;

    judge(engine, mount, mount->fresh ? VERDICT_OK : VERDICT_ADOPTED);
    mount->repeats = 0;
    mount->since_boot_ms = engine->now.boot_ms;
    struct text_out out = begin(line, mount, "back");
    logfmt_put_u64(&out, "down_ms", (uint64_t)down_ms);
    emit(engine, LOGLEVEL_INFO, line);
}

/* A mount that cannot be detached is stale again and again: it is logged like other repeated failures. */
void engine_log_stale(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];
    bool again = !mount->proven && mount->verdict.code == VERDICT_STALE;

    mount->repeats = again ? mount->repeats + 1 : 1;
    if (is_power_of_two(mount->repeats))
        tell(engine, index, VERDICT_STALE, "stale");
}

/* The mount is gone. */
static void end(struct engine *engine, uint32_t index, enum config_loglevel level, const char *event,
                const char *cause) {
    struct engine_mount *mount = &engine->mounts[index];
    char line[LINE_SIZE];

    mount->since_boot_ms = engine->now.boot_ms;
    mount->verdict = (struct verdict){.code = VERDICT_NONE};
    struct text_out out = begin(line, mount, event);
    if (cause)
        logfmt_put(&out, "cause", cause);
    emit(engine, level, line);
}

void engine_log_gone(struct engine *engine, uint32_t index) {
    end(engine, index, LOGLEVEL_WARN, "gone", "somebody unmounted it; the agent mounts again");
}

void engine_log_unmounted(struct engine *engine, uint32_t index) {
    const struct engine_mount *mount = &engine->mounts[index];

    if (!mount->made)
        end(engine, index, LOGLEVEL_INFO, "left", "usermount did not mount it, so it stays mounted");
    else if (mount->lazy)
        end(engine, index, LOGLEVEL_INFO, "unmounted",
            "it was busy and is detached: open files stay until they are closed");
    else
        end(engine, index, LOGLEVEL_INFO, "unmounted", NULL);
}

void engine_log_stopped(struct engine *engine, uint32_t index) {
    end(engine, index, LOGLEVEL_INFO, "stopped", NULL);
}
