/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "mounter.h"

#include "../settings/options.h"
#include "prove.h"
#include "readahead.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NFS_MAGIC 0x6969 /* linux/magic.h: NFS_SUPER_MAGIC */

static int target_fault(struct recorder *recorder, const char *path, const char *what, int error) {
    struct evidence *evidence = &recorder->evidence;

    snprintf(evidence->detail, sizeof evidence->detail, "%s %s", what, path);
    if (error)
        return recorder_end(recorder, STEP_TARGET, error);
    return recorder_fail(recorder, STEP_TARGET), -1;
}

/* Makes the directory `path`, a prefix of the target, if it is missing. */
static int make_directory(struct recorder *recorder, const char *path) {
    struct stat status;

    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        return target_fault(recorder, path, "unable to make", errno);
    if (lstat(path, &status) != 0)
        return target_fault(recorder, path, "unable to see", errno);
    if (S_ISLNK(status.st_mode))
        return target_fault(recorder, path, "a symbolic link stands at", 0);
    if (!S_ISDIR(status.st_mode))
        return target_fault(recorder, path, "a file stands at", 0);
    return 0;
}

static int prepare_target(const char *target, struct recorder *recorder) {
    char path[CONFIG_PATH_SIZE];
    size_t len = strlen(target);

    recorder_begin(recorder, STEP_TARGET);
    for (size_t i = 1; i <= len; i++) {
        if (target[i] != '/' && target[i] != '\0')
            continue;
        memcpy(path, target, i);
        path[i] = '\0';
        if (make_directory(recorder, path) != 0)
            return -1;
    }
    return recorder_end(recorder, STEP_TARGET, 0);
}

static bool build_options(const struct mounter_job *job, const char *common, const char *own, struct options *options) {
    const struct options_found found = {
        .address = job->address,
        .nfs_port = job->nfs_port,
        .mount_port = job->mount_port,
        .coherent = job->coherent,
    };

    return options_build(common, own, &found, options) == CONFIG_OK;
}

/* 0 or errno. */
static int try_mount(const struct mounter_job *job, const char *common, const char *own) {
    struct options options;

    if (!build_options(job, common, own, &options))
        return EINVAL;
    if (mount(job->source, job->target, "nfs", options.flags, options.data) == 0)
        return 0;
    /* EBUSY: this very file system is on the target (fs/namespace.c, do_add_mount()). A mount(2) that was given up
     * succeeded late. */
    return errno == EBUSY ? 0 : errno;
}

/* `added` without its part `left_out`, a slice of it. */
static void put_others(const char *added, struct text left_out, struct text_out *out) {
    struct text rest = text_of(added);

    while (rest.at) {
        struct text option = text_cut(&rest, ',');
        if (option.at == left_out.at)
            continue;
        if (out->len > 0)
            text_put_char(out, ',');
        text_put_text(out, option);
    }
}

/* From here on, only this process sees what it mounts, and its mounts end with it. */
static int leave_namespace(void) {
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return -errno;
    return 0;
}

/* The kernel returns EINVAL and names no option. The option at fault is the one without which the error changes. A
 * mount that succeeds without it is not what the user asked for, and no container that starts now may see it. */
static void find_refused(const struct mounter_job *job, struct evidence *evidence) {
    char added[2 * CONFIG_OPTIONS_SIZE], others[2 * CONFIG_OPTIONS_SIZE];
    struct text_out all = text_out(added, sizeof added);

    evidence->detail[0] = '\0';
    if (leave_namespace() != 0)
        return;
    options_added(job->common, job->own, &all);
    struct text rest = text_of(added);
    while (rest.len > 0) {
        struct text option = text_cut(&rest, ',');
        struct text_out out = text_out(others, sizeof others);
        put_others(added, option, &out);
        if (try_mount(job, others, "") == EINVAL)
            continue;
        text_copy(option, evidence->detail, sizeof evidence->detail);
        return;
    }
}

static enum work_end mount_and_prove(const struct mounter_job *job, struct recorder *recorder, bool explain) {
    if (prepare_target(job->target, recorder) != 0)
        return WORK_FAILED;
    recorder_begin(recorder, STEP_MOUNT);
    int error = try_mount(job, job->common, job->own);
    if (explain && error == EINVAL)
        find_refused(job, &recorder->evidence);
    else if (explain && error)
        snprintf(recorder->evidence.detail, sizeof recorder->evidence.detail, "mount(2)");
    return recorder_end(recorder, STEP_MOUNT, error) == 0 ? mounter_prove(job, recorder) : WORK_FAILED;
}

enum work_end mounter_try(const void *job, struct recorder *recorder) {
    return mount_and_prove(job, recorder, false);
}

enum work_end mounter_mount(const void *job, struct recorder *recorder) {
    return mount_and_prove(job, recorder, true);
}

static enum work_end fail(struct recorder *recorder, enum step step, const char *call, int error) {
    snprintf(recorder->evidence.detail, sizeof recorder->evidence.detail, "%s", call);
    recorder_end(recorder, step, error);
    return error == ESTALE ? WORK_STALE : WORK_FAILED;
}

enum work_end mounter_check(const void *argument, struct recorder *recorder) {
    const struct mounter_job *job = argument;
    struct statfs status;

    recorder_begin(recorder, STEP_STATFS);
    if (statfs(job->target, &status) != 0)
        return fail(recorder, STEP_STATFS, "statfs", errno);
    if (status.f_type != NFS_MAGIC)
        return fail(recorder, STEP_STATFS, "statfs: not NFS", ENOTSUP);
    recorder_end(recorder, STEP_STATFS, 0);
    return WORK_DONE;
}

/* A denial is an answer too. */
static bool is_answer(int error) {
    return error == 0 || error == EACCES || error == EPERM;
}

/* `dir` is NULL where opendir() failed. */
static enum work_end prove_replies(DIR *dir, struct recorder *recorder) {
    enum prove_read proof = PROVE_READ_NOTHING;
    int error = dir ? prove_list(dir, &proof) : errno;

    if (!is_answer(error))
        return fail(recorder, STEP_READDIR, "readdir", error);
    recorder_end(recorder, STEP_READDIR, 0);

    recorder_begin(recorder, STEP_READ);
    if (error == 0 && proof == PROVE_READ_NOTHING)
        error = prove_large_reply(dir, &proof);
    if (!is_answer(error))
        return fail(recorder, STEP_READ, "read", error);
    recorder->evidence.prove_read = (uint8_t)proof;
    recorder_end(recorder, STEP_READ, 0);
    return WORK_DONE;
}

enum work_end mounter_prove(const void *argument, struct recorder *recorder) {
    const struct mounter_job *job = argument;
    enum work_end end = mounter_check(job, recorder);

    if (end != WORK_DONE)
        return end;
    recorder_begin(recorder, STEP_READDIR);
    DIR *dir = opendir(job->target);
    end = prove_replies(dir, recorder);
    if (dir)
        closedir(dir);
    if (end == WORK_DONE)
        readahead_raise(job->target); /* the mount works without */
    return end;
}

/* The kernel drops its cached names before it compares the options, so EINVAL is success too. It occurs with options
 * that the kernel shows in another form than it accepts. */
enum work_end mounter_forget(const void *argument, struct recorder *recorder) {
    const struct mounter_job *job = argument;
    struct options options;

    (void)recorder;
    if (!build_options(job, job->common, job->own, &options))
        return WORK_FAILED;
    if (mount(job->source, job->target, "nfs", options.flags | MS_REMOUNT, options.data) == 0 || errno == EINVAL)
        return WORK_DONE;
    return WORK_FAILED;
}

/* EINVAL and ENOENT: nothing is mounted there. */
static enum work_end unmount(const struct mounter_job *job, int flags) {
    return umount2(job->target, UMOUNT_NOFOLLOW | flags) == 0 || errno == EINVAL || errno == ENOENT ? WORK_DONE
                                                                                                    : WORK_FAILED;
}

enum work_end mounter_unmount(const void *job, struct recorder *recorder) {
    (void)recorder;
    return unmount(job, 0);
}

enum work_end mounter_detach(const void *job, struct recorder *recorder) {
    (void)recorder;
    return unmount(job, MNT_DETACH);
}
