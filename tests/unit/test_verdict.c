/* SPDX-License-Identifier: MIT */
/* verdict: from evidence to a code; and what the two texts must and must not hold. */
#include "../../agent/engine/verdict.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char place[] = "usermount.conf line 3 column 1";
static const struct verdict_context mac = {"192.168.65.1", "/Users", "/Users", "", place};
static struct evidence evidence;
static struct verdict verdict;

/* Everything before `step` is done, in a world where all that is asked is registered and listed. */
static void at(enum step step, enum step_state state, int error) {
    memset(&evidence, 0, sizeof evidence);
    for (enum step before = STEP_RESOLVE; before < step; before++)
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
    verdict_of(&evidence, GOAL_MOUNT, &mac, &verdict);
    return verdict.code;
}

/* The whole of both texts: a part is in wrong ones too. */
static void assert_verdict(enum verdict_code code, const char *cause, const char *fix) {
    if (judge() != code)
        fail_msg("%s (%s), not %s", verdict_name(verdict.code), verdict.cause, verdict_name(code));
    assert_string_equal(verdict.cause, cause);
    assert_string_equal(verdict.fix, fix);
}

#define UPDATE "  then: sudo nfsd update"
#define THEN ", then: sudo nfsd update"
#define LINE "/Users -alldirs -mapall=501:20 localhost"
#define NETWORK "the guest's network is not up yet; if this stays, restart Docker"
#define START "NFS is not running on the Mac: sudo nfsd enable && sudo nfsd start"
#define FIREWALL "a firewall or VPN on the Mac blocks it: allow nfsd, rpcbind and mountd"
#define CHECK "nfsd has no valid exports: sudo nfsd checkexports, then sudo nfsd update"
#define VERSION_3 "serve NFS version 3 over TCP: nfs.server.tcp = 1 in /etc/nfs.conf" THEN
#define STATUS "check that nfsd runs on the Mac: sudo nfsd status"
#define REPORT "run usermount probe in the guest, and report its output with this line"
#define LARGE "large replies are lost: check the Mac's VPN and MTU, or add rsize=32768 to options"
#define AGAIN "nothing to do: the agent mounts again"
#define OTHER "choose another target: mount = /Users:/TARGET"
#define MOUNTD_PORT "set nfs.server.mount.require_resv_port = 0 in /etc/nfs.conf" THEN
#define NFS_PORT "set nfs.server.require_resv_port = 0 in /etc/nfs.conf" THEN
#define PORTS                                                                                                          \
    "or do without rpcbind: nfs.server.mount.port = 20048 in /etc/nfs.conf, sudo nfsd update, and options = "          \
    "port=2049,mountport=20048"
#define SILENT(step) "192.168.65.1 does not answer at " step " in the time allowed"
#define DEAD "the handle of /Users is dead: the export was recreated on the Mac"

static void the_step_that_failed_and_its_errno_decide(void **state) {
    static const struct {
        enum step step;
        int error; /* -1: it was not answered */
        enum verdict_code code;
        const char *cause, *fix;
    } cases[] = {
        {STEP_RESOLVE, 0, VERDICT_NO_ROUTE, "192.168.65.1 has no address yet: no details", NETWORK},
        {STEP_RESOLVE, -1, VERDICT_NO_ROUTE, "192.168.65.1 has no address yet: no details", NETWORK},
        {STEP_CONNECT_RPCBIND, ENETUNREACH, VERDICT_NO_ROUTE, "no route to 192.168.65.1", NETWORK},
        {STEP_CONNECT_RPCBIND, ENETDOWN, VERDICT_NO_ROUTE, "no route to 192.168.65.1", NETWORK},
        {STEP_CONNECT_RPCBIND, EADDRNOTAVAIL, VERDICT_NO_ROUTE, "no route to 192.168.65.1", NETWORK},
        {STEP_CONNECT_RPCBIND, EHOSTUNREACH, VERDICT_UNREACHABLE,
         "192.168.65.1 cannot be reached at connect-rpcbind: No route to host", FIREWALL},
        {STEP_CONNECT_RPCBIND, ETIMEDOUT, VERDICT_UNREACHABLE,
         "192.168.65.1 cannot be reached at connect-rpcbind: Connection timed out", FIREWALL},
        {STEP_CONNECT_RPCBIND, -1, VERDICT_UNREACHABLE, SILENT("connect-rpcbind"), FIREWALL},
        {STEP_CONNECT_NFS, ECONNREFUSED, VERDICT_NO_NFS, "192.168.65.1 refuses the port that rpcbind names for NFS",
         "nfsd ended, and rpcbind still knows it: sudo nfsd checkexports, then sudo nfsd start"},
        {STEP_CONNECT_NFS, EHOSTUNREACH, VERDICT_UNREACHABLE,
         "192.168.65.1 cannot be reached at connect-nfs: No route to host", FIREWALL},
        {STEP_CONNECT_NFS, -1, VERDICT_UNREACHABLE, SILENT("connect-nfs"), FIREWALL},
        {STEP_NULL_NFS, -1, VERDICT_UNREACHABLE, SILENT("null-nfs"), FIREWALL},
        {STEP_CONNECT_MOUNTD, ECONNREFUSED, VERDICT_NO_MOUNTD,
         "192.168.65.1 refuses the port that rpcbind names for mountd",
         "mountd ended, and rpcbind still knows it: sudo nfsd checkexports, then sudo nfsd update"},
        {STEP_CONNECT_MOUNTD, -1, VERDICT_UNREACHABLE, SILENT("connect-mountd"), FIREWALL},
        {STEP_NULL_MOUNTD, -1, VERDICT_UNREACHABLE, SILENT("null-mountd"), FIREWALL},
        {STEP_EXPORTS, -1, VERDICT_UNREACHABLE, SILENT("exports"), FIREWALL},
        {STEP_MNT, -1, VERDICT_UNREACHABLE, SILENT("mnt"), FIREWALL},
        {STEP_GETATTR, -1, VERDICT_UNREACHABLE, SILENT("getattr"), FIREWALL},
        {STEP_TARGET, EROFS, VERDICT_TARGET, "/Users cannot be used: no details: Read-only file system", OTHER},
        {STEP_TARGET, 0, VERDICT_TARGET, "/Users cannot be used: no details", OTHER},
        {STEP_MOUNT, ENODEV, VERDICT_NO_KERNEL_NFS, "this kernel has no NFS client",
         "this image's kernel cannot mount NFS: use a Docker for Mac version that can"},
        {STEP_MOUNT, EINVAL, VERDICT_BAD_OPTION,
         "the kernel refuses the built-in mount options, and there are no others", REPORT},
        {STEP_MOUNT, EBUSY, VERDICT_CONFLICT, "the kernel says that /Users is busy",
         "unmount what is on /Users in the guest, or choose another target: mount = /Users:/TARGET"},
        {STEP_MOUNT, EACCES, VERDICT_DENIED, "the server lets the probe mount /Users, but not the kernel",
         "remove options such as noresvport and sec= from usermount.conf; if there are none, report this line"},
        {STEP_MOUNT, ECONNREFUSED, VERDICT_REFUSED,
         "192.168.65.1 refused the kernel's connection after the probe's was accepted",
         "nfsd has just stopped or started; if this stays, " STATUS},
        {STEP_MOUNT, ETIMEDOUT, VERDICT_UNREACHABLE, SILENT("mount"), FIREWALL},
        {STEP_MOUNT, EPROTONOSUPPORT, VERDICT_VERSION, "192.168.65.1 does not speak version 3 at mount", VERSION_3},
        {STEP_MOUNT, EOPNOTSUPP, VERDICT_NO_MOUNTD, "192.168.65.1 does not serve MOUNT at mount", CHECK},
        {STEP_MOUNT, ESTALE, VERDICT_STALE, DEAD, AGAIN},
        {STEP_MOUNT, ENETUNREACH, VERDICT_NO_ROUTE, "no route to 192.168.65.1", NETWORK},
        {STEP_MOUNT, -1, VERDICT_UNREACHABLE, SILENT("mount"), FIREWALL},
        {STEP_MOUNT, ENOMEM, VERDICT_INTERNAL, "mount failed: no details: Cannot allocate memory", REPORT},
        {STEP_STATFS, ESTALE, VERDICT_STALE, DEAD, AGAIN},
        {STEP_STATFS, -1, VERDICT_STALLED, "/Users is mounted, but statfs does not answer: no answer", STATUS},
        {STEP_STATFS, EIO, VERDICT_STALLED, "/Users is mounted, but statfs does not answer: Input/output error",
         STATUS},
        {STEP_READDIR, -1, VERDICT_STALLED,
         "/Users is mounted, but readdir does not answer: no answer; large replies are lost", LARGE},
        {STEP_READDIR, EIO, VERDICT_STALLED,
         "/Users is mounted, but readdir does not answer: Input/output error; large replies are lost", LARGE},
        {STEP_READ, -1, VERDICT_STALLED,
         "/Users is mounted, but read does not answer: no answer; large replies are lost", LARGE},
        {STEP_READ, ESTALE, VERDICT_STALE, DEAD, AGAIN},
        {STEP_READDIR, ENOMEM, VERDICT_INTERNAL, "readdir failed: no details: Cannot allocate memory", REPORT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        at(cases[i].step, cases[i].error < 0 ? STEP_RUNNING : STEP_FAILED, cases[i].error < 0 ? 0 : cases[i].error);
        assert_verdict(cases[i].code, cases[i].cause, cases[i].fix);
    }
}

#define HANG_UP_EARLY                                                                                                  \
    "a firewall or VPN on the Mac closes it, or nfsd ended: allow nfsd, rpcbind and mountd, and check sudo nfsd "      \
    "status"
#define HANG_UP_LATE "mountd or nfsd ended: look for the reason in the Mac's log, then: sudo nfsd update"
#define WEAK(step) "192.168.65.1 rejects the credentials at " step " (too weak: a reserved port is required)"
#define RESET ": Connection reset by peer"

static void what_a_call_answered_decides(void **state) {
    static const struct {
        enum step step;
        enum rpc_outcome rpc;
        int error;
        enum verdict_code code;
        const char *cause, *fix;
    } cases[] = {
        {STEP_DUMP, RPC_LOST, ECONNRESET, VERDICT_UNREACHABLE,
         "192.168.65.1 accepted the connection and hung up at rpcbind-dump" RESET, HANG_UP_EARLY},
        {STEP_NULL_NFS, RPC_AUTH, 0, VERDICT_AUTH, WEAK("null-nfs"), NFS_PORT},
        {STEP_NULL_NFS, RPC_NO_PROGRAM, 0, VERDICT_NO_NFS, "192.168.65.1 does not serve NFS at null-nfs", CHECK},
        {STEP_NULL_NFS, RPC_NO_VERSION, 0, VERDICT_VERSION, "192.168.65.1 does not speak version 3 at null-nfs",
         VERSION_3},
        {STEP_NULL_NFS, RPC_LOST, ECONNRESET, VERDICT_UNREACHABLE,
         "192.168.65.1 accepted the connection and hung up at null-nfs" RESET, HANG_UP_EARLY},
        {STEP_NULL_NFS, RPC_GARBLED, 0, VERDICT_INTERNAL, "null-nfs failed: no details: no error number", REPORT},
        {STEP_NULL_MOUNTD, RPC_AUTH, 0, VERDICT_AUTH, WEAK("null-mountd"), MOUNTD_PORT},
        {STEP_NULL_MOUNTD, RPC_NO_PROGRAM, 0, VERDICT_NO_MOUNTD, "192.168.65.1 does not serve MOUNT at null-mountd",
         CHECK},
        {STEP_NULL_MOUNTD, RPC_NO_VERSION, 0, VERDICT_VERSION, "192.168.65.1 does not speak version 3 at null-mountd",
         VERSION_3},
        {STEP_NULL_MOUNTD, RPC_LOST, ECONNRESET, VERDICT_UNREACHABLE,
         "192.168.65.1 accepted the connection and hung up at null-mountd" RESET, HANG_UP_EARLY},
        {STEP_MNT, RPC_AUTH, 0, VERDICT_AUTH, WEAK("mnt"), MOUNTD_PORT},
        {STEP_MNT, RPC_LOST, ECONNRESET, VERDICT_UNREACHABLE,
         "192.168.65.1 hung up at mnt after it had answered other calls" RESET, HANG_UP_LATE},
        {STEP_GETATTR, RPC_AUTH, 0, VERDICT_AUTH, WEAK("getattr"), NFS_PORT},
        {STEP_GETATTR, RPC_LOST, ECONNRESET, VERDICT_UNREACHABLE,
         "192.168.65.1 hung up at getattr after it had answered other calls" RESET, HANG_UP_LATE},
        {STEP_GETATTR, RPC_NO_PROGRAM, 0, VERDICT_NO_NFS, "192.168.65.1 does not serve NFS at getattr", CHECK},
        {STEP_GETATTR, RPC_NO_VERSION, 0, VERDICT_VERSION, "192.168.65.1 does not speak version 3 at getattr",
         VERSION_3},
        {STEP_GETATTR, RPC_REFUSED, 0, VERDICT_INTERNAL, "getattr failed: no details: no error number", REPORT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        at(cases[i].step, STEP_FAILED, cases[i].error);
        evidence.steps[STEP_CONNECT_NFS].state = cases[i].step == STEP_DUMP ? STEP_RUNNING : STEP_DONE;
        evidence.rpc = (uint8_t)cases[i].rpc;
        evidence.rpc_why = 5;
        assert_verdict(cases[i].code, cases[i].cause, cases[i].fix);
    }
}

static void what_this_machine_could_not_do_is_not_the_servers_fault(void **state) {
    (void)state;
    for (enum step step = STEP_RESOLVE; step <= STEP_GETATTR; step++) {
        char cause[128];
        if (step == STEP_EXPORTS)
            continue;
        at(step, STEP_FAILED, EMFILE);
        evidence.rpc = RPC_UNSENT;
        snprintf(evidence.detail, sizeof evidence.detail, "socket");
        snprintf(cause, sizeof cause, "%s failed: socket: Too many open files", evidence_step_name(step));
        assert_verdict(VERDICT_INTERNAL, cause, REPORT);
    }
    at(STEP_START, STEP_FAILED, EAGAIN);
    snprintf(evidence.detail, sizeof evidence.detail, "fork");
    assert_verdict(VERDICT_INTERNAL, "the attempt could not start: fork: Resource temporarily unavailable",
                   "the guest is short of descriptors, processes or memory: give Docker more memory, and restart it");
    at(STEP_MNT, STEP_RUNNING, 0);
    evidence.steps[STEP_START].state = STEP_FAILED;
    snprintf(evidence.detail, sizeof evidence.detail, "signal 9 at mnt");
    assert_verdict(VERDICT_INTERNAL, "the attempt ended early: signal 9 at mnt", REPORT);
}

static void rpcbind_and_nfs_together_tell_causes_apart(void **state) {
    (void)state;
    at(STEP_CONNECT_RPCBIND, STEP_FAILED, ECONNREFUSED);
    evidence.steps[STEP_CONNECT_NFS] = evidence.steps[STEP_CONNECT_RPCBIND];
    assert_verdict(VERDICT_REFUSED, "192.168.65.1 refuses connections to rpcbind (port 111) and NFS (port 2049)",
                   START);
    evidence.steps[STEP_CONNECT_NFS] = (struct step_result){.state = STEP_DONE};
    assert_verdict(
        VERDICT_NO_MOUNTD,
        "NFS answers on 192.168.65.1, but rpcbind (port 111), which knows mountd's port, does not: Connection refused",
        "start it on the Mac: sudo launchctl start com.apple.rpcbind, then sudo nfsd update; " PORTS);
    evidence.steps[STEP_CONNECT_RPCBIND] = (struct step_result){.state = STEP_RUNNING};
    assert_verdict(VERDICT_NO_MOUNTD,
                   "NFS answers on 192.168.65.1, but rpcbind (port 111), which knows mountd's port, is silent",
                   "allow rpcbind in the Mac's firewall or VPN; " PORTS);
    evidence.steps[STEP_CONNECT_NFS] = (struct step_result){.state = STEP_RUNNING};
    assert_verdict(VERDICT_UNREACHABLE, SILENT("connect-rpcbind"), FIREWALL);

    at(STEP_DUMP, STEP_FAILED, 0);
    evidence.steps[STEP_CONNECT_NFS] = (struct step_result){.state = STEP_DONE};
    evidence.rpc = RPC_AUTH;
    evidence.rpc_why = 5;
    assert_verdict(VERDICT_AUTH,
                   "NFS answers on 192.168.65.1, but rpcbind (port 111), which knows mountd's port, rejects the guest "
                   "(too weak: a reserved port is required)",
                   "let rpcbind on the Mac answer callers from localhost; " PORTS);
    evidence.rpc = RPC_GARBLED;
    assert_int_equal(judge(), VERDICT_NO_MOUNTD);
}

static void what_is_registered_decides(void **state) {
    (void)state;
    at(STEP_CONNECT_NFS, STEP_FAILED, ECONNREFUSED);
    evidence.nfs_versions = 0;
    evidence.nfs_registered = 0;
    assert_verdict(VERDICT_NO_NFS, "rpcbind answers on 192.168.65.1, but no NFS is registered", CHECK);
    evidence.steps[STEP_CONNECT_NFS] = (struct step_result){.state = STEP_RUNNING};
    assert_verdict(VERDICT_NO_NFS, "rpcbind answers on 192.168.65.1, but no NFS is registered", CHECK);
    at(STEP_CONNECT_NFS, STEP_FAILED, 0);
    evidence.nfs_versions = 1u << 2 | 1u << 4;
    assert_verdict(VERDICT_VERSION, "192.168.65.1 offers NFS 2, 4 on TCP, not 3", VERSION_3);
    at(STEP_CONNECT_MOUNTD, STEP_FAILED, 0);
    evidence.mount_versions = 0;
    assert_verdict(VERDICT_NO_MOUNTD, "rpcbind answers on 192.168.65.1, but no mountd is registered on TCP", CHECK);
    evidence.mount_versions = 1u << 1;
    assert_verdict(VERDICT_VERSION, "192.168.65.1 offers MOUNT 1 on TCP, not 3", VERSION_3);
    evidence.mount_versions = evidence.nfs_versions = 0;
    evidence.nfs_registered = 0;
    assert_verdict(VERDICT_NO_NFS, "NFS answers on 192.168.65.1, but neither it nor mountd is registered with rpcbind",
                   "nfsd could not register, or rpcbind was restarted: check that the Mac's /etc/hosts has the line "
                   "127.0.0.1 localhost, then: sudo nfsd disable && sudo nfsd enable && sudo nfsd start");
}

static void a_refusal_by_mount_is_read_with_the_list(void **state) {
    static const struct {
        enum near_miss near;
        const char *path;
        const char *cause, *fix;
    } cases[] = {
        {NEAR_CASE, "/users", "/Users is not exported, but /users is (other case)",
         "set mount = /users:/Users or replace it in /etc/exports by: " LINE UPDATE},
        /* A folder above is not what was asked for: mounting it would show another tree on the target. */
        {NEAR_PARENT, "/", "/Users is not exported, but / is (a folder above it)",
         "add -alldirs to the line of / in /etc/exports, or replace it by: " LINE UPDATE},
        {NEAR_CHILD, "/Users/me: a", "/Users is not exported, but /Users/me: a is (a folder in it)",
         "set mount = /Users/me\\072\\040a or replace it in /etc/exports by: " LINE UPDATE},
        {NEAR_SYSTEM_VOLUME, "/System/Volumes/Data/Users",
         "/Users is not exported, but /System/Volumes/Data/Users is (the same folder under its other name)",
         "set mount = /System/Volumes/Data/Users:/Users"},
        {NEAR_SYSTEM_PARENT, "/System/Volumes/Data",
         "/Users is not exported, but /System/Volumes/Data is (a folder above it, under its other name)",
         "set mount = /System/Volumes/Data/Users:/Users and add -alldirs to the line of /System/Volumes/Data in "
         "/etc/exports" THEN},
    };

    (void)state;
    at(STEP_MNT, STEP_FAILED, 0);
    evidence.listed = 0;
    evidence.mount_status = 13;
    assert_verdict(
        VERDICT_NOT_EXPORTED,
        "/Users is not in the exports that 192.168.65.1 shows: /Users; or it is exported to other hosts only",
        "add to /etc/exports: " LINE UPDATE);
    for (size_t i = 0; i < COUNT(cases); i++) {
        evidence.near = (uint8_t)cases[i].near;
        snprintf(evidence.near_path, sizeof evidence.near_path, "%s", cases[i].path);
        assert_verdict(VERDICT_NEAR_MISS, cases[i].cause, cases[i].fix);
    }
    evidence.listed = 1; /* what is listed is not almost listed */
    assert_int_equal(judge(), VERDICT_DENIED);
}

#define CONNECT_DISK "connect the disk that /Users is on, or make the folder" THEN

static void what_mount_says_decides_over_what_is_listed(void **state) {
    static const struct {
        uint32_t status;
        uint8_t listed;
        enum near_miss near;
        enum verdict_code code;
        const char *cause, *fix;
    } cases[] = {
        {1, 1, NEAR_NONE, VERDICT_DENIED, "/Users is exported, but MOUNT says not owner: it is not for localhost",
         "export it to localhost: " LINE UPDATE},
        {13, 1, NEAR_NONE, VERDICT_DENIED,
         "/Users is exported, but MOUNT says permission denied: it is not for localhost",
         "export it to localhost: " LINE UPDATE},
        {2, 1, NEAR_NONE, VERDICT_MISSING_FOLDER,
         "/Users is exported, but MOUNT says no such folder: the folder is missing on the Mac", CONNECT_DISK},
        {20, 1, NEAR_NONE, VERDICT_MISSING_FOLDER,
         "/Users is exported, but MOUNT says not a folder: the folder is missing on the Mac", CONNECT_DISK},
        {2, 0, NEAR_PARENT, VERDICT_MISSING_FOLDER,
         "/Users is exported, but MOUNT says no such folder: the folder is missing on the Mac", CONNECT_DISK},
        {2, 0, NEAR_NONE, VERDICT_NOT_EXPORTED,
         "/Users is not in the exports that 192.168.65.1 shows: /Users; and MOUNT says no such folder",
         "check that /Users exists on the Mac and that its disk is connected; if /etc/exports lacks it, "
         "add: " LINE UPDATE},
        {10006, 1, NEAR_NONE, VERDICT_DENIED, "/Users is exported, but MOUNT says server fault",
         "check on the Mac: sudo nfsd checkexports, then sudo nfsd update"},
        {5, 1, NEAR_NONE, VERDICT_DENIED, "/Users is exported, but MOUNT says I/O error",
         "check on the Mac: sudo nfsd checkexports, then sudo nfsd update"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        at(STEP_MNT, STEP_FAILED, 0);
        evidence.mount_status = cases[i].status;
        evidence.listed = cases[i].listed;
        evidence.near = (uint8_t)cases[i].near;
        assert_verdict(cases[i].code, cases[i].cause, cases[i].fix);
    }
}

static void attributes_that_are_denied_mean_the_port_or_the_host(void **state) {
    (void)state;
    at(STEP_GETATTR, STEP_FAILED, 0);
    for (uint32_t status = 1; status <= 13; status += 12) {
        evidence.nfs_status = status;
        assert_verdict(
            VERDICT_AUTH,
            "MOUNT accepts /Users, but NFS denies access to it: it requires a reserved port, or the export is "
            "not for localhost",
            "set nfs.server.require_resv_port = 0 in /etc/nfs.conf, and export to localhost: " LINE UPDATE);
    }
    evidence.nfs_status = 70;
    assert_verdict(VERDICT_STALE, DEAD, AGAIN);
    evidence.nfs_status = 5;
    assert_verdict(VERDICT_INTERNAL, "getattr failed: no details: no error number", REPORT);
}

static void the_option_that_the_kernel_refuses_is_named_as_well_as_can_be(void **state) {
    static const struct verdict_context more = {"192.168.65.1", "/Users", "/Users", "frobnicate,rsize=x", place};

    (void)state;
    at(STEP_MOUNT, STEP_FAILED, EINVAL);
    verdict_of(&evidence, GOAL_MOUNT, &more, &verdict);
    assert_string_equal(verdict.cause,
                        "the kernel refuses the mount options, and no single one is at fault: frobnicate,rsize=x");
    assert_string_equal(verdict.fix, "remove those that this kernel does not know from usermount.conf: usermount-pack "
                                     "add --set ...");
    snprintf(evidence.detail, sizeof evidence.detail, "rsize=x");
    verdict_of(&evidence, GOAL_MOUNT, &more, &verdict);
    assert_int_equal(verdict.code, VERDICT_BAD_OPTION);
    assert_string_equal(verdict.cause, "the kernel refuses the mount option rsize=x");
    assert_string_equal(verdict.fix, "remove rsize=x from options, or from the mount's own options, in usermount.conf: "
                                     "usermount-pack add --set ...");
}

static void a_name_that_does_not_exist_is_a_setting_with_its_place(void **state) {
    static const struct verdict_context named = {"mac.invalid", "/Users", "/Users", "", place};

    (void)state;
    at(STEP_RESOLVE, STEP_FAILED, 0);
    evidence.unknown_name = 1;
    snprintf(evidence.detail, sizeof evidence.detail, "Name does not resolve");
    verdict_of(&evidence, GOAL_PROBE, &named, &verdict);
    assert_int_equal(verdict.code, VERDICT_NO_ROUTE);
    assert_string_equal(verdict.cause, "the name mac.invalid (usermount.conf line 3 column 1) does not exist: "
                                       "Name does not resolve");
    assert_string_equal(verdict.fix, "set server to a name or address that exists; Docker for Mac's is 192.168.65.1");
}

static void a_gateway_is_named_by_its_address(void **state) {
    static const struct verdict_context gateway = {"gateway", "/Users", "/Users", "", place};

    (void)state;
    at(STEP_CONNECT_NFS, STEP_RUNNING, 0);
    snprintf(evidence.address, sizeof evidence.address, "10.0.2.2");
    verdict_of(&evidence, GOAL_PROBE, &gateway, &verdict);
    assert_string_equal(verdict.cause, "10.0.2.2 does not answer at connect-nfs in the time allowed");
    evidence.address[0] = '\0';
    verdict_of(&evidence, GOAL_PROBE, &gateway, &verdict);
    assert_string_equal(verdict.cause, "gateway does not answer at connect-nfs in the time allowed");
}

static void what_is_in_the_way_decides_what_helps(void **state) {
    (void)state;
    memset(&evidence, 0, sizeof evidence);
    snprintf(evidence.detail, sizeof evidence.detail, "fuse.osxfs osxfs");
    verdict_make(VERDICT_CONFLICT, &evidence, &mac, &verdict);
    assert_string_equal(verdict.cause, "another file system is on /Users: fuse.osxfs osxfs");
    assert_string_equal(verdict.fix, "remove /Users from Docker's Preferences, File Sharing, and restart Docker");
    snprintf(evidence.detail, sizeof evidence.detail, "nfs 10.0.0.1:/other");
    verdict_make(VERDICT_CONFLICT, &evidence, &mac, &verdict);
    assert_string_equal(verdict.cause, "another file system is on /Users: nfs 10.0.0.1:/other");
    assert_string_equal(verdict.fix,
                        "unmount it in the guest, choose another target, or set conflict = over to mount over it");
}

/* A record that stops anywhere, without a step that failed, is no success: nor is the empty one. */
static void what_was_not_done_is_not_ok(void **state) {
    static const enum step optional[] = {STEP_CONNECT_RPCBIND, STEP_DUMP, STEP_EXPORTS};

    (void)state;
    memset(&evidence, 0, sizeof evidence);
    assert_verdict(VERDICT_INTERNAL, "the attempt ended without statfs", REPORT);
    verdict_of(&evidence, GOAL_PROBE, &mac, &verdict);
    assert_int_equal(verdict.code, VERDICT_INTERNAL);
    assert_string_equal(verdict.cause, "the attempt ended without resolve");
    for (enum step step = STEP_RESOLVE; step <= STEP_READ; step++) {
        enum evidence_goal goal = step <= STEP_GETATTR ? GOAL_PROBE : GOAL_MOUNT;
        at(step, STEP_DONE, 0);
        verdict_of(&evidence, goal, &mac, &verdict);
        assert_int_equal(verdict.code, step == STEP_GETATTR || step == STEP_READ ? VERDICT_OK : VERDICT_INTERNAL);
        if (step == STEP_TARGET || step == STEP_MOUNT) /* a mount that was found has neither: the proof counts */
            continue;
        at(goal == GOAL_PROBE ? STEP_GETATTR : STEP_READ, STEP_DONE, 0);
        evidence.steps[step].state = STEP_NOT_REACHED;
        verdict_of(&evidence, goal, &mac, &verdict);
        bool needed = true;
        for (size_t i = 0; i < COUNT(optional); i++)
            needed = needed && optional[i] != step;
        assert_int_equal(verdict.code, needed ? VERDICT_INTERNAL : VERDICT_OK);
    }
    assert_string_equal(verdict.fix, REPORT);
    at(STEP_GETATTR, STEP_DONE, 0);
    verdict_of(&evidence, GOAL_PROBE, &mac, &verdict);
    assert_string_equal(verdict.cause, "192.168.65.1 serves /Users"); /* nothing was mounted */
    assert_string_equal(verdict.fix, "");
    at(STEP_READ, STEP_DONE, 0);
    assert_verdict(VERDICT_OK, "mounted", "");
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
        {"/a'b", "\"/a'b\" -alldirs -mapall=501:20 localhost"},
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
        cmocka_unit_test(what_this_machine_could_not_do_is_not_the_servers_fault),
        cmocka_unit_test(rpcbind_and_nfs_together_tell_causes_apart),
        cmocka_unit_test(what_is_registered_decides),
        cmocka_unit_test(a_refusal_by_mount_is_read_with_the_list),
        cmocka_unit_test(what_mount_says_decides_over_what_is_listed),
        cmocka_unit_test(attributes_that_are_denied_mean_the_port_or_the_host),
        cmocka_unit_test(the_option_that_the_kernel_refuses_is_named_as_well_as_can_be),
        cmocka_unit_test(a_name_that_does_not_exist_is_a_setting_with_its_place),
        cmocka_unit_test(a_gateway_is_named_by_its_address),
        cmocka_unit_test(what_is_in_the_way_decides_what_helps),
        cmocka_unit_test(what_was_not_done_is_not_ok),
        cmocka_unit_test(a_strangers_bytes_stay_one_line_and_within_the_texts),
        cmocka_unit_test(the_export_line_is_quoted_as_the_mac_wants_it),
        cmocka_unit_test(every_code_has_a_name_a_meaning_and_texts_without_gaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
