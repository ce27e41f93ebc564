// Reads WebSocket frames from many sockets on one core as cheaply as it can be done, and counts them.
// Not a WebSocket client: it trusts the server and parses frame headers only.
//
//   frame-reader PORT PATHS_FILE    one connection for each line of PATHS_FILE, a request target
//
// Writes `ready` when every socket has been upgraded and has had its first frame. For each line `N`
// on its input it then waits until every socket has had N frames more, and writes `done`.
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
#include <unistd.h>

#define OPENING_MAX 128
#define EVENTS_MAX 512
#define TARGET_MAX 8192
#define STDIN_INDEX UINT32_MAX

struct connection {
  int fd;
  long frames;
  uint64_t payload_left;
  unsigned char header[10];
  unsigned char header_length;
  unsigned char line_ends; // how much of CR LF CR LF was seen; 4 when upgraded
};

static char buffer[256 * 1024];
static struct connection *connections;
static int count, opened, ready;
static long target = 1;
static int behind;
static int port;
static int epoll;
static FILE *paths;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void open_next(void) {
  char path[TARGET_MAX], request[TARGET_MAX + 256];
  if (fgets(path, sizeof path, paths) == NULL) return;
  path[strcspn(path, "\n")] = 0;
  struct connection *c = &connections[opened];
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0) die("socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
  int length = snprintf(request, sizeof request,
      "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      path, port);
  if (write(c->fd, request, length) != length) die("write request");
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = opened};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
  opened++;
}

static void frame_ended(struct connection *c) {
  int opcode = c->header[0] & 15;
  c->header_length = 0;
  if (opcode == 9) {
    static const unsigned char pong[6] = {0x8a, 0x80, 0, 0, 0, 0};
    if (write(c->fd, pong, sizeof pong) < 0) die("pong");
    return;
  }
  if (opcode == 8) {
    fprintf(stderr, "frame-reader: the server closed a session\n");
    exit(1);
  }
  if (++c->frames == target) {
    behind--;
    if (target == 1 && c->frames == 1) {
      ready++;
      if (opened < count) open_next();
    }
  }
}

static int header_size(const struct connection *c) {
  if (c->header_length < 2) return 2;
  int length = c->header[1] & 127;
  return length < 126 ? 2 : length == 126 ? 4 : 10;
}

static uint64_t payload_length(const struct connection *c) {
  int length = c->header[1] & 127;
  if (length < 126) return length;
  uint64_t value = 0;
  for (int i = 2; i < header_size(c); i++) value = value << 8 | c->header[i];
  return value;
}

static void take(struct connection *c, const char *at, const char *end) {
  while (at < end && c->line_ends < 4) {
    c->line_ends = *at == "\r\n\r\n"[c->line_ends] ? c->line_ends + 1 : *at == '\r';
    at++;
  }
  while (at < end) {
    if (c->payload_left > 0) {
      uint64_t here = (uint64_t)(end - at) < c->payload_left ? (uint64_t)(end - at) : c->payload_left;
      at += here;
      c->payload_left -= here;
      if (c->payload_left == 0) frame_ended(c);
      continue;
    }
    c->header[c->header_length++] = *at++;
    if (c->header_length < header_size(c)) continue;
    c->payload_left = payload_length(c);
    if (c->payload_left == 0) frame_ended(c);
  }
}

static void read_connection(struct connection *c) {
  ssize_t got = read(c->fd, buffer, sizeof buffer);
  if (got > 0) return take(c, buffer, buffer + got);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  fprintf(stderr, "frame-reader: a connection ended (%s)\n", got < 0 ? strerror(errno) : "end");
  exit(1);
}

static void read_command(void) {
  static char line[64];
  static size_t used;
  ssize_t got = read(0, line + used, sizeof line - 1 - used);
  if (got <= 0) exit(0);
  used += got;
  line[used] = 0;
  char *end = strchr(line, '\n');
  if (end == NULL) return;
  target += atol(line);
  used -= end + 1 - line;
  memmove(line, end + 1, used);
  behind = 0;
  for (int i = 0; i < count; i++) behind += connections[i].frames < target;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  port = atoi(argv[1]);
  paths = fopen(argv[2], "r");
  if (paths == NULL) die("paths");
  for (int c = fgetc(paths); c != EOF; c = fgetc(paths)) count += c == '\n';
  rewind(paths);
  connections = calloc(count, sizeof *connections);
  behind = count;
  epoll = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.u32 = STDIN_INDEX};
  // Input may be a file or /dev/null when only the connections are wanted.
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &input);
  for (int i = 0; i < OPENING_MAX && i < count; i++) open_next();
  struct epoll_event events[EVENTS_MAX];
  int told = 0;
  for (;;) {
    int n = epoll_wait(epoll, events, EVENTS_MAX, -1);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; i++) {
      if (events[i].data.u32 == STDIN_INDEX) {
        read_command();
        told = 0;
      } else {
        read_connection(&connections[events[i].data.u32]);
      }
    }
    if (behind > 0 || told) continue;
    told = 1;
    const char *word = target == 1 ? "ready\n" : "done\n";
    if (write(1, word, strlen(word)) < 0) die("report");
  }
}
