/* SPDX-License-Identifier: MIT */
/* options: from text to the flags and the data string of mount(2). */
#include "../../agent/settings/config.h"
#include "../../agent/settings/options.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define FIXED "vers=3,proto=tcp,mountproto=tcp,"
#define FOUND ",port=2049,mountport=20048,addr=192.168.65.1"

static const struct options_found mac = {.address = "192.168.65.1", .nfs_port = 2049, .mount_port = 20048};

static void the_built_in_options_are_what_the_specification_says(void **state) {
    struct options options;

    (void)state;
    assert_int_equal(options_build("", "", &mac, &options), CONFIG_OK);
    assert_int_equal(options.flags, MS_NOATIME);
    assert_string_equal(options.data, FIXED "hard,noacl,nolock" FOUND);
}

static void a_later_option_takes_the_place_of_an_earlier_one(void **state) {
    static const struct {
        const char *common, *own;
        const char *data; /* between the fixed start and what was found */
        unsigned long flags;
    } cases[] = {
        {"soft", "", "noacl,nolock,soft", MS_NOATIME},
        {"soft", "hard", "noacl,nolock,hard", MS_NOATIME},
        {"acl", "", "hard,nolock,acl", MS_NOATIME},
        {"lock", "", "hard,noacl,lock", MS_NOATIME},
        {"nocto,cto", "", "hard,noacl,nolock,cto", MS_NOATIME},
        {"nocto", "cto", "hard,noacl,nolock,cto", MS_NOATIME},
        {"actimeo=60", "actimeo=2", "hard,noacl,nolock,actimeo=2", MS_NOATIME},
        {"rsize=32768,rsize=65536", "", "hard,noacl,nolock,rsize=65536", MS_NOATIME},
        {"fsc", "nofsc", "hard,noacl,nolock,nofsc", MS_NOATIME},
        {"ro", "", "hard,noacl,nolock", MS_NOATIME | MS_RDONLY},
        {"ro", "rw", "hard,noacl,nolock", MS_NOATIME},
        {"rw", "ro", "hard,noacl,nolock", MS_NOATIME | MS_RDONLY},
        {"atime", "", "hard,noacl,nolock", 0},
        {"atime,noatime", "", "hard,noacl,nolock", MS_NOATIME},
        {"sync", "", "hard,noacl,nolock", MS_NOATIME | MS_SYNCHRONOUS},
        {"sync", "async", "hard,noacl,nolock", MS_NOATIME},
        {"nosuid,nodev,noexec", "exec", "hard,noacl,nolock", MS_NOATIME | MS_NOSUID | MS_NODEV},
        {"dirsync,nodiratime", "", "hard,noacl,nolock", MS_NOATIME | MS_DIRSYNC | MS_NODIRATIME},
        /* fs/namespace.c: MS_NOATIME would win over the one, and MS_STRICTATIME over both. */
        {"relatime", "", "hard,noacl,nolock", MS_RELATIME},
        {"strictatime", "", "hard,noacl,nolock", MS_STRICTATIME},
        {"relatime", "strictatime", "hard,noacl,nolock", MS_STRICTATIME},
        {"strictatime,relatime", "", "hard,noacl,nolock", MS_RELATIME},
        {"relatime,noatime", "", "hard,noacl,nolock", MS_NOATIME},
        {"strictatime", "noatime", "hard,noacl,nolock", MS_NOATIME},
        {"relatime,norelatime", "", "hard,noacl,nolock", 0},
        {"something=new", "something=newer", "hard,noacl,nolock,something=newer", MS_NOATIME},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char data[OPTIONS_DATA_SIZE];
        struct options options;

        assert_int_equal(options_build(cases[i].common, cases[i].own, &mac, &options), CONFIG_OK);
        snprintf(data, sizeof data, FIXED "%s" FOUND, cases[i].data);
        assert_string_equal(options.data, data);
        assert_int_equal(options.flags, cases[i].flags);
    }
}

static void options_for_the_helper_are_accepted_and_not_passed_on(void **state) {
    struct options options;

    (void)state;
    assert_int_equal(
        options_build("defaults,auto,noauto,user,nouser,_netdev,nofail,bg,fg,retry=5,intr,nointr", "", &mac, &options),
        CONFIG_OK);
    assert_string_equal(options.data, FIXED "hard,noacl,nolock" FOUND);
}

static void what_cannot_work_is_refused_with_its_reason(void **state) {
    static const struct {
        const char *list;
        enum config_reason error;
    } cases[] = {
        {"ro,udp", CONFIG_OPTION_UDP},
        {"proto=udp", CONFIG_OPTION_UDP},
        {"proto=udp6", CONFIG_OPTION_UDP},
        {"mountproto=udp", CONFIG_OPTION_UDP},
        {"proto=rdma", CONFIG_BAD_OPTION},
        {"proto", CONFIG_BAD_OPTION},
        {"vers=4", CONFIG_OPTION_VERSION},
        {"vers=4.1,ro", CONFIG_OPTION_VERSION},
        {"nfsvers=2", CONFIG_OPTION_VERSION},
        {"v4.2", CONFIG_OPTION_VERSION},
        {"v2", CONFIG_OPTION_VERSION},
        {"minorversion=1", CONFIG_OPTION_VERSION},
        {"mountvers=1", CONFIG_OPTION_VERSION},
        {"addr=1.2.3.4", CONFIG_OPTION_OURS},
        {"mountaddr=1.2.3.4", CONFIG_OPTION_OURS},
        {"mounthost=x", CONFIG_OPTION_OURS},
        {"clientaddr=1.2.3.4", CONFIG_OPTION_OURS},
        {"port=65536", CONFIG_BAD_OPTION},
        {"port=", CONFIG_BAD_OPTION},
        {"mountport=-1", CONFIG_BAD_OPTION},
        {"ro,,rw", CONFIG_BAD_OPTION},
        {",ro", CONFIG_BAD_OPTION},
        {"ro,", CONFIG_BAD_OPTION},
        {"a b", CONFIG_BAD_OPTION},
        {"context=\"x\"", CONFIG_OPTION_LIST},
        {"['rw','tcp']", CONFIG_OPTION_LIST},
        {"'rw'", CONFIG_OPTION_LIST},
        {"(rw)", CONFIG_OPTION_LIST},
        {"501:20", CONFIG_OPTION_OWNER},
        {"rw,0:0", CONFIG_OPTION_OWNER},
        {"501:", CONFIG_OPTION_OWNER},
        {"501", CONFIG_OPTION_OWNER},
        {"cached", CONFIG_OPTION_DOCKER},
        {"rw,delegated", CONFIG_OPTION_DOCKER},
        {"consistent", CONFIG_OPTION_DOCKER},
        {"ro,z", CONFIG_OPTION_DOCKER},
        {"Z", CONFIG_OPTION_DOCKER},
        {"-o rw", CONFIG_BAD_OPTION},
        {"-orw", CONFIG_BAD_OPTION},
        {"rw;ro", CONFIG_BAD_OPTION},
        {"rw, tcp", CONFIG_BAD_OPTION},
        {"a\nb", CONFIG_BAD_OPTION},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct options options;

        assert_int_equal(options_check(cases[i].list), cases[i].error);
        assert_int_equal(options_build(cases[i].list, "", &mac, &options), cases[i].error);
        assert_int_equal(options_build("", cases[i].list, &mac, &options), cases[i].error);
    }
}

static void what_says_version_3_over_tcp_in_other_words_is_right(void **state) {
    static const char *const lists[] = {"tcp",    "proto=tcp", "proto=tcp6", "mountproto=tcp",
                                        "vers=3", "nfsvers=3", "v3",         "mountvers=3"};

    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++)
        assert_int_equal(options_check(lists[i]), CONFIG_OK);
    assert_int_equal(options_check(""), CONFIG_OK);
}

static void a_transport_is_named_once_and_in_the_servers_family(void **state) {
    const struct options_found six = {.address = "fe80::1%eth0", .nfs_port = 2049, .mount_port = 20048};
    struct options options;

    (void)state;
    assert_int_equal(options_build("tcp", "proto=tcp6", &mac, &options), CONFIG_OK);
    assert_string_equal(options.data, "vers=3,mountproto=tcp,hard,noacl,nolock,proto=tcp" FOUND);
    assert_int_equal(options_build("", "", &six, &options), CONFIG_OK);
    assert_string_equal(options.data, "vers=3,proto=tcp6,mountproto=tcp6,hard,noacl,nolock,port=2049,mountport=20048,"
                                      "addr=fe80::1%eth0");
}

static void a_port_of_the_users_wins_over_the_one_found(void **state) {
    struct options options;

    (void)state;
    assert_int_equal(options_build("port=3049", "mountport=3050", &mac, &options), CONFIG_OK);
    assert_string_equal(options.data, FIXED "hard,noacl,nolock,port=3049,mountport=3050,addr=192.168.65.1");
    assert_int_equal(options_build("port=1,port=2", "", NULL, &options), CONFIG_OK);
    assert_int_equal(options.nfs_port, 2);
    assert_int_equal(options.mount_port, 0);
    assert_null(strstr(options.data, "addr="));
}

static void a_port_that_was_not_found_is_left_to_the_kernel(void **state) {
    const struct options_found bare = {.address = "192.168.65.1"};
    struct options options;

    (void)state;
    assert_int_equal(options_build("", "", &bare, &options), CONFIG_OK);
    assert_string_equal(options.data, FIXED "hard,noacl,nolock,addr=192.168.65.1");
}

/* Distinct options, as many as a list of the configuration holds; returns how many. */
static int fill(char list[CONFIG_OPTIONS_SIZE], char prefix) {
    struct text_out out = text_out(list, CONFIG_OPTIONS_SIZE);
    int count = 0;

    while (out.len + sizeof ",x100" < CONFIG_OPTIONS_SIZE)
        text_putf(&out, "%s%c%d", out.len > 0 ? "," : "", prefix, ++count);
    return count;
}

static void whatever_the_configuration_accepts_fits_whole(void **state) {
    char common[CONFIG_OPTIONS_SIZE], own[CONFIG_OPTIONS_SIZE];
    struct options options;
    int counts[] = {fill(common, 'x'), fill(own, 'y')};
    char last[16];

    (void)state;
    assert_int_equal(options_build(common, own, &mac, &options), CONFIG_OK);
    snprintf(last, sizeof last, ",x%d,", counts[0]);
    assert_non_null(strstr(options.data, last));
    snprintf(last, sizeof last, ",y%d,", counts[1]);
    assert_non_null(strstr(options.data, last));
}

static void what_is_longer_than_any_configuration_is_refused_and_not_cut(void **state) {
    char list[4096], word[OPTIONS_DATA_SIZE + 1];
    struct text_out out = text_out(list, sizeof list);
    struct options options;

    (void)state;
    for (int i = 0; i < 600; i++)
        text_putf(&out, "%sx%d", i ? "," : "", i);
    assert_int_equal(options_check(list), CONFIG_OPTIONS_MANY);
    assert_int_equal(options_build(list, "", &mac, &options), CONFIG_OPTIONS_MANY);
    memset(word, 'a', sizeof word);
    word[sizeof word - 1] = '\0';
    assert_int_equal(options_build(word, "", &mac, &options), CONFIG_OPTIONS_MANY);
}

static void the_suspects_are_what_the_user_added(void **state) {
    static const struct {
        const char *common, *own, *added;
    } cases[] = {{"", "", ""}, {"a", "", "a"}, {"", "b", "b"}, {"a", "b", "a,b"}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char buf[16];
        struct text_out out = text_out(buf, sizeof buf);
        options_added(cases[i].common, cases[i].own, &out);
        assert_string_equal(buf, cases[i].added);
    }
}

static void a_mount_that_gives_up_is_soft(void **state) {
    static const struct {
        const char *common, *own;
        bool soft;
    } cases[] = {
        {"", "", false}, {"soft", "", true}, {"softerr", "", true}, {"soft", "hard", false}, {"hard", "soft", true}};
    struct options options;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(options_build(cases[i].common, cases[i].own, NULL, &options), CONFIG_OK);
        assert_int_equal(options.soft, cases[i].soft);
    }
}

/* fs/nfs/super.c of 4.4 and 4.9. */
static void options_that_mobys_kernels_do_not_know_are_named(void **state) {
    static const struct {
        const char *list;
        const char *strange; /* NULL: none */
    } cases[] = {
        {"", NULL},
        {"ro,nosuid,relatime,soft,timeo=50,retrans=2,rsize=32768,wsize=32768,actimeo=60,acregmin=1,acdirmax=9", NULL},
        {"nocto,noac,nordirplus,nosharecache,lookupcache=none,local_lock=all,sec=sys,fsc,intr,noresvport", NULL},
        {"vers=3,tcp,port=2049,mountport=20048,retry=5,_netdev,nofail,bg", NULL},
        {"nconnect=4", "nconnect=4"},
        {"ro,softerr", "softerr"},
        {"softreval,nconnect=4", "softreval"},
        {"write=eager", "write=eager"},
        {"hard,frobnicate", "frobnicate"},
        {"rsiz=1", "rsiz=1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text strange = options_strange(cases[i].list);
        assert_int_equal(options_check(cases[i].list), CONFIG_OK); /* no fault: the kernel is the judge */
        assert_true(cases[i].strange ? strange.at && text_is(strange, cases[i].strange) : !strange.at);
    }
    assert_true(!options_strange(OPTIONS_BUILT_IN).at);
    assert_int_equal(options_check(OPTIONS_BUILT_IN), CONFIG_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_options_are_what_the_specification_says),
        cmocka_unit_test(a_later_option_takes_the_place_of_an_earlier_one),
        cmocka_unit_test(options_for_the_helper_are_accepted_and_not_passed_on),
        cmocka_unit_test(what_cannot_work_is_refused_with_its_reason),
        cmocka_unit_test(a_mount_that_gives_up_is_soft),
        cmocka_unit_test(options_that_mobys_kernels_do_not_know_are_named),
        cmocka_unit_test(what_says_version_3_over_tcp_in_other_words_is_right),
        cmocka_unit_test(a_transport_is_named_once_and_in_the_servers_family),
        cmocka_unit_test(a_port_of_the_users_wins_over_the_one_found),
        cmocka_unit_test(a_port_that_was_not_found_is_left_to_the_kernel),
        cmocka_unit_test(whatever_the_configuration_accepts_fits_whole),
        cmocka_unit_test(what_is_longer_than_any_configuration_is_refused_and_not_cut),
        cmocka_unit_test(the_suspects_are_what_the_user_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
