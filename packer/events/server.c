/* SPDX-License-Identifier: MIT */
#include "server.h"

#include "../host/host.h"
#include "watched.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MS_NS UINT64_C(1000000)
#define CHECK_MS 4000u          /* between two checks of all folders, while there are guests */
#define DOUBT_MS 100u           /* between two checks of the doubtful folders */
#define TOLD_FULL_MS 60000u     /* between two lines about guests that were sent away */
#define ACCEPTS 16              /* in one turn of the loop */
#define SOCKET_BYTES (64 << 10) /* the system's default of some megabytes would hold only outdated records */

static int prepare(int fd) {
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return -errno;
    return 0;
}

int server_listen(unsigned port) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1, rc;

    if (fd < 0)
        return -errno;
    inet_pton(AF_INET, "127.0.0.1", &here.sin_addr);
    rc = prepare(fd);
    if (rc == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        rc = -errno;
    if (rc == 0 && (bind(fd, (struct sockaddr *)&here, sizeof here) < 0 || listen(fd, 16) < 0))
        rc = -errno;
    if (rc == 0)
        return fd;
    close(fd);
    return rc;
}

/* --------------------------------------------------------------------------------------------------- signals */

static int signal_pipe[2] = {-1, -1};

static void on_signal(int number) {
    int saved = errno;
    ssize_t ignored = write(signal_pipe[1], "", 1);

    (void)ignored;
    (void)number;
    errno = saved;
}

static int catch_signals(void) {
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};

    if (pipe(signal_pipe) < 0 || prepare(signal_pipe[0]) < 0 || prepare(signal_pipe[1]) < 0)
        return -errno;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (sigaction(ends[i], &action, NULL) < 0)
            return -errno;
    action.sa_handler = SIG_IGN;
    return sigaction(SIGPIPE, &action, NULL) < 0 ? -errno : 0;
}

/* ---------------------------------------------------------------------------------------------------- guests */

static void hang_up(struct hub *hub, struct guest *guest, struct hub_end end) {
    int fd = guest->fd;

    hub_dismiss(hub, guest, end); /* writes the line in the log before the socket closes */
    close(fd);
}

static const struct hub_end stays = {0};
static const struct hub_end hung_up = {"hung-up", "it hung up"};

/* Judges errno after recv(2) or send(2) failed. */
static struct hub_end failed(void) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? stays : hung_up;
}

/* Sends the waiting bytes until the socket is full. */
static struct hub_end send_waiting(struct guest *guest, uint64_t now_ns) {
    for (;;) {
        struct text waiting;
        ssize_t sent;

        guest_settle(guest);
        waiting = guest_waiting(guest);
        if (waiting.len == 0) {
            guest->moved_ns = now_ns;
            return stays;
        }
        sent = send(guest->fd, waiting.at, waiting.len, 0);
        if (sent < 0)
            return failed();
        guest->moved_ns = now_ns;
        guest_taken(guest, (size_t)sent);
    }
}

/* Reads once in a turn of the loop, so that no guest delays the others. */
static struct hub_end receive(struct hub *hub, struct guest *guest, uint64_t now_ns) {
    size_t room;
    unsigned char *at = stream_buffer_room(&guest->in, &room);
    ssize_t size = recv(guest->fd, at, room, 0);

    if (size == 0)
        return hung_up;
    if (size < 0)
        return failed();
    stream_buffer_filled(&guest->in, (size_t)size);
    return hub_hear(hub, guest, now_ns);
}

/* If all places are taken, the oldest client that has not said hello loses its place. */
static void make_room(struct hub *hub) {
    struct guest *oldest = NULL;

    for (size_t i = 0; i < HUB_GUESTS; i++) {
        struct guest *guest = hub->guests[i];

        if (!guest)
            return;
        if (!guest->is_greeted && (!oldest || guest->number < oldest->number))
            oldest = guest;
    }
    if (oldest)
        hang_up(hub, oldest, (struct hub_end){"room", "it sent nothing, and another guest came"});
}

static void admit(struct hub *hub, int listener, uint64_t now_ns) {
    static uint64_t told_ns;

    for (int i = 0; i < ACCEPTS; i++) {
        int fd = accept(listener, NULL, NULL), on = 1, room = SOCKET_BYTES;

        if (fd < 0)
            return;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
        make_room(hub);
        if (prepare(fd) == 0 && hub_admit(hub, fd, now_ns))
            continue;
        close(fd);
        hub->sent_away++;
        if (told_ns != 0 && now_ns - told_ns < TOLD_FULL_MS * MS_NS)
            continue;
        told_ns = now_ns;
        journal_full(hub->journal, hub->sent_away);
        hub->sent_away = 0;
    }
}

/* ------------------------------------------------------------------------------------------------------ loop */

enum { SIGNALS, LISTENER, FIXED };

struct turn {
    struct pollfd polled[FIXED + HUB_FOLDERS + HUB_GUESTS]; /* folders and guests in the order of the hub */
    uint64_t check_ns;                                      /* the time of the next check of all folders */
    uint64_t doubt_ns;                                      /* the earliest time to check doubtful folders */
};

static void sooner(uint64_t *wake_ns, uint64_t at_ns) {
    if (at_ns < *wake_ns)
        *wake_ns = at_ns;
}

/* Fills the list for poll(2). Returns the time until which it may wait, UINT64_MAX for no limit. */
static uint64_t gather_waits(const struct hub *hub, struct turn *turn) {
    uint64_t wake_ns = UINT64_MAX;

    for (size_t i = 0; i < HUB_FOLDERS; i++) {
        const struct watched *watched = hub->folders[i];

        turn->polled[FIXED + i] = (struct pollfd){.fd = watched ? watched_fd(watched) : -1, .events = POLLIN};
        if (watched && watched->due_ns)
            sooner(&wake_ns, watched->due_ns);
        if (watched && watched->is_doubtful)
            sooner(&wake_ns, turn->doubt_ns);
    }
    for (size_t i = 0; i < HUB_GUESTS; i++) {
        const struct guest *guest = hub->guests[i];
        short out = guest && guest->end > guest->begin ? POLLOUT : 0;

        turn->polled[FIXED + HUB_FOLDERS + i] =
            (struct pollfd){.fd = guest ? guest->fd : -1, .events = (short)(POLLIN | out)};
        if (!guest)
            continue;
        sooner(&wake_ns, guest->heard_ns + STREAM_SILENCE_MS * MS_NS);
        if (out)
            sooner(&wake_ns, guest->moved_ns + STREAM_SILENCE_MS * MS_NS);
        sooner(&wake_ns, turn->check_ns);
    }
    return wake_ns;
}

static int wait_ms(uint64_t wake_ns, uint64_t now_ns) {
    if (wake_ns == UINT64_MAX)
        return -1;
    return wake_ns <= now_ns ? 0 : (int)((wake_ns - now_ns + MS_NS - 1) / MS_NS);
}

static void serve_guests(struct hub *hub, const struct turn *turn, uint64_t now_ns) {
    for (size_t i = 0; i < HUB_GUESTS; i++) {
        struct guest *guest = hub->guests[i];
        const struct pollfd *polled = &turn->polled[FIXED + HUB_FOLDERS + i];
        struct hub_end end = stays;

        if (!guest)
            continue;
        /* The entry may belong to an earlier guest: this one was admitted after poll(2). */
        if (polled->fd == guest->fd && polled->revents & (POLLIN | POLLHUP | POLLERR))
            end = receive(hub, guest, now_ns);
        if (!end.word)
            end = send_waiting(guest, now_ns);
        if (!end.word)
            end = hub_judge(guest, now_ns);
        if (end.word)
            hang_up(hub, guest, end);
    }
}

static void look_after_folders(struct hub *hub, struct turn *turn, uint64_t now_ns) {
    if (now_ns >= turn->check_ns) {
        hub_check(hub, true);
        turn->check_ns = now_ns + CHECK_MS * MS_NS;
    } else if (now_ns >= turn->doubt_ns) {
        hub_check(hub, false);
        turn->doubt_ns = now_ns + DOUBT_MS * MS_NS;
    }
}

/* Folders come before guests: a guest must not get records of edits from before its message. */
static int turn_once(struct hub *hub, struct turn *turn, int listener, bool *ends) {
    uint64_t now_ns = host_monotonic_ns();

    if (poll(turn->polled, sizeof turn->polled / sizeof turn->polled[0], wait_ms(gather_waits(hub, turn), now_ns)) < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : -errno;
    now_ns = host_monotonic_ns();
    *ends = turn->polled[SIGNALS].revents != 0;
    for (size_t i = 0; i < HUB_FOLDERS; i++)
        if (hub->folders[i] && turn->polled[FIXED + i].revents)
            watched_read(hub->folders[i], now_ns);
    look_after_folders(hub, turn, now_ns);
    hub_tell(hub, now_ns);
    serve_guests(hub, turn, now_ns);
    if (turn->polled[LISTENER].revents)
        admit(hub, listener, now_ns);
    return 0;
}

int server_run(struct hub *hub, int listener) {
    static struct turn turn;
    bool ends = false;
    int rc = catch_signals();

    turn.polled[SIGNALS] = (struct pollfd){.fd = signal_pipe[0], .events = POLLIN};
    turn.polled[LISTENER] = (struct pollfd){.fd = listener, .events = POLLIN};
    while (rc == 0 && !ends)
        rc = turn_once(hub, &turn, listener, &ends);
    close(listener);
    hub_close(hub, (struct hub_end){"ends", "the watcher ends"});
    return rc;
}
