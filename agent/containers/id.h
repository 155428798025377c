/* SPDX-License-Identifier: MIT */
/*
 * id: which container a process is in, from the text of its /proc/PID/cgroup (cgroups(7)).
 *
 * PURE. Docker, containerd (alone or for Kubernetes), podman and CRI-O name a control group after the container,
 * with or without a word before it ("docker-", "libpod-", "cri-containerd-") and ".scope" behind it; containerd
 * alone makes /NAMESPACE/NAME. The innermost name counts.
 */
#ifndef USERMOUNT_CONTAINERS_ID_H
#define USERMOUNT_CONTAINERS_ID_H

#include "../common/text.h"

#define CONTAINERS_ID_SIZE 80 /* containerd's names have 76 characters at most */
#define CONTAINERS_ID_SHORT 12

/* The first twelve digits of an identifier of 64, as `docker ps` shows it, or containerd's whole name. False, and an
 * empty text: the process is in no container that is known by its control group. */
bool containers_id(struct text cgroup, char id[CONTAINERS_ID_SIZE]);

#endif
