/* SPDX-License-Identifier: MIT */
/* status: a mount's published state, written and read back. */
#include "../../agent/engine/status.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct status before, after;

static void what_is_written_is_read_back(void **state) {
    static char line[STATUS_LINE_SIZE];

    (void)state;
    for (enum verdict_code code = 0; code < VERDICTS; code++) {
        struct text_out out = text_out(line, sizeof line);

        memset(&before, 0, sizeof before);
        snprintf(before.target, sizeof before.target, "/My \"Files\"\n%u", (unsigned)code);
        snprintf(before.source, sizeof before.source, "[fe80::1]:/a=b");
        snprintf(before.state, sizeof before.state, "waiting");
        before.since_ms = 1467331200123;
        before.since_boot_ms = 86400001;
        before.attempts = UINT32_MAX;
        before.made = code % 2;
        before.behind = UINT32_MAX - code;
        before.verdict.code = code;
        snprintf(before.verdict.cause, sizeof before.verdict.cause, "cause \\ with everything");
        status_write(&before, &out);
        assert_false(out.cut);
        assert_ptr_equal(strchr(line, '\n'), line + out.len - 1);
        assert_true(status_read((struct text){line, out.len - 1}, &after));
        assert_memory_equal(&after, &before, sizeof before);
    }
}

/* The wall clock was an hour behind, and was then put right. */
static void since_when_follows_no_step_of_the_wall_clock(void **state) {
    (void)state;
    memset(&before, 0, sizeof before);
    before.since_boot_ms = 5000;
    status_set_since(&before, (struct engine_time){.real_ms = 1467331200000, .boot_ms = 8000});
    assert_int_equal(before.since_ms, 1467331197000);
    status_set_since(&before, (struct engine_time){.real_ms = 1467334801000, .boot_ms = 9000});
    assert_int_equal(before.since_ms, 1467334797000);
}

static void the_longest_state_fits_in_a_line(void **state) {
    static char line[STATUS_LINE_SIZE];
    struct text_out out = text_out(line, sizeof line);

    (void)state;
    memset(&before, 0, sizeof before);
    memset(before.target, 'a', sizeof before.target - 1);
    memset(before.source, 'b', sizeof before.source - 1);
    memset(before.verdict.cause, 'c', sizeof before.verdict.cause - 1);
    memset(before.verdict.fix, 'd', sizeof before.verdict.fix - 1);
    snprintf(before.state, sizeof before.state, "up");
    status_write(&before, &out);
    assert_false(out.cut);
    assert_true(status_read((struct text){line, out.len - 1}, &after));
    assert_memory_equal(&after, &before, sizeof before);
}

static void a_line_without_target_or_state_is_none(void **state) {
    static const char *const lines[] = {
        "", "garbage", "target=/a", "state=up", "target=\"\" state=up", "target=/a state="};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_false(status_read(text_of(lines[i]), &after));
}

static void what_is_not_known_or_not_right_is_passed_over(void **state) {
    (void)state;
    assert_true(
        status_read(text_of("new=1 target=/a state=up attempts=-1 since_ms=x verdict=brand-new made=maybe"), &after));
    assert_string_equal(after.target, "/a");
    assert_int_equal(after.attempts, 0);
    assert_int_equal(after.since_ms, 0);
    assert_int_equal(after.verdict.code, VERDICT_NONE);
    assert_false(after.made);
    assert_true(status_read(text_of("target=/a state=up attempts=4294967296"), &after));
    assert_int_equal(after.attempts, 0);
}

static void a_state_that_is_too_long_is_none(void **state) {
    (void)state;
    assert_false(status_read(text_of("target=/a state=a-word-that-is-longer-than-any"), &after));
}

static void expect_cache(uint32_t cache, int64_t silent_boot_ms, const char *text) {
    char said[128];
    struct text_out out = text_out(said, sizeof said);

    memset(&before, 0, sizeof before);
    before.cache = cache;
    before.silent_boot_ms = silent_boot_ms;
    status_cache_text(&before, 20000, &out);
    assert_string_equal(said, text);
}

static void how_the_client_caches_is_told(void **state) {
    (void)state;
    expect_cache(STATUS_UNTOLD, 0, "");
    expect_cache(STATUS_PLAIN, 8000, "plain");
    expect_cache(STATUS_PLAIN, 0, "plain, the Mac reports edits; coherent after the next mount");
    expect_cache(STATUS_COHERENT, 0, "coherent");
    expect_cache(STATUS_COHERENT, 8000, "coherent, no report from the Mac for 12 s");
}

static void how_the_client_caches_is_read_back(void **state) {
    static char line[STATUS_LINE_SIZE];

    (void)state;
    for (uint32_t cache = STATUS_UNTOLD; cache < STATUS_CACHES; cache++) {
        struct text_out out = text_out(line, sizeof line);

        memset(&before, 0, sizeof before);
        snprintf(before.target, sizeof before.target, "/Users");
        snprintf(before.state, sizeof before.state, "up");
        before.cache = cache;
        before.silent_boot_ms = cache == STATUS_UNTOLD ? 0 : 86400001;
        status_write(&before, &out);
        assert_true(status_read((struct text){line, out.len - 1}, &after));
        assert_memory_equal(&after, &before, sizeof before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_the_client_caches_is_told),
        cmocka_unit_test(how_the_client_caches_is_read_back),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(since_when_follows_no_step_of_the_wall_clock),
        cmocka_unit_test(the_longest_state_fits_in_a_line),
        cmocka_unit_test(a_line_without_target_or_state_is_none),
        cmocka_unit_test(what_is_not_known_or_not_right_is_passed_over),
        cmocka_unit_test(a_state_that_is_too_long_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
