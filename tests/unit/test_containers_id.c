/* SPDX-License-Identifier: MIT */
/* containers_id: the names that container engines give to control groups. */
#include "../../agent/containers/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define SHORT "0123456789ab"

static char id[CONTAINERS_ID_SIZE];

static void is(const char *cgroup, const char *expected) {
    memset(id, 'x', sizeof id);
    assert_true(containers_id(text_of(cgroup), id));
    assert_string_equal(id, expected);
}

static void is_none(const char *cgroup) {
    memset(id, 'x', sizeof id);
    assert_false(containers_id(text_of(cgroup), id));
    assert_string_equal(id, "");
}

static void docker_is_known_in_both_versions_of_control_groups(void **state) {
    (void)state;
    is("11:memory:/docker/" ID "\n10:cpu,cpuacct:/docker/" ID "\n1:name=systemd:/docker/" ID "\n", SHORT);
    is("0::/docker/" ID "\n", SHORT);
    is("0::/system.slice/docker-" ID ".scope\n", SHORT);
    is("0::/system.slice/docker-" ID ".scope", SHORT);
    is("5:freezer:/\n4:devices:/docker/" ID "\n", SHORT);
}

static void containerd_podman_and_kubernetes_are_known(void **state) {
    (void)state;
    is("0::/default/web-1\n", "web-1");
    is("3:memory:/default/web.a_b\n", "web.a_b");
    is("0::/k8s.io/" ID "\n", SHORT);
    is("0::/kubepods/burstable/pod0f2c/" ID "\n", SHORT);
    is("0::/kubepods.slice/kubepods-pod0f2c.slice/cri-containerd-" ID ".scope\n", SHORT);
    is("0::/kubepods.slice/crio-" ID ".scope/container\n", SHORT);
    is("0::/machine.slice/libpod-" ID ".scope\n", SHORT);
    is("0::/machine.slice/libpod-" ID ".scope/container\n", SHORT);
    is("0::/libpod_parent/libpod-" ID "\n", SHORT);
    is("0::/user.slice/user-501.slice/user@501.service/user.slice/libpod-" ID ".scope\n", SHORT);
}

static void the_innermost_container_counts(void **state) {
    (void)state;
    is("0::/docker/" OTHER "/docker/" ID "\n", SHORT);
    is("0::/docker/" ID "/init\n", SHORT);
}

static void what_is_in_no_container_has_no_id(void **state) {
    (void)state;
    is_none("");
    is_none("0::/\n");
    is_none("0::/init.scope\n");
    is_none("0::/system.slice/ssh.service\n");
    is_none("0::/user.slice/session-1.scope\n");
    is_none("1:name=openrc:/docker\n0::/openrc/docker\n");
    is_none("1:name=systemd:/default/web\n");
    is_none("0::/docker\n");
    is_none("0::/a/b/c\n");
    is_none("0::/default/-web\n");
    is_none("0::/default/web-\n");
    is_none("0::/default/a..b\n");
    is_none("garbage\n");
    is_none("0::\n::\n");
}

static void other_lengths_and_letters_are_no_identifier(void **state) {
    (void)state;
    is_none("0::/x/y/docker-" ID "0\n");
    is_none("0::/x/y/0" ID "\n");
    is_none("0::/x/y/1234\n");
    is_none("0::/x/y/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\n");
}

static void a_name_that_is_too_long_is_none(void **state) {
    char text[200];

    (void)state;
    memset(text, 'n', sizeof text);
    memcpy(text, "0::/default/", 12);
    text[sizeof text - 1] = '\0';
    is_none(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(docker_is_known_in_both_versions_of_control_groups),
        cmocka_unit_test(containerd_podman_and_kubernetes_are_known),
        cmocka_unit_test(the_innermost_container_counts),
        cmocka_unit_test(what_is_in_no_container_has_no_id),
        cmocka_unit_test(other_lengths_and_letters_are_no_identifier),
        cmocka_unit_test(a_name_that_is_too_long_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
