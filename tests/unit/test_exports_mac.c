/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/exports/address.h"
#include "../../packer/exports/mac.h"
#include "exports_world.h"

static struct exports_mac read_text(const char *text) {
    struct exports_mac file;

    assert_int_equal(exports_mac_read(&file, text, strlen(text), world_of(false)), 0);
    return file;
}

/* The words of one entry, blanks between, "|" before the hosts. */
static const char *words_of(const struct exports_mac *file, size_t index) {
    static char text[512];
    const struct exports_entry *entry = &file->entries[index];

    text[0] = '\0';
    for (size_t i = 0; i < entry->dir_count + entry->host_count; i++) {
        if (i == entry->dir_count)
            strcat(text, "|");
        strcat(text, file->words[entry->first_dir + i]);
        strcat(text, " ");
    }
    return text;
}

static void lines_are_read_as_nfsd_reads_them(void **state) {
    static const struct {
        const char *text;
        const char *words; /* of the first entry */
        uint32_t line;
    } cases[] = {
        {"/a host", "/a |host ", 1},
        {"\t /a\thost  \n", "/a |host ", 1},
        {"\n \t\n# no\n   # no\n/a host\n", "/a |host ", 5},
        {"/a \\\n host", "/a |host ", 1},
        {"/a\\ \t\\ \n host", "/a |host ", 1},
        {"/a\\\nb host", "/ab |host ", 1},
        {"\\\n\\\n/a host", "/a |host ", 1},
        {"/a\\\\\\ b host", "/a\\ b |host ", 1},
        {"/a\\tb host", "/atb |host ", 1},
        {"'/a b' host", "/a b |host ", 1},
        {"\"/a \\\"b\\\" 'c'\" host", "/a \"b\" 'c' |host ", 1},
        {"\"/a\"host", "/a |host ", 1},
        {"/a/// / host", "/ /a |host ", 1},
        {"/a/b /a /a-b /a/b/c host", "/a /a/b /a/b/c /a-b |host ", 1},
        {"/a-b /a/b /a host", "/a /a-b /a/b |host ", 1},
        {"/a /b /a /a/ host", "/a /b |host ", 1},
        {"/a h1 -ro h2", "/a |h1 h2 ", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_mac file = read_text(cases[i].text);

        assert_true(file.count >= 1);
        assert_string_equal(words_of(&file, 0), cases[i].words);
        assert_int_equal(file.entries[0].line, cases[i].line);
        exports_mac_free(&file);
    }
}

static void lines_are_numbered_across_continuations(void **state) {
    struct exports_mac file = read_text("/a \\\n h\n\n# c \\\n/hidden h\n/b h\n");

    (void)state;
    assert_int_equal(file.count, 2);
    assert_int_equal(file.entries[0].line, 1);
    assert_int_equal(file.entries[1].line, 6);
    exports_mac_free(&file);
}

static void a_nul_ends_its_line(void **state) {
    static const char text[] = "/a host\0 more\n/b host\n";
    struct exports_mac file;

    (void)state;
    assert_int_equal(exports_mac_read(&file, text, sizeof(text) - 1, world_of(false)), 0);
    assert_int_equal(file.count, 2);
    assert_string_equal(words_of(&file, 0), "/a |host ");
    exports_mac_free(&file);
}

static void an_empty_file_has_no_entry(void **state) {
    struct exports_mac file = read_text("");

    (void)state;
    assert_int_equal(file.count, 0);
    exports_mac_free(&file);
}

static void options_are_taken_as_nfsd_takes_them(void **state) {
    static const struct {
        const char *text;
        unsigned int options;
        const char *words;
        const char *unknown;
    } cases[] = {
        {"/a -fspath=/b h", EXPORTS_FSPATH, "/a |h ", NULL},
        {"/a -fsuuid,ro h", EXPORTS_RO, "/a |h ", NULL},
        {"/a -fsuuid 11111111-1111-1111-1111-111111111111 h", EXPORTS_FSUUID,
         "/a |11111111-1111-1111-1111-111111111111 h ", NULL},
        {"/a -alldirs=1 h", EXPORTS_ALLDIRS, "/a |h ", NULL},
        {"/a -ro -alldirs h", EXPORTS_RO | EXPORTS_ALLDIRS, "/a |h ", NULL},
        {"/a -o h", EXPORTS_RO, "/a |h ", NULL},
        {"/a -ro,alldirs,offline h", EXPORTS_RO | EXPORTS_ALLDIRS | EXPORTS_OFFLINE, "/a |h ", NULL},
        {"/a -ro,,alldirs h", EXPORTS_RO, "/a |h ", NULL},
        {"/a - h", 0, "/a |h ", NULL},
        {"/a -mapall 501 h", EXPORTS_MAPALL, "/a |h ", NULL},
        {"/a -ro,mapall 501 h", EXPORTS_RO | EXPORTS_MAPALL, "/a |h ", NULL},
        {"/a -mapall,ro 501 h", 0, "/a |501 h ", "mapall"},
        {"/a -mapall -ro h", EXPORTS_RO, "/a |h ", "mapall"},
        {"/a -async,ro h", 0, "/a |h ", "async"},
        {"/a -ro,async h", EXPORTS_RO, "/a |h ", "async"},
        {"/a -async -sync -ro h", EXPORTS_RO, "/a |h ", "async"},
        {"/a -root=0 h", EXPORTS_MAPROOT, "/a |h ", NULL},
        {"/a -n=10 -m=255.0.0.0", EXPORTS_NETWORK | EXPORTS_MASK, "/a ", NULL},
        {"/a -32bitclients -manglednames -fspath=/ h", EXPORTS_32BITCLIENTS | EXPORTS_MANGLEDNAMES | EXPORTS_FSPATH,
         "/a |h ", NULL},
        {"/a \"-ro\" h", 0, "/a |\"-ro\" h ", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_mac file = read_text(cases[i].text);
        const struct exports_entry *entry = &file.entries[0];

        unsigned int wanted = cases[i].options;

        if (!(wanted & EXPORTS_MAPALL) && entry->fault == EXPORTS_FINE)
            wanted |= EXPORTS_MAPROOT; /* what nfsd adds */
        assert_int_equal(entry->options, wanted);
        assert_string_equal(words_of(&file, 0), cases[i].words);
        if (cases[i].unknown)
            assert_string_equal(entry->unknown, cases[i].unknown);
        else
            assert_null(entry->unknown);
        exports_mac_free(&file);
    }
}

static void networks_are_numbers_as_the_libc_reads_them(void **state) {
    static const struct {
        const char *text;
        uint32_t network;
        uint32_t mask;
    } cases[] = {
        {"/a -network 10", 0x0a000000, 0},
        {"/a -network 131.104", 0x83680000, 0},
        {"/a -network loopback", 0x7f000000, 0},
        {"/a -network 012.0x10", 0x0a100000, 0},
        {"/a -network 192.168.64.1 -mask 255.255.0.0", 0xc0a84001, 0xffff0000},
        {"/a -mask 255.255.0.0 -network 192.168.64.1", 0xc0a84001, 0xffff0000},
        {"/a -network 0.0.0.0 -mask 0.0.0.0", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_mac file = read_text(cases[i].text);

        assert_int_equal(file.entries[0].fault, EXPORTS_FINE);
        assert_int_equal(file.entries[0].network_family, 4);
        assert_int_equal(file.entries[0].network, cases[i].network);
        assert_int_equal(file.entries[0].mask, cases[i].mask);
        exports_mac_free(&file);
    }
}

static void each_fault_has_its_reason(void **state) {
    static const struct {
        const char *text;
        enum exports_fault fault;
    } cases[] = {
        {"h", EXPORTS_NO_DIRECTORY},
        {"-ro /a", EXPORTS_NO_DIRECTORY},
        {"/a h /b", EXPORTS_LATE_DIRECTORY},
        {"/a -ro /b", EXPORTS_LATE_DIRECTORY},
        {"/a -mapall=:20 h", EXPORTS_NO_USER},
        {"/a -mapall= h", EXPORTS_NO_USER},
        {"/a -mapall=you h", EXPORTS_NO_USER},
        {"/a -mapall=502 h", EXPORTS_NO_USER},
        {"/a -mapall=you:staff h", EXPORTS_NO_USER},
        {"/a -mapall=$(id -u):$(id -g) h", EXPORTS_NO_USER},
        {"/a -mapall=\"501:20\" h", EXPORTS_NO_USER},
        {"/a -mapall = 501:20 h", EXPORTS_NO_USER},
        {"/a -mapall=501: h", EXPORTS_NO_GROUP},
        {"/a -mapall=501:nosuch h", EXPORTS_NO_GROUP},
        {"/a -mapall=you -mapall=me h", EXPORTS_NO_USER},
        {"/a -network loopback -mask ::1", EXPORTS_MASK_FAMILY},
        {"/a -network 10 -mask classa", EXPORTS_BAD_MASK},
        {"/a -network nonet", EXPORTS_BAD_NETWORK},
        {"/a -network 10 -mask 255.255.255.255", EXPORTS_BAD_MASK}, /* what the libc says of no address */
        {"/a -fspath / h", EXPORTS_LATE_DIRECTORY},
        {"/a -mapall=0 -r=0 h", EXPORTS_BOTH_MAPS},
        {"/a -network 300", EXPORTS_BAD_NETWORK},
        {"/a -network 1.2.3.4.5", EXPORTS_BAD_NETWORK},
        {"/a -network=", EXPORTS_BAD_NETWORK},
        {"/a -network 10 -mask 1.2.3.400", EXPORTS_BAD_MASK},
        {"/a -network 10 -n 11", EXPORTS_TWO_NETWORKS},
        {"/a -network 10 -m 255 -mask 255", EXPORTS_TWO_NETWORKS},
        {"/a -mask 255.0.0.0", EXPORTS_MASK_ALONE},
        {"/a -sec=: h", EXPORTS_BAD_SEC},
        {"/a -sec=sys:none h", EXPORTS_BAD_SEC},
        {"/a -fspath=b h", EXPORTS_BAD_FSPATH},
        {"/a -fsuuid=0123 h", EXPORTS_BAD_FSUUID},
        {"/a h \\", EXPORTS_ENDLESS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_mac file = read_text(cases[i].text);

        assert_int_equal(file.count, 1);
        assert_int_equal(file.entries[0].fault, cases[i].fault);
        assert_true(strlen(exports_fault_text(cases[i].fault)) > 10);
        exports_mac_free(&file);
    }
}

static void addresses_are_read_as_the_libc_reads_them(void **state) {
    static const struct {
        const char *text;
        unsigned char family; /* 0: none */
        unsigned char bytes[16];
    } cases[] = {
        {"127.0.0.1", 4, {127, 0, 0, 1}},
        {"127.1", 4, {127, 0, 0, 1}},
        {"127", 4, {0, 0, 0, 127}},
        {"0x7f000001", 4, {127, 0, 0, 1}},
        {"0177.0.0.01", 4, {127, 0, 0, 1}},
        {"10.256", 4, {10, 0, 1, 0}},
        {"::1", 6, {[15] = 1}},
        {"fe80::1%en0", 6, {0xfe, 0x80, [15] = 1}},
        {"1:2", 0, {0}},
        {"127.0.0.1/8", 0, {0}},
        {"127.0.0.256", 0, {0}},
        {"1.2.3.4.5", 0, {0}},
        {"08", 0, {0}},
        {"*", 0, {0}},
        {"", 0, {0}},
        {"localhost", 0, {0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_address address;
        bool is_address = exports_address(cases[i].text, &address);

        assert_int_equal(is_address, cases[i].family != 0);
        if (is_address) {
            assert_int_equal(address.family, cases[i].family);
            assert_memory_equal(address.bytes, cases[i].bytes, 16);
        }
    }
}

static void a_path_is_quoted_where_it_must_be(void **state) {
    static const char *const cases[][2] = {
        {"/Users", "/Users"},     {"/My Disk", "\"/My Disk\""}, {"/a\"b", "\"/a\\\"b\""},
        {"/a\\b", "\"/a\\\\b\""}, {"/a'b", "\"/a'b\""},         {"/a#b", "\"/a#b\""},
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_mac file;

        assert_true(exports_mac_quote(cases[i][0], out, sizeof(out)));
        assert_string_equal(out, cases[i][1]);
        file = read_text(out);
        assert_string_equal(file.words[0], cases[i][0]);
        exports_mac_free(&file);
    }
    assert_false(exports_mac_quote("Users", out, sizeof(out)));
    assert_false(exports_mac_quote("/a\nb", out, sizeof(out)));
    assert_false(exports_mac_quote("/abc", out, 8));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_as_nfsd_reads_them),
        cmocka_unit_test(lines_are_numbered_across_continuations),
        cmocka_unit_test(a_nul_ends_its_line),
        cmocka_unit_test(an_empty_file_has_no_entry),
        cmocka_unit_test(options_are_taken_as_nfsd_takes_them),
        cmocka_unit_test(networks_are_numbers_as_the_libc_reads_them),
        cmocka_unit_test(each_fault_has_its_reason),
        cmocka_unit_test(addresses_are_read_as_the_libc_reads_them),
        cmocka_unit_test(a_path_is_quoted_where_it_must_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
