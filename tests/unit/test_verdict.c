/* SPDX-License-Identifier: MIT */
/* verdict: from evidence to a code; and what the two texts must and must not hold. */
#include "../../agent/verdict.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct verdict_context mac = {"192.168.65.1", "/Users", "/Users", ""};
static struct evidence evidence;
static struct verdict verdict;

/* Everything before `step` is done, in a world where all that is asked is registered and listed. */
static void at(enum step step, enum step_state state, int error) {
    memset(&evidence, 0, sizeof evidence);
    for (enum step before = 0; before < step; before++)
        evidence.steps[before].state = STEP_DONE;
    evidence.steps[step] = (struct step_result){.state = (uint8_t)state, .error = error};
    evidence.nfs_registered = 1;
    evidence.nfs_versions = evidence.mount_versions = 1u << 3;
    evidence.listed = 1;
    evidence.export_count = 1;
    snprintf(evidence.exports, sizeof evidence.exports, "/Users");
}

static enum verdict_code judge(void) {
    assert_true(evidence_check(&evidence));
    verdict_of(&evidence, &mac, &verdict);
    return verdict.code;
}

static void the_step_that_failed_and_its_errno_decide(void **state) {
    static const struct {
        enum step step;
        int error; /* -1: it was not answered */
        enum verdict_code code;
    } cases[] = {
        {STEP_RESOLVE, 0, VERDICT_NO_ROUTE},
        {STEP_RESOLVE, -1, VERDICT_NO_ROUTE},
        {STEP_CONNECT_RPCBIND, ENETUNREACH, VERDICT_NO_ROUTE},
        {STEP_CONNECT_RPCBIND, ENETDOWN, VERDICT_NO_ROUTE},
        {STEP_CONNECT_RPCBIND, EADDRNOTAVAIL, VERDICT_NO_ROUTE},
        {STEP_CONNECT_RPCBIND, EHOSTUNREACH, VERDICT_UNREACHABLE},
        {STEP_CONNECT_RPCBIND, ETIMEDOUT, VERDICT_UNREACHABLE},
        {STEP_CONNECT_RPCBIND, -1, VERDICT_UNREACHABLE},
        {STEP_DUMP, -1, VERDICT_UNREACHABLE},
        {STEP_CONNECT_NFS, ECONNREFUSED, VERDICT_NO_NFS},
        {STEP_CONNECT_NFS, EHOSTUNREACH, VERDICT_UNREACHABLE},
        {STEP_CONNECT_NFS, -1, VERDICT_UNREACHABLE},
        {STEP_NULL_NFS, -1, VERDICT_UNREACHABLE},
        {STEP_CONNECT_MOUNTD, ECONNREFUSED, VERDICT_NO_MOUNTD},
        {STEP_CONNECT_MOUNTD, -1, VERDICT_UNREACHABLE},
        {STEP_NULL_MOUNTD, -1, VERDICT_UNREACHABLE},
        {STEP_EXPORTS, -1, VERDICT_UNREACHABLE},
        {STEP_MNT, -1, VERDICT_UNREACHABLE},
        {STEP_GETATTR, -1, VERDICT_UNREACHABLE},
        {STEP_TARGET, EROFS, VERDICT_TARGET},
        {STEP_MOUNT, ENODEV, VERDICT_NO_KERNEL_NFS},
        {STEP_MOUNT, EINVAL, VERDICT_BAD_OPTION},
        {STEP_MOUNT, EBUSY, VERDICT_CONFLICT},
        {STEP_MOUNT, EACCES, VERDICT_DENIED},
        {STEP_MOUNT, ECONNREFUSED, VERDICT_REFUSED},
        {STEP_MOUNT, ETIMEDOUT, VERDICT_UNREACHABLE},
        {STEP_MOUNT, EPROTONOSUPPORT, VERDICT_VERSION},
        {STEP_MOUNT, EOPNOTSUPP, VERDICT_NO_MOUNTD},
        {STEP_MOUNT, ESTALE, VERDICT_STALE},
        {STEP_MOUNT, ENETUNREACH, VERDICT_NO_ROUTE},
        {STEP_MOUNT, -1, VERDICT_UNREACHABLE},
        {STEP_MOUNT, ENOMEM, VERDICT_INTERNAL},
        {STEP_STATFS, ESTALE, VERDICT_STALE},
        {STEP_STATFS, -1, VERDICT_STALLED},
        {STEP_READDIR, -1, VERDICT_STALLED},
        {STEP_READDIR, EIO, VERDICT_STALLED},
        {STEP_READ, -1, VERDICT_STALLED},
        {STEP_READ, ESTALE, VERDICT_STALE},
        {STEP_READDIR, ENOMEM, VERDICT_INTERNAL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        at(cases[i].step, cases[i].error < 0 ? STEP_RUNNING : STEP_FAILED, cases[i].error < 0 ? 0 : cases[i].error);
        if (judge() != cases[i].code)
            fail_msg("%s with errno %d: %s, not %s", evidence_step_name(cases[i].step), cases[i].error,
                     verdict_name(verdict.code), verdict_name(cases[i].code));
    }
}

static void what_a_call_answered_decides(void **state) {
    static const struct {
        enum step step;
        enum rpc_outcome rpc;
        enum verdict_code code;
    } cases[] = {
        {STEP_DUMP, RPC_LOST, VERDICT_UNREACHABLE},          {STEP_NULL_NFS, RPC_AUTH, VERDICT_AUTH},
        {STEP_NULL_NFS, RPC_NO_PROGRAM, VERDICT_NO_NFS},     {STEP_NULL_NFS, RPC_NO_VERSION, VERDICT_VERSION},
        {STEP_NULL_NFS, RPC_LOST, VERDICT_UNREACHABLE},      {STEP_NULL_NFS, RPC_GARBLED, VERDICT_INTERNAL},
        {STEP_NULL_MOUNTD, RPC_AUTH, VERDICT_AUTH},          {STEP_NULL_MOUNTD, RPC_NO_PROGRAM, VERDICT_NO_MOUNTD},
        {STEP_NULL_MOUNTD, RPC_NO_VERSION, VERDICT_VERSION}, {STEP_MNT, RPC_AUTH, VERDICT_AUTH},
        {STEP_MNT, RPC_LOST, VERDICT_UNREACHABLE},           {STEP_GETATTR, RPC_AUTH, VERDICT_AUTH},
        {STEP_GETATTR, RPC_LOST, VERDICT_UNREACHABLE},       {STEP_GETATTR, RPC_REFUSED, VERDICT_INTERNAL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        at(cases[i].step, STEP_FAILED, 0);
        evidence.steps[STEP_CONNECT_NFS].state = cases[i].step == STEP_DUMP ? STEP_RUNNING : STEP_DONE;
        evidence.rpc = (uint8_t)cases[i].rpc;
        if (judge() != cases[i].code)
            fail_msg("%s with outcome %d: %s", evidence_step_name(cases[i].step), (int)cases[i].rpc,
                     verdict_name(verdict.code));
    }
}

static void rpcbind_and_nfs_together_tell_causes_apart(void **state) {
    (void)state;
    at(STEP_CONNECT_RPCBIND, STEP_FAILED, ECONNREFUSED);
    evidence.steps[STEP_CONNECT_NFS] = evidence.steps[STEP_CONNECT_RPCBIND];
    assert_int_equal(judge(), VERDICT_REFUSED);
    evidence.steps[STEP_CONNECT_NFS] = (struct step_result){.state = STEP_DONE};
    assert_int_equal(judge(), VERDICT_NO_MOUNTD);
    evidence.steps[STEP_CONNECT_RPCBIND] = (struct step_result){.state = STEP_RUNNING};
    assert_int_equal(judge(), VERDICT_NO_MOUNTD);
    evidence.steps[STEP_CONNECT_NFS] = (struct step_result){.state = STEP_RUNNING};
    assert_int_equal(judge(), VERDICT_UNREACHABLE);

    at(STEP_DUMP, STEP_FAILED, 0);
    evidence.steps[STEP_CONNECT_NFS] = (struct step_result){.state = STEP_DONE};
    evidence.rpc = RPC_AUTH;
    assert_int_equal(judge(), VERDICT_AUTH);
    assert_non_null(strstr(verdict.cause, "rpcbind (port 111), which knows mountd's port, rejects the guest"));
    evidence.rpc = RPC_GARBLED;
    assert_int_equal(judge(), VERDICT_NO_MOUNTD);
}

static void what_is_registered_decides(void **state) {
    (void)state;
    at(STEP_CONNECT_NFS, STEP_FAILED, 0);
    evidence.nfs_versions = 0;
    evidence.nfs_registered = 0;
    assert_int_equal(judge(), VERDICT_NO_NFS);
    evidence.nfs_versions = 1u << 2 | 1u << 4;
    evidence.nfs_registered = 1;
    assert_int_equal(judge(), VERDICT_VERSION);
    assert_non_null(strstr(verdict.cause, "NFS 2, 4 on TCP"));
    at(STEP_CONNECT_MOUNTD, STEP_FAILED, 0);
    evidence.mount_versions = 0;
    assert_int_equal(judge(), VERDICT_NO_MOUNTD);
    evidence.mount_versions = 1u << 1;
    assert_int_equal(judge(), VERDICT_VERSION);
}

static void a_refusal_by_mount_is_read_with_the_list(void **state) {
    (void)state;
    at(STEP_MNT, STEP_FAILED, 0);
    evidence.mount_status = 13;
    assert_int_equal(judge(), VERDICT_DENIED);
    evidence.listed = 0;
    assert_int_equal(judge(), VERDICT_NOT_EXPORTED);
    for (uint8_t near = NEAR_CASE; near < NEAR_MISSES; near++) {
        evidence.near = near;
        snprintf(evidence.near_path, sizeof evidence.near_path, "/near%d", near);
        assert_int_equal(judge(), VERDICT_NEAR_MISS);
        assert_non_null(strstr(verdict.cause, evidence.near_path));
        assert_non_null(strstr(verdict.fix, evidence.near_path));
        /* A folder above is not what was asked for: mounting it would show another tree on the target. */
        assert_int_equal(near == NEAR_PARENT, strstr(verdict.fix, "set mount") == NULL);
    }
    evidence.listed = 1; /* what is listed is not almost listed */
    assert_int_equal(judge(), VERDICT_DENIED);
}

static void attributes_that_are_denied_mean_the_port(void **state) {
    (void)state;
    at(STEP_GETATTR, STEP_FAILED, 0);
    evidence.nfs_status = 1;
    assert_int_equal(judge(), VERDICT_AUTH);
    evidence.nfs_status = 13;
    assert_int_equal(judge(), VERDICT_AUTH);
    evidence.nfs_status = 70;
    assert_int_equal(judge(), VERDICT_STALE);
    evidence.nfs_status = 5;
    assert_int_equal(judge(), VERDICT_INTERNAL);
}

static void nothing_that_failed_is_ok(void **state) {
    (void)state;
    at(STEP_READ, STEP_DONE, 0);
    assert_int_equal(judge(), VERDICT_OK);
    assert_string_equal(verdict.fix, "");
}

static void a_strangers_bytes_stay_one_line_and_within_the_texts(void **state) {
    static const char hostile[] = "/\033[2J\n\r\x7f{server}{line}\"\\";
    char path[EVIDENCE_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i + 1 < sizeof path; i++)
        path[i] = hostile[i % (sizeof hostile - 1)];
    path[sizeof path - 1] = '\0';
    for (enum step step = 0; step < STEPS; step++) {
        at(step, STEP_FAILED, 0);
        evidence.listed = 0;
        evidence.near = NEAR_PARENT;
        memcpy(evidence.near_path, path, sizeof path);
        memcpy(evidence.exports, path, sizeof path);
        memcpy(evidence.detail, path, sizeof path);
        judge();
        assert_true(strlen(verdict.cause) > 0 && strlen(verdict.cause) < VERDICT_TEXT_SIZE);
        for (const char *c = verdict.cause; *c; c++)
            assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
        for (const char *c = verdict.fix; *c; c++)
            assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
    }
}

static void the_export_line_is_quoted_as_the_mac_wants_it(void **state) {
    static const struct {
        const char *path, *line;
    } cases[] = {
        {"/Users", "/Users -alldirs -mapall=501:20 localhost"},
        {"/My Files", "\"/My Files\" -alldirs -mapall=501:20 localhost"},
        {"/a\"b", "\"/a\\\"b\" -alldirs -mapall=501:20 localhost"},
        {"/a\\b", "\"/a\\\\b\" -alldirs -mapall=501:20 localhost"},
        {"/a#b", "\"/a#b\" -alldirs -mapall=501:20 localhost"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char line[128];
        struct text_out out = text_out(line, sizeof line);
        verdict_export_line(cases[i].path, &out);
        assert_string_equal(line, cases[i].line);
    }
}

static void every_code_has_a_name_a_meaning_and_texts_without_gaps(void **state) {
    (void)state;
    memset(&evidence, 0, sizeof evidence);
    for (enum verdict_code code = 0; code < VERDICTS; code++) {
        assert_int_equal(verdict_named(text_of(verdict_name(code))), code);
        assert_true(strlen(verdict_meaning(code)) > 0 && verdict_level(code) <= LOGLEVEL_DEBUG);
        verdict_make(code, NULL, &mac, &verdict);
        assert_int_equal(verdict.code, code);
        assert_true(strlen(verdict.cause) > 0);
        assert_int_equal(verdict.fix[0] == '\0', code <= VERDICT_ADOPTED);
        assert_null(strpbrk(verdict.cause, "{}"));
        assert_null(strpbrk(verdict.fix, "{}"));
    }
    assert_int_equal(verdict_named(text_of("no-such")), VERDICTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_step_that_failed_and_its_errno_decide),
        cmocka_unit_test(what_a_call_answered_decides),
        cmocka_unit_test(rpcbind_and_nfs_together_tell_causes_apart),
        cmocka_unit_test(what_is_registered_decides),
        cmocka_unit_test(a_refusal_by_mount_is_read_with_the_list),
        cmocka_unit_test(attributes_that_are_denied_mean_the_port),
        cmocka_unit_test(nothing_that_failed_is_ok),
        cmocka_unit_test(a_strangers_bytes_stay_one_line_and_within_the_texts),
        cmocka_unit_test(the_export_line_is_quoted_as_the_mac_wants_it),
        cmocka_unit_test(every_code_has_a_name_a_meaning_and_texts_without_gaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
