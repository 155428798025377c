/* SPDX-License-Identifier: MIT */
/* Checks that usermount-pack events is loaded, runs and answers. */
#include "doctor.h"
#include "../events/holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LAUNCHCTL "/bin/launchctl"
#define LIMIT_S 5

/* A launchd agent that runs the watcher. */
struct job {
    const char *file; /* its property list: a path of the Mac, or of the home folder */
    bool is_in_home;  /* the path is relative to the user's home folder */
    const char *label;
    const char *start; /* the command that starts it */
    const char *log;   /* the log file, for messages */
};

static const struct job jobs[] = {
    {"/Library/LaunchAgents/usermount-events.plist", false, "usermount-events",
     "launchctl load -w /Library/LaunchAgents/usermount-events.plist", "~/Library/Logs/usermount-events.log"},
    {"/Library/LaunchAgents/homebrew.mxcl.usermount.plist", true, "homebrew.mxcl.usermount",
     "brew services restart usermount", "$(brew --prefix)/var/log/usermount-events.log"},
};

/* Finds the installed job, and writes the path of its property list. Returns NULL if there is none. */
static const struct job *find_job(const struct doctor *doctor, char path[MAC_PATH_BYTES]) {
    for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
        struct image_error error;
        size_t size;
        char *plist;

        if (jobs[i].is_in_home && !*doctor->user.home)
            continue;
        snprintf(path, MAC_PATH_BYTES, "%s%s", jobs[i].is_in_home ? doctor->user.home : "", jobs[i].file);
        plist = mac_read(&doctor->mac, path, &size, &error);
        free(plist);
        if (plist)
            return &jobs[i];
    }
    return NULL;
}

/* Whether the user's launchd has loaded the job. Unlike `launchctl list`, `launchctl print` works for root, too. */
static bool is_loaded(const struct doctor *doctor, const char *launchctl, const struct job *job) {
    static struct program_answer answer;
    char service[96];
    const char *const words[] = {launchctl, "print", service, NULL};

    snprintf(service, sizeof(service), "gui/%u/%s", (unsigned)doctor->user.uid, job->label);
    return program_run(words, LIMIT_S, &answer) == 0 && answer.status == 0;
}

static void say_silence(struct doctor *doctor, const struct job *job, const char *file, bool loaded) {
    struct doctor_finding finding = {DOCTOR_NOTE, "events", NULL, 0, NULL, NULL};
    char fix[128];

    if (!job) {
        finding.fix = "start usermount-pack events, see usermount-pack(1)";
        doctor_say(doctor, &finding,
                   "usermount-pack events is not running, so the guest does not learn of edits on this Mac");
        return;
    }
    finding.file = file;
    finding.fix = job->start;
    if (!loaded) {
        doctor_say(doctor, &finding, "the job is not loaded, so the guest does not learn of edits on this Mac");
        return;
    }
    snprintf(fix, sizeof(fix), "read %s", job->log);
    finding.level = DOCTOR_WRONG;
    finding.fix = fix;
    doctor_say(doctor, &finding, "the job is loaded, but nothing listens on 127.0.0.1:%u",
               (unsigned)doctor->config->events_port);
}

static void say_stranger(struct doctor *doctor, bool loaded) {
    struct doctor_finding finding = {loaded ? DOCTOR_WRONG : DOCTOR_NOTE,
                                     "events",
                                     NULL,
                                     0,
                                     "stop it, or choose another port with --port and events_port",
                                     NULL};
    char who[256];
    struct text_out out = text_out(who, sizeof(who));

    if (!holder_find(doctor->config->events_port, &out))
        text_put(&out, "a program");
    doctor_say(doctor, &finding, "%s listens on 127.0.0.1:%u, but is not usermount-pack events", who,
               (unsigned)doctor->config->events_port);
}

static bool is_wanted(const struct doctor *doctor) {
    for (uint32_t i = 0; i < doctor->config->mount_count; i++)
        if (doctor_is_ours(&doctor->config->mounts[i]))
            return doctor->config->events != EVENTS_OFF;
    return false;
}

void doctor_look_at_events(struct doctor *doctor) {
    const struct doctor_finding fine = {DOCTOR_OK, "events", NULL, 0, NULL, NULL};
    char file[MAC_PATH_BYTES], launchctl[MAC_PATH_BYTES];
    const struct job *job;
    bool loaded;

    /* Without launchctl, --root names a copy of a Mac's files, and no program runs there. */
    if (!is_wanted(doctor) || !mac_path(&doctor->mac, LAUNCHCTL, launchctl) || access(launchctl, X_OK) < 0)
        return;
    job = find_job(doctor, file);
    loaded = job && doctor->user.is_known && is_loaded(doctor, launchctl, job);
    switch (holder_ask(doctor->config->events_port)) {
    case HOLDER_WATCHER:
        doctor_say(doctor, &fine, "usermount-pack events answers on 127.0.0.1:%u",
                   (unsigned)doctor->config->events_port);
        break;
    case HOLDER_OTHER:
        say_stranger(doctor, loaded);
        break;
    case HOLDER_NOBODY:
        say_silence(doctor, job, file, loaded);
        break;
    }
}
