/* SPDX-License-Identifier: MIT */
/* How often a mount was used, from /proc/self/mountstats. The text is the kernel's own, shortened. */
#include "../../agent/events/mountstats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char text[] =
    "device rootfs mounted on / with fstype rootfs\n"
    "device 192.168.65.1:/Users mounted on /Users with fstype nfs statvers=1.1\n"
    "\topts:\trw,vers=3\n"
    "\tage:\t12\n"
    "\tevents:\t1 20 3 4 500 6000 70000 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 \n"
    "\tbytes:\t0 0 0 0 0 0 0 0 \n"
    "device 192.168.65.1:/my\\040files mounted on /my\\040files with fstype nfs4 statvers=1.1\n"
    "\tevents:\t1 1 1 1 1 1 1 1 1 1\n";

static struct mountstats read_all(const char *target) {
    struct mountstats stats = {.ours = false};
    struct text rest = text_of(text);

    while (rest.len > 0)
        mountstats_line(&stats, text_cut(&rest, '\n'), target);
    return stats;
}

static void what_programs_ask_for_is_counted(void **state) {
    (void)state;
    assert_true(read_all("/Users").found);
    assert_int_equal(read_all("/Users").uses, 1 + 20 + 500 + 6000 + 70000);
}

static void a_blank_in_a_name_is_read(void **state) {
    (void)state;
    assert_true(read_all("/my files").found);
    assert_int_equal(read_all("/my files").uses, 5);
}

static void others_are_not_counted(void **state) {
    (void)state;
    assert_false(read_all("/").found);
    assert_false(read_all("/nowhere").found);
    assert_int_equal(read_all("/nowhere").uses, 0);
}

static void the_file_itself_is_read(void **state) {
    struct mountstats stats = {.ours = false};

    (void)state;
    mountstats_read(&stats, "/no such mount");
    assert_false(stats.found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_programs_ask_for_is_counted),
        cmocka_unit_test(a_blank_in_a_name_is_read),
        cmocka_unit_test(others_are_not_counted),
        cmocka_unit_test(the_file_itself_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
