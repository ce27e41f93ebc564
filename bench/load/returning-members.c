// Members with open sessions that come back by themselves when their server dies, as
// amazon-chime-sdk-js does: FullJitterBackoff(0, 1000, 5000) and 10 s from the first attempt, both
// beginning anew when a socket opens. Each attempt asks for the endpoint first, on a connection of
// its own, then opens the socket. An attempt that fails counts at once; the SDK would repeat the
// question some times before. Looks for messages that do not arrive. Trusts the server otherwise.
//
//   returning-members PORT MEMBERS_FILE ENDPOINT_REQUEST_FILE
//
// A line of MEMBERS_FILE is a request target, a tab, and the number of the member's room. The content
// of a message is `#NUMBER BEGAN `, where numbers of one room rise by one, and BEGAN is when the
// message before it began to be sent (nanoseconds of the monotonic clock, as all instants here).
//
// Writes `ready` when all are connected for the first time; then, whenever all are connected again,
// `back AT P50 P99 ATTEMPTS GAVE_UP` (when, medians and so on of the milliseconds between losing a
// session and having the next, how many attempts that took, and how often the SDK would have given
// up: here they begin anew, as an application may). To `final ROOM NUMBER` it says nothing; to `wait`
// it answers `all LOST REPEATED` when every member has had the last message of its room, as soon as
// that is so.
#define _GNU_SOURCE // memmem
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_MAX 512
#define LINE_MAX_BYTES 8192
#define ROOMS_MAX 1024
#define SOURCE_ADDRESSES 16
#define STDIN_INDEX UINT32_MAX
#define FIRST_AT_ONCE 128
#define FRAME_MAX 16384
#define TICK_MS 5

// evidence: sdk FullJitterBackoff, MessagingSessionConfiguration
#define SHORT_BACKOFF_MS 1000.0
#define LONG_BACKOFF_MS 5000.0
#define DEADLINE_NS 10000000000LL

enum state { IDLE, RESTING, ASKING, OPENING, CONNECTED };

struct member {
  enum state state;
  int fd;
  int room;
  int retries;
  unsigned char is_sent;
  int64_t first_attempt_at; // 0 while there was none
  int64_t rests_until;
  int64_t lost_at; // 0 until it has lost a session
  int64_t established_at;
  long last; // message; 0 when none has come since it was established
  int took_ms;
  char *target;
  char *partial; // what is left of the last read
  int partial_length;
};

static char buffer[256 * 1024];
static struct member *members;
static int count, connected, next_first, told_ready, waiting_for_end;
static long attempts, gave_up, lost, repeated;
static long final[ROOMS_MAX];
static int port, epoll;
static char *endpoint_request;
static size_t endpoint_request_length;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void say(const char *line) {
  if (write(1, line, strlen(line)) < 0) die("report");
}

static void open_socket(struct member *m) {
  m->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (m->fd < 0) die("socket");
  int one = 1;
  setsockopt(m->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct sockaddr_in source = {.sin_family = AF_INET};
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (m - members) % SOURCE_ADDRESSES);
  if (bind(m->fd, (struct sockaddr *)&source, sizeof source) < 0) die("bind");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  m->is_sent = 0;
  m->partial_length = 0;
  int result = connect(m->fd, (struct sockaddr *)&address, sizeof address);
  if (result < 0 && errno != EINPROGRESS && errno != ECONNREFUSED) die("connect");
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = m - members};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, m->fd, &event) < 0) die("epoll_ctl");
}

static void begin_attempt(struct member *m) {
  if (m->first_attempt_at == 0) m->first_attempt_at = now();
  if (m->lost_at != 0) attempts++;
  m->state = m->lost_at == 0 ? OPENING : ASKING; // the first time, the endpoint is known
  open_socket(m);
}

static void rest(struct member *m) {
  int64_t at = now();
  if (m->first_attempt_at != 0 && at - m->first_attempt_at >= DEADLINE_NS) {
    gave_up++;
    m->first_attempt_at = 0;
    m->retries = 0;
  }
  double bound = SHORT_BACKOFF_MS * (1 << (m->retries < 10 ? m->retries : 10));
  if (bound > LONG_BACKOFF_MS) bound = LONG_BACKOFF_MS;
  m->retries++;
  m->rests_until = at + (int64_t)(drand48() * bound * 1e6);
  m->state = RESTING;
}

static void connection_ended(struct member *m) {
  close(m->fd);
  if (m->state == CONNECTED) {
    connected--;
    m->lost_at = now();
  }
  if (m->lost_at == 0) {
    fprintf(stderr, "returning-members: a first connection failed\n");
    exit(1);
  }
  rest(m);
}

static int by_size(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void tell_back(void) {
  int *took = malloc(count * sizeof *took);
  for (int i = 0; i < count; i++) took[i] = members[i].took_ms;
  qsort(took, count, sizeof *took, by_size);
  char line[128];
  snprintf(line, sizeof line, "back %lld %d %d %ld %ld\n", (long long)now(), took[count / 2],
      took[count * 99LL / 100], attempts, gave_up);
  free(took);
  say(line);
}

static void established(struct member *m) {
  m->state = CONNECTED;
  m->established_at = now();
  m->last = 0;
  if (m->lost_at != 0) m->took_ms = (m->established_at - m->lost_at) / 1000000;
  connected++;
  if (!told_ready && next_first < count) begin_attempt(&members[next_first++]);
  if (connected < count) return;
  if (told_ready) tell_back();
  else say("ready\n");
  told_ready = 1;
}

static void message_arrived(struct member *m, const char *text, int length) {
  const char *at = memmem(text, length, "\\\"Content\\\":\\\"#", 15);
  if (at == NULL) return;
  char *end;
  long number = strtol(at + 15, &end, 10);
  long long began = strtoll(end, NULL, 10);
  if (m->last == 0) lost += began >= m->established_at;
  else if (number <= m->last) repeated++;
  else lost += number - m->last - 1;
  if (number > m->last) m->last = number;
}

static void pong(struct member *m) {
  static const unsigned char frame[6] = {0x8a, 0x80, 0, 0, 0, 0};
  if (write(m->fd, frame, sizeof frame) < 0 && errno != EPIPE && errno != ECONNRESET) die("pong");
}

// Takes one frame; returns its length, 0 when it is not whole yet, -1 when it ends the session.
static int take_frame(struct member *m, const char *at, int length) {
  if (length < 2) return 0;
  int header = 2;
  int payload = at[1] & 127;
  if (payload == 126) {
    header = 4;
    if (length < header) return 0;
    payload = (unsigned char)at[2] << 8 | (unsigned char)at[3];
  }
  if (payload == 127 || header + payload > FRAME_MAX) {
    fprintf(stderr, "returning-members: a frame is too large\n");
    exit(1);
  }
  if (length < header + payload) return 0;
  int opcode = at[0] & 15;
  if (opcode == 8) return -1;
  if (opcode == 9) pong(m);
  else if (m->state == OPENING) established(m);
  else message_arrived(m, at + header, payload);
  return header + payload;
}

// Returns how much of the answer was taken; -1 when the attempt has failed.
static int take_answer(struct member *m, const char *at, int length) {
  const char *end = memmem(at, length, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  if (m->state == ASKING) {
    if (length < 12 || strncmp(at + 9, "200", 3) != 0) return -1;
    close(m->fd);
    m->state = OPENING;
    open_socket(m);
    return length;
  }
  if (strncmp(at + 9, "101", 3) != 0) return -1;
  m->retries = 0; // the socket is open
  m->first_attempt_at = 0;
  m->is_sent = 2;
  return end + 4 - at;
}

static void take(struct member *m, const char *at, int length) {
  while (length > 0) {
    enum state before = m->state;
    int is_answer = m->is_sent < 2;
    int taken = is_answer ? take_answer(m, at, length) : take_frame(m, at, length);
    if (taken < 0) return connection_ended(m);
    if (before == ASKING && m->state == OPENING) return;
    if (taken == 0) break;
    at += taken;
    length -= taken;
  }
  if (length > 0) {
    if (m->partial == NULL) m->partial = malloc(FRAME_MAX + LINE_MAX_BYTES);
    memmove(m->partial, at, length);
  }
  m->partial_length = length;
}

static void send_request(struct member *m) {
  char request[LINE_MAX_BYTES + 256];
  const char *bytes = endpoint_request;
  size_t length = endpoint_request_length;
  if (m->state == OPENING) {
    length = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        m->target, port);
    bytes = request;
  }
  if (write(m->fd, bytes, length) != (ssize_t)length) return connection_ended(m);
  m->is_sent = 1;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = m - members};
  if (epoll_ctl(epoll, EPOLL_CTL_MOD, m->fd, &event) < 0) die("epoll_ctl");
}

static void on_event(struct member *m, uint32_t events) {
  if (m->state != ASKING && m->state != OPENING && m->state != CONNECTED) return;
  if (!m->is_sent) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(m->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0 || (events & EPOLLHUP)) return connection_ended(m);
    if (events & EPOLLOUT) send_request(m);
    return;
  }
  int kept = m->partial_length;
  if (kept > 0) memcpy(buffer, m->partial, kept);
  ssize_t got = read(m->fd, buffer + kept, sizeof buffer - kept);
  if (got > 0) return take(m, buffer, kept + got);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  connection_ended(m);
}

static void start_rested(void) {
  int64_t at = now();
  for (int i = 0; i < count; i++)
    if (members[i].state == RESTING && members[i].rests_until <= at) begin_attempt(&members[i]);
}

static void tell_end(void) {
  for (int i = 0; i < count; i++)
    if (members[i].last != final[members[i].room]) return;
  char line[64];
  snprintf(line, sizeof line, "all %ld %ld\n", lost, repeated);
  say(line);
  waiting_for_end = 0;
}

static void read_commands(void) {
  static char text[65536];
  static size_t used;
  ssize_t got = read(0, text + used, sizeof text - 1 - used);
  if (got <= 0) exit(0);
  used += got;
  text[used] = 0;
  char *line = text, *end;
  while ((end = strchr(line, '\n')) != NULL) {
    int room;
    long number;
    if (sscanf(line, "final %d %ld", &room, &number) == 2 && room >= 0 && room < ROOMS_MAX) {
      final[room] = number;
    } else {
      waiting_for_end = 1;
    }
    line = end + 1;
  }
  used = text + used - line;
  memmove(text, line, used);
}

static void read_members(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) die("members");
  for (int c = fgetc(file); c != EOF; c = fgetc(file)) count += c == '\n';
  rewind(file);
  members = calloc(count, sizeof *members);
  char line[LINE_MAX_BYTES];
  for (int i = 0; i < count && fgets(line, sizeof line, file) != NULL; i++) {
    char *tab = strchr(line, '\t');
    if (tab == NULL) exit(2);
    *tab = 0;
    members[i].target = strdup(line);
    members[i].room = atoi(tab + 1);
    if (members[i].room < 0 || members[i].room >= ROOMS_MAX) exit(2);
  }
  fclose(file);
}

static void read_endpoint_request(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) die("endpoint request");
  endpoint_request = malloc(LINE_MAX_BYTES);
  endpoint_request_length = fread(endpoint_request, 1, LINE_MAX_BYTES, file);
  fclose(file);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  port = atoi(argv[1]);
  read_members(argv[2]);
  read_endpoint_request(argv[3]);
  srand48(now());
  epoll = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.u32 = STDIN_INDEX};
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &input);
  while (next_first < FIRST_AT_ONCE && next_first < count) begin_attempt(&members[next_first++]);
  struct epoll_event events[EVENTS_MAX];
  for (;;) {
    int n = epoll_wait(epoll, events, EVENTS_MAX, TICK_MS);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; i++) {
      if (events[i].data.u32 == STDIN_INDEX) read_commands();
      else on_event(&members[events[i].data.u32], events[i].events);
    }
    start_rested();
    if (waiting_for_end) tell_end();
  }
}
