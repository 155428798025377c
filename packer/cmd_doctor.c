/* SPDX-License-Identifier: MIT */
/* doctor: checks the Mac's side of the mounts, and repairs it with --fix. */
#include "cmd.h"
#include "doctor/doctor.h"
#include "host/host.h"
#include "output/say.h"

#include <stdlib.h>

static int report(struct doctor *doctor) {
    int code;

    doctor_look_at_system(doctor);
    code = doctor_look_at_exports(doctor);
    if (code)
        return code;
    doctor_look_at_docker(doctor);
    doctor_look_at_events(doctor);
    return doctor->is_wrong ? SAY_NO : SAY_DONE;
}

static int check_arguments(const struct arguments *arguments) {
    if (arguments->image)
        return say_error(SAY_USAGE, "read", arguments->image,
                         "doctor takes no image; use --root DIR for another Mac's files");
    if (arguments->fix && arguments->unfix)
        return say_error(SAY_USAGE, "use", "--unfix", "it cannot be combined with --fix");
    if (!arguments->root && !host_default_image())
        return say_error(SAY_USAGE, "check", "this system", "it is not a Mac; use --root DIR for a Mac's files");
    return SAY_DONE;
}

int cmd_doctor(const struct arguments *arguments) {
    struct doctor *doctor;
    int code = check_arguments(arguments);

    if (code)
        return code;
    doctor = calloc(1, sizeof(*doctor));
    if (!doctor)
        return say_error(SAY_SYSTEM, "check", "the Mac", "out of memory");
    doctor->arguments = arguments;
    doctor->exports.path = DOCTOR_EXPORTS;
    doctor->nfsconf.path = DOCTOR_NFSCONF;
    doctor->image.fd = -1;
    code = doctor_gather(doctor);
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
