/* SPDX-License-Identifier: MIT */
/* The life of the stream: what comes after what, and that nothing is called fresh that is not. */
#include "../../agent/events/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct link link;

static void feed(enum link_event event, int64_t now_ms, enum link_action action, enum link_state after) {
    assert_int_equal(link_feed(&link, event, now_ms), action);
    assert_int_equal(link.state, after);
}

static void make_live(int64_t now_ms) {
    link_init(&link);
    feed(LINK_START, now_ms, LINK_CALL, LINK_CALLING);
    feed(LINK_CONNECTED, now_ms, LINK_GREET, LINK_GREETING);
    feed(LINK_WATCHED, now_ms, LINK_FORGET, LINK_FORGETTING);
    feed(LINK_FORGOTTEN, now_ms, LINK_TELL, LINK_LIVE);
}

static void test_it_is_live_only_when_what_was_cached_before_is_forgotten(void **state) {
    (void)state;
    link_init(&link);
    assert_false(link_is_open(&link));
    feed(LINK_START, 0, LINK_CALL, LINK_CALLING);
    assert_true(link_is_open(&link));
    feed(LINK_CONNECTED, 1, LINK_GREET, LINK_GREETING);
    feed(LINK_WATCHED, 2, LINK_FORGET, LINK_FORGETTING);
    assert_false(link_is_live(&link));
    assert_true(link_is_open(&link));
    feed(LINK_FORGOTTEN, 3, LINK_TELL, LINK_LIVE);
    assert_true(link_is_live(&link));
    assert_int_equal(link.due_ms, -1);
    assert_int_equal(link.lost_ms, -1);
}

static void test_every_wait_has_a_limit(void **state) {
    (void)state;
    link_init(&link);
    feed(LINK_START, 0, LINK_CALL, LINK_CALLING);
    assert_int_equal(link.due_ms, LINK_CONNECT_MS);
    feed(LINK_TIMER, LINK_CONNECT_MS, LINK_DROP, LINK_AWAY);
    feed(LINK_TIMER, 2000, LINK_CALL, LINK_CALLING);
    feed(LINK_CONNECTED, 2000, LINK_GREET, LINK_GREETING);
    assert_int_equal(link.due_ms, 2000 + LINK_GREET_MS);
    feed(LINK_TIMER, 4000, LINK_DROP, LINK_AWAY);
    feed(LINK_TIMER, 5000, LINK_CALL, LINK_CALLING);
    feed(LINK_CONNECTED, 5000, LINK_GREET, LINK_GREETING);
    feed(LINK_WATCHED, 5000, LINK_FORGET, LINK_FORGETTING);
    assert_int_equal(link.due_ms, 5000 + LINK_FORGET_MS);
    feed(LINK_TIMER, 10000, LINK_DROP, LINK_AWAY);
}

static void test_calls_become_rare_while_nobody_answers(void **state) {
    static const int64_t pauses_ms[] = {250, 500, 1000, 2000, 4000, 5000, 5000, 5000};
    int64_t now_ms = 0;

    (void)state;
    link_init(&link);
    feed(LINK_START, now_ms, LINK_CALL, LINK_CALLING);
    for (size_t i = 0; i < sizeof pauses_ms / sizeof pauses_ms[0]; i++) {
        feed(LINK_FAILED, now_ms, LINK_DROP, LINK_AWAY);
        assert_int_equal(link.due_ms - now_ms, pauses_ms[i]);
        now_ms = link.due_ms;
        feed(LINK_TIMER, now_ms, LINK_CALL, LINK_CALLING);
    }
}

static void test_a_lost_stream_is_called_again_at_once(void **state) {
    (void)state;
    make_live(100);
    feed(LINK_ENDED, 5000, LINK_DROP, LINK_AWAY);
    assert_int_equal(link.lost_ms, 5000);
    assert_int_equal(link.forget_ms, 5000);
    assert_int_equal(link.due_ms, 5250);
    feed(LINK_TIMER, 5250, LINK_CALL, LINK_CALLING);
    feed(LINK_FAILED, 5251, LINK_DROP, LINK_AWAY);
    assert_int_equal(link.lost_ms, 5000); /* since when, not since which call */
    feed(LINK_TIMER, 5751, LINK_CALL, LINK_CALLING);
    feed(LINK_CONNECTED, 5751, LINK_GREET, LINK_GREETING);
    feed(LINK_WATCHED, 5752, LINK_FORGET, LINK_FORGETTING);
    feed(LINK_FORGOTTEN, 5753, LINK_TELL, LINK_LIVE);
    assert_int_equal(link.lost_ms, -1);
    assert_int_equal(link.forget_ms, -1);
}

static void test_stop_ends_it_from_every_state(void **state) {
    (void)state;
    for (int from = 0; from < LINK_STATES; from++) {
        link_init(&link);
        link.state = (enum link_state)from;
        link_feed(&link, LINK_STOP, 1);
        assert_int_equal(link.state, LINK_OFF);
        assert_int_equal(link.due_ms, -1);
    }
}

static void test_a_new_point_in_time_forgets_anew(void **state) {
    (void)state;
    make_live(7);
    feed(LINK_WATCHED, 9, LINK_FORGET, LINK_FORGETTING);
    assert_false(link_is_live(&link));
    feed(LINK_FORGOTTEN, 10, LINK_TELL, LINK_LIVE);
}

static void test_what_does_not_belong_changes_nothing(void **state) {
    (void)state;
    make_live(7);
    feed(LINK_CONNECTED, 9, LINK_NOTHING, LINK_LIVE);
    feed(LINK_START, 9, LINK_NOTHING, LINK_LIVE);
    link_init(&link);
    feed(LINK_ENDED, 9, LINK_NOTHING, LINK_OFF);
    feed(LINK_TIMER, 9, LINK_NOTHING, LINK_OFF);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_live_only_when_what_was_cached_before_is_forgotten),
        cmocka_unit_test(test_every_wait_has_a_limit),
        cmocka_unit_test(test_calls_become_rare_while_nobody_answers),
        cmocka_unit_test(test_a_lost_stream_is_called_again_at_once),
        cmocka_unit_test(test_stop_ends_it_from_every_state),
        cmocka_unit_test(test_a_new_point_in_time_forgets_anew),
        cmocka_unit_test(test_what_does_not_belong_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
