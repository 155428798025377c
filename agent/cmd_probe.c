/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "system/clock.h"
#include "cmd.h"
#include "engine/logfmt.h"
#include "settings/mountspec.h"
#include "mount/server.h"
#include "settings/load.h"
#include "engine/verdict.h"
#include "events/ask.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static const char *const state_words[STEP_STATES] = {
    [STEP_NOT_REACHED] = "-",
    [STEP_RUNNING] = "no answer",
    [STEP_DONE] = "ok",
    [STEP_FAILED] = "failed",
};

static void print_step(const struct evidence *evidence, enum step step, bool porcelain) {
    const struct step_result *result = &evidence->steps[step];
    const char *error = result->error ? strerror(result->error) : "";

    if (result->state == STEP_NOT_REACHED)
        return;
    if (porcelain)
        printf("step=%s state=%s elapsed_us=%u errno=%d\n", evidence_step_name(step),
               result->state == STEP_RUNNING ? "no-answer" : state_words[result->state], result->elapsed_us,
               result->error);
    else
        printf("  %-16s %9.1f ms  %s%s%s\n", evidence_step_name(step), result->elapsed_us / 1000.0,
               state_words[result->state], error[0] ? ": " : "", error);
}

/* NULL: the watcher was not asked. */
static const char *watcher_word(const struct ask_answer *watcher) {
    if (!watcher)
        return "-";
    return watcher->error == 0 ? "ok" : watcher->error == -ETIMEDOUT ? "no-answer" : "failed";
}

static const char *watcher_cause(const struct ask_answer *watcher) {
    if (!watcher || watcher->error == 0)
        return "";
    return watcher->text[0] ? watcher->text : strerror(-watcher->error);
}

static void print_verdict(const struct verdict *verdict, const struct ask_answer *watcher, bool porcelain) {
    char text[3 * VERDICT_TEXT_SIZE];
    struct text_out out = text_out(text, sizeof text);

    if (porcelain) {
        logfmt_put(&out, "verdict", verdict_name(verdict->code));
        logfmt_put(&out, "cause", verdict->cause);
        logfmt_put(&out, "fix", verdict->fix);
        logfmt_put(&out, "watcher", watcher_word(watcher));
        logfmt_put(&out, "watcher_cause", watcher_cause(watcher));
        puts(text);
        return;
    }
    printf("verdict: %s: %s\n", verdict_name(verdict->code), verdict->cause);
    if (verdict->fix[0])
        printf("to do:   %s\n", verdict->fix);
    if (watcher && watcher->error == 0)
        puts("edits:   the watcher on the Mac reports them");
    else if (watcher)
        printf("edits:   the watcher on the Mac does not report them: %s; run usermount-pack doctor there\n",
               watcher_cause(watcher));
}

/* Runs the probe in a worker. *evidence gets its results; after a timeout, those so far; or why it could not start. */
static void run_probe(const struct probe_request *request, uint32_t timeout_ms, struct evidence *evidence) {
    const struct worker_task task = {
        .run = probe_run,
        .prepare = probe_prepare,
        .argument = request,
        .jail = jail_for_server(request->server),
    };
    struct worker worker;
    int status;

    memset(evidence, 0, sizeof *evidence);
    int error = worker_start(&worker, &task, evidence, clock_now().mono_ms + timeout_ms);
    if (error != 0) {
        worker_unstarted(-error, evidence);
        return;
    }
    /* The pipe hangs up when the worker ends, and still holds what the worker wrote. */
    struct pollfd pfd = {.fd = worker.fd};
    if (poll(&pfd, 1, (int)timeout_ms) == 0)
        worker_kill(&worker, 0);
    waitpid(worker.pid, &status, 0);
    worker_finish(&worker, status, evidence);
}

static void print_head(const struct config_mount *mount, bool porcelain) {
    char source[CONFIG_SERVER_SIZE + CONFIG_PATH_SIZE + 4];
    char shown[4 * sizeof source];
    struct text_out made = text_out(source, sizeof source), out = text_out(shown, sizeof shown);

    mountspec_source(mount->server, mount->export, &made);
    text_put_visible(&out, source);
    printf("%s%s\n", porcelain ? "probe=" : "", shown);
}

static int probe_mount(const struct config *config, const struct config_mount *mount, bool porcelain) {
    static struct evidence evidence;
    static struct probe_request request;
    char place[64];
    struct text_out placed = text_out(place, sizeof place);
    struct verdict_context context = {
        .server = mount->server, .export = mount->export, .target = mount->target, .options = "", .place = place};
    struct verdict verdict;
    struct ask_answer watcher;

    config_place(&mount->server_origin, &placed);
    server_request(config, mount, &request);
    print_head(mount, porcelain);
    run_probe(&request, config->probe_timeout_ms, &evidence);
    for (enum step step = 0; step < STEPS; step++)
        print_step(&evidence, step, porcelain);
    verdict_of(&evidence, GOAL_PROBE, &context, &verdict);
    bool asked = verdict.code == VERDICT_OK && config->events != EVENTS_OFF;
    if (asked)
        ask_watcher(evidence.address, (uint16_t)config->events_port, mount->export, &watcher);
    print_verdict(&verdict, asked ? &watcher : NULL, porcelain);
    return verdict.code == VERDICT_OK ? EXIT_YES : EXIT_NO;
}

/* The operand replaces the configured mounts. A probe mounts nothing and needs no target. */
static enum config_reason take_operand(struct config *config, struct text operand) {
    static struct config_mount mount;
    enum config_reason reason = mountspec_read(operand, &mount);

    if (reason != CONFIG_OK && reason != CONFIG_NO_TARGET)
        return reason;
    if (!mount.server[0])
        memcpy(mount.server, config->server, sizeof mount.server);
    mount.origin = mount.server_origin = (struct config_origin){.layer = CONFIG_LAYERS};
    config->mounts[0] = mount;
    config->mount_count = 1;
    return CONFIG_OK;
}

static int refuse_operand(const char *operand, const char *why) {
    char shown[CONFIG_LINE_MAX];
    struct text_out out = text_out(shown, sizeof shown);

    text_put_visible(&out, operand);
    fprintf(stderr, "usermount: unable to probe %s: %s\n", shown, why);
    return EXIT_USAGE;
}

int cmd_probe(const struct cmd_line *line) {
    static struct settings settings;
    int worst = EXIT_YES;

    settings_load(&settings, line->config, line->cmdline);
    if (line->operand) {
        enum config_reason reason = take_operand(&settings.config, text_of(line->operand));
        if (reason != CONFIG_OK)
            return refuse_operand(line->operand, config_reason_text(reason));
    }
    for (uint32_t i = 0; i < settings.config.mount_count; i++) {
        int code = probe_mount(&settings.config, &settings.config.mounts[i], line->porcelain);
        worst = code > worst ? code : worst;
    }
    return worst;
}
