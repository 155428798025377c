/* SPDX-License-Identifier: MIT */
/* route: the gateway from /proc/net/route. The expected addresses are those of a little-endian machine. */
#include "../../agent/mount/route.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define HEAD "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
#define LAN "eth0\t0041A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
#define DEFAULT(gateway, flags, metric) "eth0\t00000000\t" gateway "\t" flags "\t0\t0\t" metric "\t00000000\t0\t0\t0\n"

static void the_default_route_with_the_lowest_metric_has_the_gateway(void **state) {
    static const struct {
        const char *table;
        const char *gateway; /* NULL: none */
    } cases[] = {
        {HEAD DEFAULT("0141A8C0", "0003", "0") LAN, "192.168.65.1"},
        {HEAD LAN DEFAULT("0141A8C0", "0003", "0"), "192.168.65.1"},
        {HEAD DEFAULT("0102000A", "0003", "200") DEFAULT("0141A8C0", "0003", "100"), "192.168.65.1"},
        {HEAD DEFAULT("0141A8C0", "0003", "4294967295"), "192.168.65.1"},
        {HEAD LAN, NULL},
        {HEAD, NULL},
        {"", NULL},
        {HEAD DEFAULT("0141A8C0", "0002", "0"), NULL}, /* not up */
        {HEAD DEFAULT("0141A8C0", "0001", "0"), NULL}, /* no gateway: a link */
        {HEAD DEFAULT("00000000", "0003", "0"), NULL},
        {HEAD "eth0\t00000000\t0141A8C0\t0003\t0\t0\t0\t000000FF\n", NULL}, /* 0.0.0.0/8 is not the default */
        {HEAD "eth0\t00000000\t0141A8C0", NULL},                            /* a line that is cut */
        {HEAD "eth0\t00000000\t0141A8C0F\t0003\t0\t0\t0\t00000000\n", NULL},
        {HEAD "eth0\t00000000\t0x41A8C0\t0003\t0\t0\t0\t00000000\n", NULL},
        {HEAD DEFAULT("0141A8C0", "0003", "-1"), NULL},
        {HEAD "garbage\n\n\t\t\t\n" DEFAULT("0141A8C0", "0003", "0"), "192.168.65.1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char buf[32];
        struct text_out out = text_out(buf, sizeof buf);
        assert_int_equal(route_gateway(text_of(cases[i].table), &out), cases[i].gateway != NULL);
        assert_string_equal(buf, cases[i].gateway ? cases[i].gateway : "");
    }
}

static void a_metric_of_the_largest_number_loses_to_any_other(void **state) {
    const char *table = HEAD DEFAULT("0102000A", "0003", "4294967295") DEFAULT("0141A8C0", "0003", "4294967294");
    char buf[32];
    struct text_out out = text_out(buf, sizeof buf);

    (void)state;
    assert_true(route_gateway(text_of(table), &out));
    assert_string_equal(buf, "192.168.65.1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_route_with_the_lowest_metric_has_the_gateway),
        cmocka_unit_test(a_metric_of_the_largest_number_loses_to_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
