/* SPDX-License-Identifier: MIT */
/*
 * id: the container of a process, from the text of its /proc/PID/cgroup (cgroups(7)).
 *
 * PURE. Docker, containerd (alone or for Kubernetes), podman and CRI-O name a control group after the container. Some
 * put a word before it ("docker-", "libpod-", "cri-containerd-") and ".scope" after it. containerd alone uses
 * /NAMESPACE/NAME. The innermost name counts.
 */
#ifndef USERMOUNT_CONTAINERS_ID_H
#define USERMOUNT_CONTAINERS_ID_H

#include "../common/text.h"

#define CONTAINERS_ID_SIZE 80 /* containerd's names have 76 characters at most */
#define CONTAINERS_ID_SHORT 12

/* Stores the first twelve digits of an identifier of 64, as `docker ps` shows it, or containerd's whole name. False,
 * and an empty text: the control group names no container. */
bool containers_id(struct text cgroup, char id[CONTAINERS_ID_SIZE]);

#endif
