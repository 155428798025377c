/* SPDX-License-Identifier: MIT */
/* mountspec: `[SERVER:]/EXPORT[:/TARGET[:OPTIONS]]`. */
#include "../../agent/settings/mountspec.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct config_mount mount;

static enum config_reason read_spec(const char *text) {
    memset(&mount, 'x', sizeof mount);
    return mountspec_read(text_of(text), &mount);
}

static void a_mount_is_split_at_its_colons_and_unescaped_after(void **state) {
    static const struct {
        const char *text, *server, *export, *target, *options;
    } cases[] = {
        {"/Users", "", "/Users", "/Users", ""},
        {"mac:/Users", "mac", "/Users", "/Users", ""},
        {"192.168.65.1:/Users:/home", "192.168.65.1", "/Users", "/home", ""},
        {"/Users:/home:ro,soft", "", "/Users", "/home", "ro,soft"},
        {"[fe80::1%eth0]:/Users", "fe80::1%eth0", "/Users", "/Users", ""},
        {"[2001:db8::1]:/Users:/u:ro", "2001:db8::1", "/Users", "/u", "ro"},
        {"gateway:/Users", "gateway", "/Users", "/Users", ""},
        {"/My\\040Files:/my", "", "/My Files", "/my", ""},
        {"/a\\072b:/c", "", "/a:b", "/c", ""},
        {"//Users///me/:/home//", "", "/Users/me", "/home", ""},
        {"/:/mac", "", "/", "/mac", ""},
        {"/a:/b:", "", "/a", "/b", ""},
        {"/a:/b:context=a:b", "", "/a", "/b", "context=a:b"},
        {"/...:/..x", "", "/...", "/..x", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(read_spec(cases[i].text), CONFIG_OK);
        assert_string_equal(mount.server, cases[i].server);
        assert_string_equal(mount.export, cases[i].export);
        assert_string_equal(mount.target, cases[i].target);
        assert_string_equal(mount.options, cases[i].options);
    }
}

static void a_broken_mount_is_refused_with_its_reason(void **state) {
    static const struct {
        const char *text;
        enum config_reason reason;
    } cases[] = {
        {"", CONFIG_BAD_MOUNT},
        {"Users", CONFIG_BAD_MOUNT},
        {"mac", CONFIG_BAD_MOUNT},
        {"mac:", CONFIG_BAD_PATH},
        {"mac:Users", CONFIG_BAD_PATH},
        {":/Users", CONFIG_BAD_SERVER},
        {"-x:/Users", CONFIG_BAD_SERVER},
        {"ma c:/Users", CONFIG_BAD_SERVER},
        {"mac/x:/Users", CONFIG_BAD_SERVER},
        {"[fe80::1]/Users", CONFIG_BAD_MOUNT},
        {"[fe80::1]x:/Users", CONFIG_BAD_MOUNT},
        {"[fe80::1]", CONFIG_BAD_MOUNT},
        {"[fe80::1:/Users", CONFIG_BAD_SERVER},
        {"[]:/Users", CONFIG_BAD_SERVER},
        {"[mac]:/Users", CONFIG_BAD_SERVER},
        {"/Users:home", CONFIG_BAD_PATH},
        {"/Users:", CONFIG_BAD_PATH},
        {"/Users:/", CONFIG_NO_TARGET}, /* never over the root */
        {"/", CONFIG_NO_TARGET},
        {"/Users/../etc:/a", CONFIG_BAD_PATH},
        {"/Users:/a/..", CONFIG_BAD_PATH},
        {"/Users:/./a", CONFIG_BAD_PATH},
        {"/Users:/a/\\056\\056/b", CONFIG_BAD_PATH}, /* escapes hide nothing */
        {"/Us\\04ers", CONFIG_BAD_ESCAPE},
        {"/Users:/a\\000b", CONFIG_BAD_ESCAPE},
        {"/Users:/a:ro\\", CONFIG_BAD_ESCAPE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(read_spec(cases[i].text), cases[i].reason);
}

/* What people have at hand is named for what it is; a path that only looks a little like it is a path. */
static void what_is_another_programs_is_told_apart_from_a_path(void **state) {
    static const struct {
        const char *text;
        enum config_reason reason;
    } cases[] = {
        {"nfs://192.168.65.1/Users", CONFIG_URL},
        {"nfs://192.168.65.1:/Users", CONFIG_URL},
        {"smb://mac/Users", CONFIG_URL},
        {"192.168.65.1:2049:/Users", CONFIG_SERVER_PORT},
        {"[fe80::1]:2049:/Users", CONFIG_SERVER_PORT},
        {"192.168.65.1:/Users /Users nfs rw,nolock 0 0", CONFIG_FSTAB},
        {"192.168.65.1:/Users\t/Users\tnfs\trw\t0\t0", CONFIG_FSTAB},
        {"192.168.65.1:/Users /Users", CONFIG_FSTAB},
        {"/Users /Users nfs rw,nolock 0 0", CONFIG_FSTAB},
        {"/Users -alldirs -mapall=501:20 localhost", CONFIG_EXPORTS},
        {"/Users -mapall=501:20 localhost", CONFIG_EXPORTS},
        {"/Users -ro localhost", CONFIG_EXPORTS},
        {"/Users -network 192.168.65.0 -mask 255.255.255.0", CONFIG_EXPORTS},
        {"/My Files", CONFIG_OK},
        {"/My Files/a - b:/c", CONFIG_OK},
        {"/My nfs", CONFIG_OK},
        {"/a://b", CONFIG_OK}, /* a target, twice the slash */
        {"/My\\040Files\\040/x", CONFIG_OK},
        {"/C #1", CONFIG_OK},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (read_spec(cases[i].text) != cases[i].reason)
            fail_msg("%s: %s", cases[i].text, config_reason_text(read_spec(cases[i].text)));
}

static void a_path_has_at_most_1024_bytes(void **state) {
    char text[CONFIG_PATH_SIZE + 8];

    (void)state;
    memset(text, 'a', sizeof text);
    text[0] = '/';
    text[CONFIG_PATH_SIZE - 1] = '\0';
    assert_int_equal(read_spec(text), CONFIG_OK);
    assert_int_equal(strlen(mount.export), CONFIG_PATH_SIZE - 1);
    text[CONFIG_PATH_SIZE - 1] = 'a';
    text[CONFIG_PATH_SIZE] = '\0';
    assert_int_equal(read_spec(text), CONFIG_BAD_PATH);
}

static void a_server_is_a_name_or_an_address(void **state) {
    static const struct {
        const char *text;
        const char *server; /* NULL: refused */
        enum config_reason reason;
    } cases[] = {
        {"mac", "mac", CONFIG_OK},
        {"my-mac.local", "my-mac.local", CONFIG_OK},
        {"192.168.65.1", "192.168.65.1", CONFIG_OK},
        {"[::1]", "::1", CONFIG_OK},
        {"::1", "::1", CONFIG_OK},
        {"fe80::1%eth0", "fe80::1%eth0", CONFIG_OK},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1", CONFIG_OK},
        {"gateway", "gateway", CONFIG_OK},
        {"10.mac", "10.mac", CONFIG_OK},
        {"mac10", "mac10", CONFIG_OK},
        {"nfs", "nfs", CONFIG_OK},
        {"", NULL, CONFIG_BAD_SERVER},
        {"[]", NULL, CONFIG_BAD_SERVER},
        {"[mac]", NULL, CONFIG_BAD_SERVER},
        {"[192.168.65.1]", NULL, CONFIG_BAD_SERVER},
        {"-mac", NULL, CONFIG_BAD_SERVER},
        {"a b", NULL, CONFIG_BAD_SERVER},
        {"a\nb", NULL, CONFIG_BAD_SERVER},
        {"a,b", NULL, CONFIG_BAD_SERVER}, /* would be another mount option */
        {"a/b", NULL, CONFIG_BAD_SERVER},
        {"m\xc3\xa4"
         "c",
         NULL, CONFIG_BAD_SERVER},
        {"fe80::1,x", NULL, CONFIG_BAD_SERVER},
        {"[::1", NULL, CONFIG_BAD_SERVER},
        {"::1]", NULL, CONFIG_BAD_SERVER},
        {"::1%", NULL, CONFIG_BAD_SERVER},
        {"::1%a:b", NULL, CONFIG_BAD_SERVER},
        {":::1", NULL, CONFIG_BAD_SERVER},
        {"1:2:3:4:5:6:7:8:9", NULL, CONFIG_BAD_SERVER},
        {"abc:def", NULL, CONFIG_BAD_SERVER},
        {"192.168.65.256", NULL, CONFIG_BAD_SERVER},
        {"192.168.65", NULL, CONFIG_BAD_SERVER},
        {"2049", NULL, CONFIG_BAD_SERVER},
        {"192.168.65.1:2049", NULL, CONFIG_SERVER_PORT},
        {"mac.local:111", NULL, CONFIG_SERVER_PORT},
        {"[fe80::1]:2049", NULL, CONFIG_SERVER_PORT},
        {"nfs://192.168.65.1", NULL, CONFIG_URL},
        {"nfs://192.168.65.1/Users", NULL, CONFIG_URL},
        {"nfs://192.168.65.1:2049", NULL, CONFIG_URL},
        {"192.168.65.1:/Users", NULL, CONFIG_BAD_SERVER},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char server[CONFIG_SERVER_SIZE] = "before";
        assert_int_equal(mountspec_server(text_of(cases[i].text), server), cases[i].reason);
        assert_string_equal(server, cases[i].server ? cases[i].server : "before");
    }
}

static void a_server_name_has_at_most_255_bytes(void **state) {
    char text[CONFIG_SERVER_SIZE + 1], server[CONFIG_SERVER_SIZE];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_int_equal(mountspec_server((struct text){text, CONFIG_SERVER_SIZE - 1}, server), CONFIG_OK);
    assert_int_equal(mountspec_server((struct text){text, CONFIG_SERVER_SIZE}, server), CONFIG_BAD_SERVER);
}

static void what_is_written_is_read_back_the_same(void **state) {
    static const char *const texts[] = {
        "/Users:/Users",       "mac:/Users:/Users", "[fe80::1]:/a:/b",      "/a\\072b:/c\\040d\\134e\\043f:ro",
        "/a\\011\\177:/\\042", "/\303\244:/u",      "/a:/b:ro,context=a:b",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char buf[4096];
        struct text_out out = text_out(buf, sizeof buf);

        assert_int_equal(read_spec(texts[i]), CONFIG_OK);
        mountspec_write(&mount, &out);
        assert_false(out.cut);
        assert_string_equal(buf, texts[i]);
    }
}

static void every_byte_survives_escaping_and_unescaping(void **state) {
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        char text[4] = {'a', (char)byte, 'b', '\0'}, escaped[32], back[8];
        struct text_out out = text_out(escaped, sizeof escaped);

        mountspec_escape(text, ":", &out);
        assert_null(strpbrk(escaped, " \t\n\":#"));
        for (const char *c = escaped; *c; c++)
            assert_true(*c >= ' ' && *c < 0x7f); /* a byte alone is no character of UTF-8 */
        assert_true(text_unescape(text_of(escaped), back, sizeof back));
        assert_string_equal(back, text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mount_is_split_at_its_colons_and_unescaped_after),
        cmocka_unit_test(a_broken_mount_is_refused_with_its_reason),
        cmocka_unit_test(what_is_another_programs_is_told_apart_from_a_path),
        cmocka_unit_test(a_path_has_at_most_1024_bytes),
        cmocka_unit_test(a_server_is_a_name_or_an_address),
        cmocka_unit_test(a_server_name_has_at_most_255_bytes),
        cmocka_unit_test(what_is_written_is_read_back_the_same),
        cmocka_unit_test(every_byte_survives_escaping_and_unescaping),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
