/* SPDX-License-Identifier: MIT */
/* The worker's answer record from any bytes: what passes the check gives a verdict of whole, visible lines. */
#include "../../agent/engine/exports.h"
#include "../../agent/engine/verdict.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < ' ' || *c == 0x7f)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct evidence evidence;
    static struct verdict verdict;
    const struct verdict_context context = {
        .server = "192.168.65.1", .export = "/Users", .target = "/Users", .options = "soft", .place = "the default"};
    char name[300];

    memset(&evidence, 0, sizeof evidence);
    memcpy(&evidence, data, size < sizeof evidence ? size : sizeof evidence);
    if (evidence_check(&evidence)) {
        verdict_of(&evidence, GOAL_MOUNT, &context, &verdict);
        check_line(verdict.cause);
        check_line(verdict.fix);
    }
    memset(&evidence, 0, sizeof evidence);
    for (size_t at = 0; at < size;) {
        size_t len = strnlen((const char *)data + at, size - at < sizeof name - 1 ? size - at : sizeof name - 1);
        memcpy(name, data + at, len);
        name[len] = '\0';
        exports_add(&evidence, "/Users", name);
        at += len + 1;
    }
    if (!evidence_check(&evidence))
        abort();
    return 0;
}
