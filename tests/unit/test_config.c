/* SPDX-License-Identifier: MIT */
/* config: what tests/cli/test_agent_config.py cannot see: limits to the byte, faults of hostile bytes, fingerprints. */
#include "../../agent/settings/config.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FAULTS_MAX 64

static struct config config;
static struct config_fault faults[FAULTS_MAX];
static size_t fault_count;

static void report(void *ctx, const struct config_fault *fault) {
    (void)ctx;
    assert_true(fault_count < FAULTS_MAX);
    faults[fault_count++] = *fault;
}

static void read_layers(const char *file, size_t len, const char *cmdline) {
    fault_count = 0;
    config_defaults(&config);
    config_file(&config, file, len, report, NULL);
    config_cmdline(&config, cmdline, strlen(cmdline), report, NULL);
    config_finish(&config, report, NULL);
}

static void read_file(const char *file) {
    read_layers(file, strlen(file), "");
}

static void a_line_has_at_most_2048_bytes(void **state) {
    char line[2200];

    (void)state;
    memset(line, ' ', sizeof line);
    memcpy(line, "wait = 5", 8);
    read_layers(line, 2048, "");
    assert_int_equal(fault_count, 0);
    assert_int_equal(config.wait_ms, 5000);
    read_layers(line, 2049, "");
    assert_int_equal(fault_count, 1);
    assert_int_equal(faults[0].reason, CONFIG_LONG_LINE);
    assert_int_equal(config.wait_ms, 30000);
}

static void line_ends_of_either_kind_and_none_at_the_end_are_fine(void **state) {
    (void)state;
    read_file("wait = 5\r\nwatch = 6\n\r\n\nstrict = yes");
    assert_int_equal(fault_count, 0);
    assert_int_equal(config.wait_ms, 5000);
    assert_int_equal(config.watch_ms, 6000);
    assert_int_equal(config.strict, 1);
    assert_int_equal(config.origin[CONFIG_STRICT].line, 5);
}

static void a_comment_begins_at_a_sharp_behind_a_blank(void **state) {
    (void)state;
    read_file("server = mac # the host\nmount = /a#b:/c\noptions =# none\n");
    assert_int_equal(fault_count, 0);
    assert_string_equal(config.server, "mac");
    assert_string_equal(config.mounts[0].export, "/a#b");
    assert_string_equal(config.options, "");
}

static void a_later_line_of_a_layer_wins(void **state) {
    (void)state;
    read_file("wait = 5\nwait = 6\nwait = bad\n");
    assert_int_equal(config.wait_ms, 6000);
    assert_int_equal(config.origin[CONFIG_WAIT].line, 2);
    assert_int_equal(fault_count, 1);
}

static void bytes_of_no_text_are_faults_and_not_the_end(void **state) {
    static const char file[] = "wait = 5\0 6\n\x01\nwatch\xff = 3\nstrict = yes\n";

    (void)state;
    read_layers(file, sizeof file - 1, "");
    assert_int_equal(fault_count, 3);
    assert_int_equal(faults[0].reason, CONFIG_BAD_BYTE);
    assert_int_equal(faults[1].reason, CONFIG_BAD_BYTE);
    assert_int_equal(faults[2].reason, CONFIG_UNKNOWN_KEY);
    assert_int_equal(config.strict, 1);
}

static void a_fault_is_one_line_of_visible_bytes_whatever_it_tells_of(void **state) {
    char file[300], text[512];

    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        struct text_out out = text_out(text, sizeof text);
        if (byte == '\n' || byte == '#')
            continue;
        memset(file, byte, sizeof file);
        memcpy(file + 100, "=", 1);
        read_layers(file, sizeof file, "");
        if (fault_count == 0) /* blanks alone */
            continue;
        config_fault_text(&faults[0], &out);
        for (const char *c = text; *c; c++)
            assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
    }
}

static void the_strays_of_the_real_command_line_do_no_harm(void **state) {
    (void)state;
    read_layers("", 0,
                "com.docker.driver=\"com.docker.driver.amd64-linux\", usermount.wait=7 usermount.strict "
                "usermount= usermountx.wait=8 -- usermount.wait=9\n");
    assert_int_equal(config.wait_ms, 7000);
    assert_int_equal(fault_count, 1);
    assert_int_equal(faults[0].reason, CONFIG_NO_VALUE);
    assert_string_equal(faults[0].key, "strict");
}

static void a_bad_mount_leaves_the_list_of_the_layer_before(void **state) {
    (void)state;
    read_layers("mount = m:/a\n", 13, "usermount.mount=nonsense");
    assert_int_equal(config.mount_count, 1);
    assert_string_equal(config.mounts[0].export, "/a");
    assert_string_equal(config.mounts[0].server, "m");
}

static void a_mount_without_a_server_has_the_one_that_wins(void **state) {
    (void)state;
    read_layers("mount = /a\nmount = m:/b\nserver = one\n", 37, "usermount.server=[fe80::2]");
    assert_string_equal(config.mounts[0].server, "fe80::2");
    assert_string_equal(config.mounts[1].server, "m");
}

static void a_fingerprint_is_of_values_and_not_of_their_places(void **state) {
    uint64_t first;

    (void)state;
    read_file("wait = 5\nmount = /a\nmount = /b\n");
    first = config_fingerprint(&config);
    read_layers("\n\nmount = /a:/a\nmount = 192.168.65.1:/b\n", 41, "usermount.wait=5.0");
    assert_true(config_fingerprint(&config) == first);
    read_file("wait = 6\nmount = /a\nmount = /b\n");
    assert_true(config_fingerprint(&config) != first);
    read_file("wait = 5\nmount = /b\nmount = /a\n");
    assert_true(config_fingerprint(&config) != first);
}

static void every_value_that_is_written_is_read_back(void **state) {
    static const char *const values[CONFIG_KEYS] = {
        [CONFIG_MOUNT] = "[fe80::1]:/a\\040b:/c:ro",
        [CONFIG_SERVER] = "mac",
        [CONFIG_OPTIONS] = "nocto,actimeo=60",
        [CONFIG_WAIT] = "0.001",
        [CONFIG_STRICT] = "yes",
        [CONFIG_PROBE_TIMEOUT] = "59.99",
        [CONFIG_RETRY_MAX] = "0.1",
        [CONFIG_WATCH] = "3600",
        [CONFIG_CONFLICT] = "over",
        [CONFIG_CONTAINERS] = "report",
        [CONFIG_EVENTS] = "refresh",
        [CONFIG_EVENTS_PORT] = "1",
        [CONFIG_LOGLEVEL] = "debug",
        [CONFIG_ENABLE] = "no",
    };
    const struct config_origin origin = {.layer = CONFIG_FILE, .line = 1, .column = 1};

    (void)state;
    config_defaults(&config);
    for (enum config_key key = 0; key < CONFIG_KEYS; key++) {
        char text[4096];
        struct text_out out = text_out(text, sizeof text);
        assert_int_equal(config_set(&config, key, text_of(values[key]), origin), CONFIG_OK);
        config_value(&config, key, 0, &out);
        assert_string_equal(text, values[key]);
    }
}

static void a_folders_name_is_not_taken_for_a_comment(void **state) {
    static const struct {
        const char *line;
        const char *export; /* NULL: refused, since it may be a comment as well */
    } cases[] = {
        {"mount = /Users/me/C #1", NULL},
        {"mount = /Users/me/C\t#1:/c", NULL},
        {"mount = /Users/me/C # 1", "/Users/me/C"},
        {"mount = /Users/me/C #", "/Users/me/C"},
        {"mount = \"/Users/me/C #1\"", "/Users/me/C #1"},
        {"mount = \"/Users/me/C #1\" # it is loud", "/Users/me/C #1"},
        {"mount = \"/Users/me/C #1\" #it is loud", "/Users/me/C #1"},
        {"mount = /Users/me/C\\040#1", "/Users/me/C #1"},
        {"mount = /Users/me/C#1", "/Users/me/C#1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_file(cases[i].line);
        assert_int_equal(fault_count, cases[i].export ? 0 : 1);
        if (cases[i].export)
            assert_string_equal(config.mounts[0].export, cases[i].export);
        else
            assert_int_equal(faults[0].reason, CONFIG_COMMENT);
    }
    read_file("wait = 5 #seconds\nserver = mac #mine\n"); /* no path: nothing else can be meant */
    assert_int_equal(fault_count, 0);
    assert_int_equal(config.wait_ms, 5000);
}

/* A late line is lost where a reader stops early: it is told which. */
static void what_is_behind_64_kib_is_told_and_not_lost_silently(void **state) {
    static char file[CONFIG_FILE_MAX + 64];
    static const char start[] = "#\nwait = 5\n";

    (void)state;
    for (size_t over = 0; over < 2; over++) {
        memset(file, '#', sizeof file);
        for (size_t at = 1023; at < CONFIG_FILE_MAX - 1024; at += 1024)
            file[at] = '\n';
        memcpy(file, start, strlen(start));
        file[CONFIG_FILE_MAX - 10 + over] = '\n';
        memcpy(file + CONFIG_FILE_MAX - 9 + over, "watch = 7", 9);
        read_layers(file, CONFIG_FILE_MAX + over, "");
        assert_int_equal(config.wait_ms, 5000);
        assert_int_equal(fault_count, over);
        assert_int_equal(config.watch_ms, over ? 5000 : 7000);
    }
    assert_int_equal(faults[0].reason, CONFIG_LONG_FILE);
    assert_int_equal(faults[0].origin.line, 67);
}

/* Whatever a value may hold: config_value() writes what the file gives back. */
static void every_mount_that_is_accepted_is_written_so_that_a_file_gives_it_back(void **state) {
    static const char alphabet[] = "a /:#\"\\'\t$\303\274\302\205\377\0331=,-";
    const struct config_origin origin = {.layer = CONFIG_CMDLINE, .line = 1, .column = 1};
    uint64_t seed = 1;
    int accepted = 0;

    (void)state;
    for (int n = 0; n < 50000; n++) {
        char value[64], line[1024] = "mount = ", export[CONFIG_PATH_SIZE], target[CONFIG_PATH_SIZE], options[512];
        struct text_out raw = text_out(value, sizeof value);
        struct text_out out = {.buf = line, .size = sizeof line, .len = strlen(line)};
        text_put_char(&raw, '/');
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        for (uint64_t dice = seed >> 8, len = 1 + (seed & 15); len > 0; len--, dice = dice * 31 + seed)
            text_put_char(&raw, n < 25000 ? (char)(1 + dice % 255) : alphabet[(dice >> 16) % (sizeof alphabet - 1)]);
        config_defaults(&config);
        if (config_set(&config, CONFIG_MOUNT, text_of(value), origin) != CONFIG_OK)
            continue;
        accepted++;
        memcpy(export, config.mounts[0].export, sizeof export);
        memcpy(target, config.mounts[0].target, sizeof target);
        memcpy(options, config.mounts[0].options, sizeof options);
        config_value(&config, CONFIG_MOUNT, 0, &out);
        assert_false(out.cut);
        read_file(line);
        assert_int_equal(fault_count, 0);
        assert_string_equal(config.mounts[0].export, export);
        assert_string_equal(config.mounts[0].target, target);
        assert_string_equal(config.mounts[0].options, options);
    }
    assert_true(accepted > 5000);
}

static void a_place_is_told_in_each_layer_s_words(void **state) {
    static const struct {
        struct config_origin origin;
        const char *name, *place;
    } origins[] = {
        {{.layer = CONFIG_DEFAULT}, "default", "the default"},
        {{.layer = CONFIG_FILE, .line = 3, .column = 7}, "file", "usermount.conf line 3 column 7"},
        {{.layer = CONFIG_CMDLINE, .line = 1, .column = 40}, "cmdline", "kernel command line column 40"},
    };
    char place[128];

    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        struct text_out out = text_out(place, sizeof place);
        config_place(&origins[i].origin, &out);
        assert_string_equal(place, origins[i].place);
        assert_string_equal(config_layer_name(origins[i].origin.layer), origins[i].name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_is_told_in_each_layer_s_words),
        cmocka_unit_test(a_line_has_at_most_2048_bytes),
        cmocka_unit_test(line_ends_of_either_kind_and_none_at_the_end_are_fine),
        cmocka_unit_test(a_comment_begins_at_a_sharp_behind_a_blank),
        cmocka_unit_test(a_later_line_of_a_layer_wins),
        cmocka_unit_test(bytes_of_no_text_are_faults_and_not_the_end),
        cmocka_unit_test(a_fault_is_one_line_of_visible_bytes_whatever_it_tells_of),
        cmocka_unit_test(the_strays_of_the_real_command_line_do_no_harm),
        cmocka_unit_test(a_bad_mount_leaves_the_list_of_the_layer_before),
        cmocka_unit_test(a_mount_without_a_server_has_the_one_that_wins),
        cmocka_unit_test(a_fingerprint_is_of_values_and_not_of_their_places),
        cmocka_unit_test(every_value_that_is_written_is_read_back),
        cmocka_unit_test(a_folders_name_is_not_taken_for_a_comment),
        cmocka_unit_test(what_is_behind_64_kib_is_told_and_not_lost_silently),
        cmocka_unit_test(every_mount_that_is_accepted_is_written_so_that_a_file_gives_it_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
