/* SPDX-License-Identifier: MIT */
/* Judges the options of an export: which of them hurt users of Docker. */
#include "doctor.h"

#include "../../agent/common/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NOBODY (-2)

bool doctor_is_ours(const struct config_mount *mount) {
    /* The gateway and the host of vpnkit, and their names in its DNS. */
    static const char *const ours[] = {
        "192.168.65.1",        "192.168.65.2", "gateway", "docker.for.mac.localhost", "docker.for.mac.host.internal",
        "host.docker.internal"};

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (strcmp(mount->server, ours[i]) == 0)
            return true;
    return false;
}

bool doctor_mapping(const struct doctor *doctor, char *out, size_t size) {
    if (!doctor->user.is_known || doctor->user.uid == 0)
        return false;
    snprintf(out, size, "%" PRIu64 ":%" PRIu64, (uint64_t)doctor->user.uid, (uint64_t)doctor->user.gid);
    return true;
}

static void put(struct doctor_flaw *flaw, enum doctor_level level, const char *text, const char *fix) {
    flaw->level = level;
    snprintf(flaw->text, sizeof(flaw->text), "%s", text);
    snprintf(flaw->fix, sizeof(flaw->fix), "%s", fix);
}

static void judge_mapping(const struct doctor *doctor, const struct exports_entry *entry, struct doctor_flaw *flaw) {
    int32_t uid = entry->cred.uid;
    bool is_known = doctor->user.is_known && doctor->user.uid;
    char wanted[48] = "UID:GID";
    char fix[128];

    doctor_mapping(doctor, wanted, sizeof(wanted));
    snprintf(fix, sizeof(fix), "use -mapall=%s", wanted);
    if (!(entry->options & EXPORTS_MAPALL) && uid == NOBODY) {
        put(flaw, DOCTOR_WRONG, "without -mapall a container's root is nobody, and can neither write nor chown", fix);
    } else if (!(entry->options & EXPORTS_MAPALL)) {
        put(flaw, DOCTOR_NOTE, "-maproot maps only root, so other users of a container may be unable to write", fix);
    } else if (uid == NOBODY) {
        put(flaw, DOCTOR_WRONG, "-mapall maps every user to nobody, who cannot write", fix);
    } else if (uid == 0) {
        put(flaw, DOCTOR_NOTE, "files that containers write will belong to root on the Mac", fix);
    } else if (is_known && (uid_t)uid != doctor->user.uid) {
        put(flaw, DOCTOR_WRONG, "", fix);
        snprintf(flaw->text, sizeof(flaw->text), "-mapall=%.40s is not the user %s", entry->mapping, wanted);
    }
}

void doctor_flaw(const struct doctor *doctor, const struct exports_entry *entry, struct doctor_flaw *flaw) {
    put(flaw, DOCTOR_OK, "", "");
    if (entry->options & EXPORTS_OFFLINE)
        put(flaw, DOCTOR_WRONG, "-offline makes every client wait", "remove -offline from the line");
    else if (entry->options & EXPORTS_RO)
        put(flaw, DOCTOR_WRONG, "it is read-only", "remove -ro from the line");
    else if (!memchr(entry->secs, 's', entry->sec_count))
        put(flaw, DOCTOR_WRONG, "-sec requires Kerberos, which the VM does not support", "add sys to -sec");
    else
        judge_mapping(doctor, entry, flaw);
}
