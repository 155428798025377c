/* SPDX-License-Identifier: MIT */
/* Reads the Mac's files once, and again after --fix. */
#include "doctor.h"

#include "../host/host.h"
#include "../output/say.h"
#include "../write/brought.h"
#include "../write/payload_read.h"
#include "../write/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_VERSION "/System/Library/CoreServices/SystemVersion.plist"
#define NFSD "/sbin/nfsd"

int doctor_say_error(const struct doctor *doctor, const struct image_error *error) {
    bool is_guarded = doctor->version.major > 10 || (doctor->version.major == 10 && doctor->version.minor >= 14);

    if (error->error == EPERM && geteuid() == 0 && mac_is_immutable(&doctor->mac, error->object))
        return say_error(SAY_SYSTEM, error->action, error->object,
                         "the file is locked; run sudo chflags nouchg,noschg %s", error->object);
    if (error->error == EPERM && geteuid() == 0 && is_guarded)
        return say_error(SAY_SYSTEM, error->action, error->object,
                         "%s; since macOS 10.14 the terminal needs Full Disk Access (System Preferences, Security & "
                         "Privacy, Privacy)",
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

/* Reads the version of macOS. Returns true for 10.15 and later (is_split in exports/world.h). */
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

/* `add` reports faulty settings; doctor ignores them. */
static void ignore(void *context, const struct config_fault *fault) {
    (void)context;
    (void)fault;
}

/* Reads the configuration of the packed image. Returns false if the image is not packed, or damaged. */
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

/* Reads the mounts of --config, else of the packed image, else of the standard configuration. Returns the exit code. */
static int find_mounts(struct doctor *doctor) {
    struct image_error error;
    size_t size;
    char *text;

    doctor->config = malloc(sizeof(*doctor->config));
    if (!doctor->config)
        return say_error(SAY_SYSTEM, "read", "the configuration", "out of memory");
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

int doctor_gather(struct doctor *doctor) {
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
