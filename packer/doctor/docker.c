/* SPDX-License-Identifier: MIT */
#include "doctor.h"
#include "../host/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DATABASE "/Library/Containers/com.docker.docker/Data/database/com.docker.driver.amd64-linux/mounts"
#define SETTINGS "/Library/Group Containers/group.com.docker/settings.json"
#define JOB "/Library/LaunchAgents/usermount-pack.plist"
#define SETTINGS_STORE "/Library/Group Containers/group.com.docker/settings-store.json"

/* 1.12 to 17.09 boot from an initrd.img. 17.12, 18.x, and Docker Desktop 2 and later boot from a boot.img of LinuxKit.
 */
static bool has_ramdisk(const struct macfiles_version *version) {
    if (version->major == 1)
        return version->minor >= 12;
    return version->major == 17 && version->minor <= 9;
}

static void look_at_version(struct doctor *doctor) {
    struct doctor_finding finding = {DOCTOR_WRONG, "docker", NULL, 0, NULL, NULL};
    struct macfiles_version version;
    struct image_error error;
    char text[64];
    size_t size = 0;
    char *plist = mac_read(&doctor->mac, HOST_DOCKER_APP "/Contents/Info.plist", &size, &error);
    bool is_known = plist && macfiles_plist(plist, size, "CFBundleShortVersionString", text, sizeof(text)) &&
                    macfiles_version(text, &version);

    if (!plist && error.error == ENOENT) {
        finding.fix = "install Docker for Mac 17.09 or earlier";
        doctor_say(doctor, &finding, HOST_DOCKER_APP " is missing");
    } else if (!is_known) {
        finding.level = DOCTOR_NOTE;
        doctor_say(doctor, &finding, "Docker's version is unknown");
    } else if (has_ramdisk(&version)) {
        finding.level = DOCTOR_OK;
        doctor_say(doctor, &finding, "Docker for Mac %s", text);
    } else {
        finding.fix = "install Docker for Mac 17.09 or earlier";
        doctor_say(doctor, &finding, "Docker for Mac %s does not boot from an OpenRC initrd.img", text);
    }
    free(plist);
}

/* Asks one of Docker's files about a target. Returns MACFILES_UNKNOWN if the file is missing. */
static enum macfiles_shares ask(const struct doctor *doctor, const char *file, const char *target, char *path) {
    struct image_error error;
    enum macfiles_shares answer = MACFILES_UNKNOWN;
    size_t size;
    char *text;

    if ((size_t)snprintf(path, MAC_PATH_BYTES, "%s%s", doctor->user.home, file) >= MAC_PATH_BYTES)
        return MACFILES_UNKNOWN;
    text = mac_read(&doctor->mac, path, &size, &error);
    if (text && strcmp(file, DATABASE) == 0)
        answer = macfiles_mounts(text, size, target);
    else if (text)
        answer = macfiles_settings(text, size, target);
    free(text);
    return answer;
}

/* The database of 1.12 to 17.09 decides if it exists: settings.json of these versions lists no folders. */
static enum macfiles_shares find_shares(const struct doctor *doctor, const char *target, char *path) {
    static const char *const files[] = {DATABASE, SETTINGS, SETTINGS_STORE};
    enum macfiles_shares answer = MACFILES_UNKNOWN;

    for (size_t i = 0; *doctor->user.home && i < sizeof(files) / sizeof(files[0]); i++) {
        answer = ask(doctor, files[i], target, path);
        if (answer != MACFILES_UNKNOWN)
            break;
    }
    if (answer == MACFILES_NOT_SAID) { /* Docker uses its defaults */
        static const char defaults[] = "/Users\n/Volumes\n/tmp\n/private\n";

        answer = macfiles_mounts(defaults, sizeof(defaults) - 1, target);
    }
    return answer;
}

static void look_at_sharing(struct doctor *doctor, const char *target) {
    char path[MAC_PATH_BYTES] = "";
    struct doctor_finding finding = {DOCTOR_OK, "file-sharing", NULL, 0, NULL, NULL};
    enum macfiles_shares answer = find_shares(doctor, target, path);

    if (answer == MACFILES_UNKNOWN) {
        finding.level = DOCTOR_NOTE;
        finding.fix = "make sure that it is not in Docker's Preferences, File Sharing";
        doctor_say(doctor, &finding, "Docker's list of shared folders is missing, so Docker may share %s", target);
        return;
    }
    finding.file = path;
    if (answer == MACFILES_SHARED) {
        finding.level = DOCTOR_WRONG;
        finding.fix = "remove it in Docker's Preferences, File Sharing";
        doctor_say(doctor, &finding, "Docker shares %s itself", target);
    } else {
        doctor_say(doctor, &finding, "Docker does not share %s itself", target);
    }
}

static void say_packed(struct doctor *doctor, struct doctor_finding *finding) {
    const char *version = doctor->packed.manifest.version;

    finding->level = DOCTOR_OK;
    if (strcmp(version, USERMOUNT_VERSION) == 0) {
        doctor_say(doctor, finding, "packed by usermount-pack %s", version);
        return;
    }
    finding->level = DOCTOR_NOTE;
    finding->fix = "sudo usermount-pack add";
    doctor_say(doctor, finding, "packed by usermount-pack %s; this is version " USERMOUNT_VERSION, version);
}

static void look_at_image(struct doctor *doctor) {
    struct doctor_finding finding = {DOCTOR_WRONG, "image", HOST_DOCKER_IMAGE, 0, NULL, NULL};

    if (doctor->image.fd < 0) {
        if (doctor->image_error.error == ENOENT)
            doctor_say(doctor, &finding, "the image is missing");
        else
            doctor_say(doctor, &finding, "unable to %s it (%s)", doctor->image_error.action,
                       strerror(doctor->image_error.error));
        return;
    }
    switch (doctor->packed.state) {
    case PACKED_OURS:
        say_packed(doctor, &finding);
        break;
    case PACKED_NEWER:
        finding.level = DOCTOR_NOTE;
        doctor_say(doctor, &finding, "packed by usermount-pack %s, which is newer than this one",
                   doctor->packed.manifest.version);
        break;
    case PACKED_STOCK:
        finding.fix = "sudo usermount-pack add, and restart Docker";
        doctor_say(doctor, &finding, "stock: not packed");
        break;
    case PACKED_DAMAGED:
    case PACKED_BURIED:
        finding.fix = "restore the original, or reinstall Docker";
        doctor_say(doctor, &finding, "changed after it was packed");
        break;
    case PACKED_COMPRESSED:
        doctor_say(doctor, &finding, "compressed with %s; Docker for Mac's kernels read gzip only",
                   segment_kind_name(doctor->packed.kind));
        break;
    case PACKED_FOREIGN:
        doctor_say(doctor, &finding, "%s, not an initramfs",
                   doctor->packed.foreign ? doctor->packed.foreign : "unknown data");
        break;
    }
}

/* launchd runs the job as the user, and only the owner of the image can replace it. */
static void look_at_job(struct doctor *doctor) {
    struct mac_user *user = &doctor->user;
    struct image_error error;
    struct stat seen;
    size_t size;
    char *plist;
    char owner[48] = "", fix[128];
    struct doctor_finding finding = {DOCTOR_NOTE, "job", JOB, 0, fix, NULL};

    if (!user->is_known || doctor->image.fd < 0 || fstat(doctor->image.fd, &seen) < 0 || seen.st_uid == user->uid ||
        !(plist = mac_read(&doctor->mac, JOB, &size, &error)))
        return;
    free(plist);
    if (seen.st_uid != 0)
        snprintf(owner, sizeof(owner), "switch it on as uid %u, or ", (unsigned)seen.st_uid);
    snprintf(fix, sizeof(fix), "%srun after each upgrade of Docker: sudo usermount-pack add", owner);
    doctor_say(doctor, &finding, "Docker's image belongs to uid %u; this job runs as uid %u and cannot pack it",
               (unsigned)seen.st_uid, (unsigned)user->uid);
}

void doctor_look_at_docker(struct doctor *doctor) {
    look_at_version(doctor);
    for (uint32_t i = 0; i < doctor->config->mount_count; i++)
        look_at_sharing(doctor, doctor->config->mounts[i].target);
    look_at_image(doctor);
    look_at_job(doctor);
}
