/* SPDX-License-Identifier: MIT */
/* verdict_causes: the table of verdict_text.h: every cause, its verdict and what to do. */
#include "verdict_text.h"

#define UPDATE "  then: sudo nfsd update" /* after a line to copy */
#define THEN_UPDATE ", then: sudo nfsd update"
#define REPORT "run usermount probe in the guest, and report its output with this line"
#define CHECK_EXPORTS "nfsd has no valid exports: sudo nfsd checkexports, then sudo nfsd update"
#define FIREWALL "a firewall or VPN on the Mac blocks it: allow nfsd, rpcbind and mountd"
#define NFSD_STATUS "check that nfsd runs on the Mac: sudo nfsd status"
#define TELL_PORTS                                                                                                     \
    "or do without rpcbind: nfs.server.mount.port = 20048 in /etc/nfs.conf, sudo nfsd update, and "                    \
    "options = port=2049,mountport=20048"

/* `nfsd update` makes nfsd read /etc/exports and /etc/nfs.conf again. No text names `nfsd restart`: System Integrity
 * Protection can refuse it. */
/* clang-format off */
const struct verdict_row verdict_rows[VERDICT_CAUSES] = {
    [CAUSE_NONE] = {VERDICT_NONE, "no attempt has ended yet", ""},
    [CAUSE_OK] = {VERDICT_OK, "mounted", ""},
    [CAUSE_SERVED] = {VERDICT_OK, "{server} serves {export}", ""},
    [CAUSE_ADOPTED] = {VERDICT_ADOPTED, "was already mounted from the same source", ""},

    [CAUSE_NO_ROUTE] = {VERDICT_NO_ROUTE, "no route to {server}",
        "the guest's network is not up yet; if this stays, restart Docker"},
    [CAUSE_NO_ADDRESS] = {VERDICT_NO_ROUTE, "{server} has no address yet: {detail}",
        "the guest's network is not up yet; if this stays, restart Docker"},
    [CAUSE_UNKNOWN_NAME] = {VERDICT_NO_ROUTE, "the name {server} ({place}) does not exist: {detail}",
        "set server to a name or address that exists; Docker for Mac's is 192.168.65.1"},

    [CAUSE_REFUSED] = {VERDICT_REFUSED, "{server} refuses connections to rpcbind (port 111) and NFS (port 2049)",
        "NFS is not running on the Mac: sudo nfsd enable && sudo nfsd start"},
    [CAUSE_KERNEL_REFUSED] = {VERDICT_REFUSED,
        "{server} refused the kernel's connection after the probe's was accepted",
        "nfsd has just stopped or started; if this stays, " NFSD_STATUS},

    [CAUSE_SILENT] = {VERDICT_UNREACHABLE, "{server} does not answer at {step} in the time allowed", FIREWALL},
    [CAUSE_CONNECT] = {VERDICT_UNREACHABLE, "{server} cannot be reached at {step}: {errno}", FIREWALL},
    [CAUSE_HUNG_UP] = {VERDICT_UNREACHABLE, "{server} accepted the connection and hung up at {step}: {errno}",
        "a firewall or VPN on the Mac closes it, or nfsd ended: allow nfsd, rpcbind and mountd, and check sudo nfsd status"},
    [CAUSE_HUNG_UP_LATER] = {VERDICT_UNREACHABLE,
        "{server} hung up at {step} after it had answered other calls: {errno}",
        "mountd or nfsd ended: look for the reason in the Mac's log, then: sudo nfsd update"},

    [CAUSE_NOT_REGISTERED] = {VERDICT_NO_NFS, "rpcbind answers on {server}, but no NFS is registered", CHECK_EXPORTS},
    [CAUSE_NFSD_UNREGISTERED] = {VERDICT_NO_NFS,
        "NFS answers on {server}, but neither it nor mountd is registered with rpcbind",
        "nfsd could not register, or rpcbind was restarted: check that the Mac's /etc/hosts has the line "
        "127.0.0.1 localhost, then: sudo nfsd disable && sudo nfsd enable && sudo nfsd start"},
    [CAUSE_NFS_PORT_REFUSED] = {VERDICT_NO_NFS, "{server} refuses the port that rpcbind names for NFS",
        "nfsd ended, and rpcbind still knows it: sudo nfsd checkexports, then sudo nfsd start"},
    [CAUSE_NOT_NFS] = {VERDICT_NO_NFS, "{server} does not serve NFS at {step}", CHECK_EXPORTS},

    [CAUSE_MOUNTD_NOT_REGISTERED] = {VERDICT_NO_MOUNTD, "rpcbind answers on {server}, but no mountd is registered on TCP",
        CHECK_EXPORTS},
    [CAUSE_NO_RPCBIND] = {VERDICT_NO_MOUNTD,
        "NFS answers on {server}, but rpcbind (port 111), which knows mountd's port, does not: {errno}",
        "start it on the Mac: sudo launchctl start com.apple.rpcbind, then sudo nfsd update; " TELL_PORTS},
    [CAUSE_RPCBIND_SILENT] = {VERDICT_NO_MOUNTD,
        "NFS answers on {server}, but rpcbind (port 111), which knows mountd's port, is silent",
        "allow rpcbind in the Mac's firewall or VPN; " TELL_PORTS},
    [CAUSE_MOUNTD_PORT_REFUSED] = {VERDICT_NO_MOUNTD, "{server} refuses the port that rpcbind names for mountd",
        "mountd ended, and rpcbind still knows it: sudo nfsd checkexports, then sudo nfsd update"},
    [CAUSE_NOT_MOUNTD] = {VERDICT_NO_MOUNTD, "{server} does not serve MOUNT at {step}", CHECK_EXPORTS},

    [CAUSE_NFS_VERSIONS] = {VERDICT_VERSION, "{server} offers NFS {nfs-versions} on TCP, not 3",
        "serve NFS version 3 over TCP: nfs.server.tcp = 1 in /etc/nfs.conf" THEN_UPDATE},
    [CAUSE_MOUNT_VERSIONS] = {VERDICT_VERSION, "{server} offers MOUNT {mount-versions} on TCP, not 3",
        "serve NFS version 3 over TCP: nfs.server.tcp = 1 in /etc/nfs.conf" THEN_UPDATE},
    [CAUSE_MISMATCH] = {VERDICT_VERSION, "{server} does not speak version 3 at {step}",
        "serve NFS version 3 over TCP: nfs.server.tcp = 1 in /etc/nfs.conf" THEN_UPDATE},

    [CAUSE_NOT_LISTED] = {VERDICT_NOT_EXPORTED,
        "{export} is not in the exports that {server} shows: {exports}; or it is exported to other hosts only",
        "add to /etc/exports: {line}" UPDATE},
    [CAUSE_NOT_LISTED_NOR_THERE] = {VERDICT_NOT_EXPORTED,
        "{export} is not in the exports that {server} shows: {exports}; and MOUNT says {mount-status}",
        "check that {export} exists on the Mac and that its disk is connected; if /etc/exports lacks it, add: "
        "{line}" UPDATE},

    [CAUSE_NEAR_CASE] = {VERDICT_NEAR_MISS, "{export} is not exported, but {near} is (other case)",
        "set mount = {near-value}:{target-value} or replace it in /etc/exports by: {line}" UPDATE},
    [CAUSE_NEAR_PARENT] = {VERDICT_NEAR_MISS, "{export} is not exported, but {near} is (a folder above it)",
        "add -alldirs to the line of {near} in /etc/exports, or replace it by: {line}" UPDATE},
    [CAUSE_NEAR_CHILD] = {VERDICT_NEAR_MISS, "{export} is not exported, but {near} is (a folder in it)",
        "set mount = {near-value} or replace it in /etc/exports by: {line}" UPDATE},
    [CAUSE_NEAR_SYSTEM_VOLUME] = {VERDICT_NEAR_MISS,
        "{export} is not exported, but {near} is (the same folder under its other name)",
        "set mount = {near-value}:{target-value}"},
    [CAUSE_NEAR_SYSTEM_PARENT] = {VERDICT_NEAR_MISS,
        "{export} is not exported, but {near} is (a folder above it, under its other name)",
        "set mount = {data-value}:{target-value} and add -alldirs to the line of {near} in /etc/exports" THEN_UPDATE},

    [CAUSE_MNT_DENIED] = {VERDICT_DENIED,
        "{export} is exported, but MOUNT says {mount-status}: it is not for localhost",
        "export it to localhost: {line}" UPDATE},
    [CAUSE_MNT_FAILED] = {VERDICT_DENIED, "{export} is exported, but MOUNT says {mount-status}",
        "check on the Mac: sudo nfsd checkexports, then sudo nfsd update"},
    [CAUSE_KERNEL_DENIED] = {VERDICT_DENIED, "the server lets the probe mount {export}, but not the kernel",
        "remove options such as noresvport and sec= from usermount.conf; if there are none, report this line"},

    [CAUSE_MOUNTD_AUTH] = {VERDICT_AUTH, "{server} rejects the credentials at {step} ({rpc-why})",
        "set nfs.server.mount.require_resv_port = 0 in /etc/nfs.conf" THEN_UPDATE},
    [CAUSE_NFS_AUTH] = {VERDICT_AUTH, "{server} rejects the credentials at {step} ({rpc-why})",
        "set nfs.server.require_resv_port = 0 in /etc/nfs.conf" THEN_UPDATE},
    [CAUSE_GETATTR_DENIED] = {VERDICT_AUTH,
        "MOUNT accepts {export}, but NFS denies access to it: it requires a reserved port, or the export is not for localhost",
        "set nfs.server.require_resv_port = 0 in /etc/nfs.conf, and export to localhost: {line}" UPDATE},
    [CAUSE_RPCBIND_REJECTS] = {VERDICT_AUTH,
        "NFS answers on {server}, but rpcbind (port 111), which knows mountd's port, rejects the guest ({rpc-why})",
        "let rpcbind on the Mac answer callers from localhost; " TELL_PORTS},

    [CAUSE_MISSING_FOLDER] = {VERDICT_MISSING_FOLDER,
        "{export} is exported, but MOUNT says {mount-status}: the folder is missing on the Mac",
        "connect the disk that {export} is on, or make the folder" THEN_UPDATE},

    [CAUSE_CONFLICT_SHARING] = {VERDICT_CONFLICT, "another file system is on {target}: {detail}",
        "remove {target} from Docker's Preferences, File Sharing, and restart Docker"},
    [CAUSE_CONFLICT] = {VERDICT_CONFLICT, "another file system is on {target}: {detail}",
        "unmount it in the guest, choose another target, or set conflict = over to mount over it"},
    [CAUSE_BUSY] = {VERDICT_CONFLICT, "the kernel says that {target} is busy",
        "unmount what is on {target} in the guest, or choose another target: mount = {export-value}:/TARGET"},

    [CAUSE_TARGET] = {VERDICT_TARGET, "{target} cannot be used: {detail}: {errno}",
        "choose another target: mount = {export-value}:/TARGET"},
    [CAUSE_TARGET_TAKEN] = {VERDICT_TARGET, "{target} cannot be used: {detail}",
        "choose another target: mount = {export-value}:/TARGET"},

    [CAUSE_NO_KERNEL_NFS] = {VERDICT_NO_KERNEL_NFS, "this kernel has no NFS client",
        "this image's kernel cannot mount NFS: use a Docker for Mac version that can"},

    [CAUSE_BAD_OPTION] = {VERDICT_BAD_OPTION, "the kernel refuses the mount option {detail}",
        "remove {detail} from options, or from the mount's own options, in usermount.conf: usermount-pack add --set ..."},
    [CAUSE_BAD_OPTIONS] = {VERDICT_BAD_OPTION, "the kernel refuses the mount options, and no single one is at fault: {options}",
        "remove those that this kernel does not know from usermount.conf: usermount-pack add --set ..."},
    [CAUSE_BAD_BUILT_IN] = {VERDICT_BAD_OPTION, "the kernel refuses the built-in mount options, and there are no others",
        REPORT},

    [CAUSE_STALLED] = {VERDICT_STALLED, "{target} is mounted, but {step} does not answer: {errno}; large replies are lost",
        "large replies are lost: check the Mac's VPN and MTU, or add rsize=32768 to options"},
    [CAUSE_STATFS_SILENT] = {VERDICT_STALLED, "{target} is mounted, but {step} does not answer: {errno}", NFSD_STATUS},

    [CAUSE_STALE] = {VERDICT_STALE, "the handle of {export} is dead: the export was recreated on the Mac",
        "nothing to do: the agent mounts again"},
    [CAUSE_DOWN] = {VERDICT_DOWN, "{server} stopped answering; the mount stays and the kernel reconnects", NFSD_STATUS},

    [CAUSE_INTERNAL] = {VERDICT_INTERNAL, "{step} failed: {detail}: {errno}", REPORT},
    [CAUSE_UNSTARTED] = {VERDICT_INTERNAL, "the attempt could not start: {detail}: {errno}",
        "the guest is short of descriptors, processes or memory: give Docker more memory, and restart it"},
    [CAUSE_ENDED_EARLY] = {VERDICT_INTERNAL, "the attempt ended early: {detail}", REPORT},
    [CAUSE_UNDONE] = {VERDICT_INTERNAL, "the attempt ended without {step}", REPORT},
};
/* clang-format on */
