/* SPDX-License-Identifier: MIT */
/* doctor: the Mac's side of the mounts. What the files say is gathered here, once, and again after a fix. */
#include "cmd_doctor.h"
#include "cmd.h"
#include "host.h"
#include "plan.h"
#include "say.h"
#include "share.h"
#include "unpacked.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_VERSION "/System/Library/CoreServices/SystemVersion.plist"
#define NFSD "/sbin/nfsd"

int doctor_say_error(const struct doctor *doctor, const struct image_error *error) {
    bool is_guarded = doctor->version.major > 10 || (doctor->version.major == 10 && doctor->version.minor >= 14);

    if (error->error == EPERM && geteuid() == 0 && mac_is_immutable(&doctor->mac, error->object))
        return say_error(SAY_SYSTEM, error->action, error->object,
                         "it is locked against every change; sudo chflags nouchg,noschg %s", error->object);
    if (error->error == EPERM && geteuid() == 0 && is_guarded)
        return say_error(SAY_SYSTEM, error->action, error->object,
                         "%s; since macOS 10.14 the terminal needs Full Disk Access for it: System Preferences, "
                         "Security & Privacy, Privacy",
                         strerror(EPERM));
    if (error->error == EXDEV)
        return say_error(SAY_REFUSED, error->action, error->object, "a symbolic link leads out of the root folder");
    if (error->error == EISDIR || error->error == EINVAL)
        return say_error(SAY_SYSTEM, error->action, error->object, "it is not a regular file");
    return say_image_error(error);
}

int doctor_read(struct doctor *doctor, struct doctor_file *file) {
    struct image_error error;

    free(file->text);
    file->size = 0;
    file->text = mac_read(&doctor->mac, file->path, &file->size, &error);
    return file->text || error.error == ENOENT ? SAY_DONE : doctor_say_error(doctor, &error);
}

/* Whether it is macOS 10.15 or later, see exports_judge.h. */
static bool find_macos(struct doctor *doctor) {
    struct macfiles_version *version = &doctor->version;
    struct image_error error;
    size_t size = 0;
    char *plist = mac_read(&doctor->mac, SYSTEM_VERSION, &size, &error);

    if (!plist || !macfiles_plist(plist, size, "ProductVersion", doctor->macos, sizeof(doctor->macos)) ||
        !macfiles_version(doctor->macos, version))
        doctor->macos[0] = '\0';
    free(plist);
    return version->major > 10 || (version->major == 10 && version->minor >= 15);
}

static void find_nfsd(struct doctor *doctor) {
    struct image_error error;

    if (mac_check(&doctor->mac, NFSD, &error) < 0 || !mac_path(&doctor->mac, NFSD, doctor->nfsd) ||
        access(doctor->nfsd, X_OK) < 0)
        doctor->nfsd[0] = '\0';
}

static void find_image(struct doctor *doctor) {
    char path[MAC_PATH_BYTES];

    if (mac_check(&doctor->mac, HOST_DOCKER_IMAGE, &doctor->image_error) < 0 ||
        !mac_path(&doctor->mac, HOST_DOCKER_IMAGE, path) ||
        image_open(&doctor->image, path, &doctor->image_error) < 0) {
        doctor->image = (struct image){.fd = -1};
        return;
    }
    doctor->packed = packed_look(doctor->image.bytes, doctor->image.size);
}

/* A setting that cannot be used is add's to complain of. */
static void ignore(void *context, const struct config_fault *fault) {
    (void)context;
    (void)fault;
}

/* The configuration in the packed image, as the guest reads it; false: it is not packed, or not readable. */
static bool read_packed_config(struct doctor *doctor) {
    struct unpacked unpacked;
    struct unpacked_file file;
    bool is_found;

    if (doctor->image.fd < 0 || doctor->packed.state != PACKED_OURS ||
        unpacked_open(&unpacked, doctor->image.bytes + doctor->packed.payload_offset, doctor->packed.payload_bytes) < 0)
        return false;
    is_found = unpacked_find(&unpacked, PLAN_CONFIG_PATH, &file);
    if (is_found)
        config_file(doctor->config, (const char *)file.bytes, file.size, ignore, NULL);
    unpacked_close(&unpacked);
    return is_found;
}

/* Whose mounts: those of --config, of the packed image, or of what would be packed. The exit code. */
static int find_mounts(struct doctor *doctor) {
    struct image_error error;
    size_t size;
    char *text;

    doctor->config = malloc(sizeof(*doctor->config));
    if (!doctor->config)
        return say_error(SAY_SYSTEM, "read", "the configuration", "no memory");
    config_defaults(doctor->config);
    if (doctor->arguments->config) {
        text = image_slurp(doctor->arguments->config, MAC_FILE_MAX_BYTES, &size, &error);
        if (!text)
            return say_image_error(&error);
    } else {
        text = read_packed_config(doctor) ? NULL : share_config(&size, &error);
    }
    if (text)
        config_file(doctor->config, text, size, ignore, NULL);
    free(text);
    config_finish(doctor->config, ignore, NULL);
    return SAY_DONE;
}

static int gather(struct doctor *doctor) {
    struct image_error error;
    int code;

    if (mac_open(&doctor->mac, doctor->arguments->root, &error) < 0)
        return say_image_error(&error);
    if (mac_world_open(&doctor->names, &doctor->mac, find_macos(doctor), &error) < 0)
        return doctor_say_error(doctor, &error);
    find_nfsd(doctor);
    find_image(doctor);
    doctor->user = mac_user(&doctor->mac);
    code = doctor_read(doctor, &doctor->exports);
    if (code == SAY_DONE)
        code = doctor_read(doctor, &doctor->nfsconf);
    if (!doctor->arguments->unfix)
        doctor_check_exports(doctor);
    return code ? code : find_mounts(doctor);
}

static int report(struct doctor *doctor) {
    int code;

    doctor_look_at_system(doctor);
    code = doctor_look_at_exports(doctor);
    if (code)
        return code;
    doctor_look_at_docker(doctor);
    return doctor->is_wrong ? SAY_NO : SAY_DONE;
}

static int check_arguments(const struct arguments *arguments) {
    if (arguments->image)
        return say_error(SAY_USAGE, "read", arguments->image, "doctor takes no image; --root names another Mac's root");
    if (arguments->fix && arguments->unfix)
        return say_error(SAY_USAGE, "read", "--unfix", "--fix was given too");
    if (!arguments->root && !host_is_mac())
        return say_error(SAY_USAGE, "look at", "this system",
                         "it is no Mac, so it has neither macOS' exports and nfs.conf nor its nfsd and Docker; "
                         "name a folder with a Mac's files: --root DIR");
    return SAY_DONE;
}

int cmd_doctor(const struct arguments *arguments) {
    struct doctor *doctor;
    int code = check_arguments(arguments);

    if (code)
        return code;
    doctor = calloc(1, sizeof(*doctor));
    if (!doctor)
        return say_error(SAY_SYSTEM, "look at", "the Mac", "no memory");
    doctor->arguments = arguments;
    doctor->exports.path = DOCTOR_EXPORTS;
    doctor->nfsconf.path = DOCTOR_NFSCONF;
    doctor->image.fd = -1;
    code = gather(doctor);
    if (code == SAY_DONE && arguments->unfix)
        code = doctor_unfix(doctor);
    else if (code == SAY_DONE && arguments->fix)
        code = doctor_fix(doctor);
    if (code == SAY_DONE && arguments->fix)
        doctor_check_exports(doctor);
    if (code == SAY_DONE && !arguments->unfix)
        code = report(doctor);
    if (doctor->image.fd >= 0)
        image_close(&doctor->image);
    free(doctor->exports.text);
    free(doctor->nfsconf.text);
    free(doctor->config);
    mac_world_close(&doctor->names);
    free(doctor);
    return code;
}
