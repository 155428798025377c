/* SPDX-License-Identifier: MIT */
/*
 * The verdict from any sane record and any words of the user's: one of the codes, both texts one visible line, and a
 * good verdict where every step is done and nowhere else. fuzz_evidence asks which records are sane.
 */
#include "../../agent/engine/verdict.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS = 5, WORD_SIZE = 64, SHORT_TEXT = 40 };

struct input {
    const uint8_t *at;
    size_t left;
};

static uint32_t take(struct input *input, uint32_t below) {
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++ % below;
}

static void take_text(struct input *input, char *text, size_t size) {
    size_t len = take(input, (uint32_t)size);

    for (size_t i = 0; i < len; i++)
        text[i] = (char)(1 + take(input, 255));
    text[len] = '\0';
}

static void check_line(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < ' ' || *c == 0x7f)
            abort();
}

static void take_steps(struct input *input, struct evidence *evidence) {
    for (enum step step = 0; step < STEPS; step++) {
        evidence->steps[step].state = (uint8_t)take(input, STEP_STATES);
        evidence->steps[step].error = (int32_t)take(input, 140);
    }
}

static void take_rest(struct input *input, struct evidence *evidence) {
    evidence->nfs_port = (uint16_t)take(input, 256);
    evidence->mount_port = (uint16_t)take(input, 256);
    evidence->nfs_versions = take(input, 256);
    evidence->mount_versions = take(input, 256);
    evidence->nfs_registered = (uint8_t)take(input, 2);
    evidence->rpc = (uint8_t)take(input, RPC_OUTCOMES);
    evidence->unknown_name = (uint8_t)take(input, 2);
    evidence->rpc_why = take(input, 16);
    evidence->mount_status = take(input, 256);
    evidence->nfs_status = take(input, 256);
    evidence->listed = (uint8_t)take(input, 2);
    evidence->near = (uint8_t)take(input, NEAR_MISSES);
    evidence->export_count = take(input, 256);
    evidence->prove_read = (uint8_t)take(input, PROVE_READS);
    take_text(input, evidence->near_path, SHORT_TEXT);
    take_text(input, evidence->exports, SHORT_TEXT);
    take_text(input, evidence->detail, SHORT_TEXT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct evidence evidence;
    static struct verdict verdict;
    struct input input = {data, size};
    char words[WORDS][WORD_SIZE];

    memset(&evidence, 0, sizeof evidence);
    take_steps(&input, &evidence);
    take_rest(&input, &evidence);
    for (int i = 0; i < WORDS; i++)
        take_text(&input, words[i], WORD_SIZE);
    enum evidence_goal goal = take(&input, 2) ? GOAL_PROBE : GOAL_MOUNT;
    if (!evidence_check(&evidence))
        abort();
    const struct verdict_context context = {words[0], words[1], words[2], words[3], words[4]};
    verdict_of(&evidence, goal, &context, &verdict);
    if (verdict.code == VERDICT_NONE || verdict.code >= VERDICTS || strlen(verdict_name(verdict.code)) == 0)
        abort();
    if ((verdict.code == VERDICT_OK) !=
        (evidence_fault(&evidence) == STEPS && evidence_undone(&evidence, goal) == STEPS))
        abort();
    check_line(verdict.cause);
    check_line(verdict.fix);
    return 0;
}
